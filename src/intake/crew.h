/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* crew.h - the pieces of an import, read two at a time. Inside src/intake only.
 *
 * Most files are read by one thread that waits for the engine now and then. What comes of it is the
 * same as of one after the other: imports get their ids and become part of the data in the order of
 * the pieces, and a file waits for the end of all before it that may have the same content.
 */
#ifndef TM_INTAKE_CREW_H
#define TM_INTAKE_CREW_H

#include "intake/piece.h"

/* Reads and concludes the pieces. An error that ends the work: the pieces before its own are
 * concluded, those after it are as if they had never been read. */
TM_MUST_CHECK enum err_code crew_read(const struct import_ctx *ctx, struct piece *pieces, size_t n,
                                      struct err *err);

#endif
