/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* type.h - the engine's column types as far as this program reads them. */
#ifndef TM_ENGINE_TYPE_H
#define TM_ENGINE_TYPE_H

#include "base/base.h"

enum cell_kind { CELL_UINT, CELL_INT, CELL_REAL, CELL_TEXT, CELL_NOTHING };

struct cell_type {
    enum cell_kind kind;
    size_t width; /* bytes of a number; length of a FixedString, 0 for a String */
    bool nullable;
    bool array;
};

/* Reads "LowCardinality(Nullable(String))" and the like. ERR_ENGINE names a type that cannot be
 * read: wider than 64 bits, or an array of text. */
TM_MUST_CHECK enum err_code cell_type_parse(const char *type, struct cell_type *out_type,
                                            struct err *err);

#endif
