/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as the engine's answer: columns, rows (RowBinaryWithNamesAndTypes), or an error's text.
 * The first byte says in pieces of which size they arrive. */
#include "fuzz.h"

#include "engine/transfer.h"
#include "engine/type.h"
#include "fuzz_engine.h"

enum { ROWS_MAX = 10000 };

static volatile uint64_t used; /* every byte of every cell is read */

static uint64_t use_array(const struct result *res, size_t i)
{
    struct cell_type type;
    uint64_t sum = 0;
    size_t n = 0;

    MUST(cell_type_parse(result_column_type(res, i), &type, NULL) == ERR_OK);
    if (type.kind == CELL_REAL || type.kind == CELL_NOTHING) {
        const double *reals = result_reals(res, i, &n);

        for (size_t k = 0; k < n; k++)
            sum += reals[k] > 0;
    } else {
        const uint64_t *items = result_uints(res, i, &n);

        for (size_t k = 0; k < n; k++)
            sum += items[k];
    }
    return sum;
}

static uint64_t use_cell(const struct result *res, size_t i)
{
    struct cell_type type;
    uint64_t sum = 0;

    MUST(cell_type_parse(result_column_type(res, i), &type, NULL) == ERR_OK);
    if (type.array)
        return use_array(res, i);
    if (type.kind == CELL_TEXT) {
        struct str s = result_text(res, i);

        for (size_t k = 0; k < s.n; k++)
            sum += (unsigned char)s.p[k];
    } else if (type.kind == CELL_UINT) {
        sum = result_uint(res, i);
    } else if (type.kind == CELL_INT) {
        sum = (uint64_t)result_int(res, i);
    } else {
        sum = result_real(res, i) > 0;
    }
    return sum + result_null(res, i);
}

static uint64_t read_rows(struct result *res)
{
    struct err err = ERR_INIT;
    uint64_t sum = 0;
    int rows = 0;

    while (rows < ROWS_MAX && result_next(res)) {
        for (size_t i = 0; i < result_column_count(res); i++)
            sum += use_cell(res, i);
        rows++;
    }
    MUST(result_status(res, &err) == ERR_OK || err.msg[0]);
    return sum;
}

static void as_fault(struct str text)
{
    struct err err = ERR_INIT;
    int code = 0;

    MUST(fault_set(text, &code, &err) != ERR_OK && err.code && err.msg[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;
    struct str bytes;

    if (size < 1)
        return 0;
    bytes = (struct str){(const char *)data + 1, size - 1};
    as_fault(bytes);
    if (engine_query(fuzz_engine(bytes, data[0], false), "engine/version", NULL, 0, &res, &err) !=
        ERR_OK)
        MUST(err.code && err.msg[0]);
    else
        used = read_rows(res);
    return 0;
}
