/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mapping.h - files of any shape, by a description that the user writes (docs/formats.md).
 *
 * A mapping is a YAML file that says which columns of a table make which fields of which records.
 * Read, it is an importer like the built-in ones. Errors name file, line and field.
 */
#ifndef TM_INTAKE_IMPORT_MAPPING_H
#define TM_INTAKE_IMPORT_MAPPING_H

#include "intake/import/read.h"

struct mapping;

TM_MUST_CHECK enum err_code mapping_read(const char *path, struct mapping **out_mapping,
                                         struct err *err);
void mapping_free(struct mapping *mapping); /* NULL is fine */
void mapping_freep(struct mapping **mapping);
/* Valid as long as the mapping. */
struct candidate mapping_candidate(const struct mapping *mapping);

#endif
