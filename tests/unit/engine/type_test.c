/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "engine/type.h"

#include "tap.h"

int main(void)
{
    static const struct {
        const char *type;
        struct cell_type as;
    } cases[] = {
        {"UInt8", {CELL_UINT, 1, false, false}},
        {"Int64", {CELL_INT, 8, false, false}},
        {"Bool", {CELL_UINT, 1, false, false}},
        {"Float32", {CELL_REAL, 4, false, false}},
        {"String", {CELL_TEXT, 0, false, false}},
        {"FixedString(16)", {CELL_TEXT, 16, false, false}},
        {"LowCardinality(Nullable(String))", {CELL_TEXT, 0, true, false}},
        {"Nullable(Nothing)", {CELL_NOTHING, 0, true, false}},
        {"DateTime", {CELL_UINT, 4, false, false}},
        {"DateTime('Asia/Dubai')", {CELL_UINT, 4, false, false}},
        {"DateTime64(6, 'UTC')", {CELL_INT, 8, false, false}},
        {"Nullable(Date32)", {CELL_INT, 4, true, false}},
        {"Decimal(9, 2)", {CELL_INT, 4, false, false}},
        {"Decimal(18, 4)", {CELL_INT, 8, false, false}},
        {"Enum8('a' = 1)", {CELL_INT, 1, false, false}},
        {"Array(UInt64)", {CELL_UINT, 8, false, true}},
        {"Array(Float64)", {CELL_REAL, 8, false, true}},
        {"Array(Nothing)", {CELL_NOTHING, 0, false, true}},
        {"SimpleAggregateFunction(sum, Decimal(18, 2))", {CELL_INT, 8, false, false}},
    };
    static const char *const unreadable[] = {"Int128", "Decimal(38, 2)",         "Array(String)",
                                             "UUID",   "Map(String, String)",    "Tuple(UInt8)",
                                             "",       "Array(Nullable(UInt8))", "FixedString(0)"};

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct cell_type t;
        struct err err;

        CHECK_OK(cell_type_parse(cases[i].type, &t, &err), err);
        CHECK_MSG(t.kind == cases[i].as.kind && t.width == cases[i].as.width &&
                      t.nullable == cases[i].as.nullable && t.array == cases[i].as.array,
                  "%s is understood", cases[i].type);
    }
    for (size_t i = 0; i < TM_COUNT(unreadable); i++) {
        struct cell_type t;
        struct err err = ERR_INIT;

        CHECK_MSG(cell_type_parse(unreadable[i], &t, &err) == ERR_ENGINE, "%s is refused",
                  unreadable[i]);
    }
    return tap_done();
}
