/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a file of exchange rates, and amounts converted by what was read. */
#include "fuzz.h"

#include "shop/rates.h"

/* By the rate of that day: to a sum that is there, or to an error that says why not. */
static void convert(const struct rates *rates, const struct rate_row *row)
{
    static const int64_t amounts[] = {0, 1, -1, 1999, INT64_MAX, INT64_MIN + 1, AMOUNT_NONE};

    for (size_t i = 0; i < TM_COUNT(amounts); i++) {
        struct err err = ERR_INIT;
        int64_t there = 0, negative = 0;
        enum err_code rc =
            rates_convert(rates, amounts[i], row->from, row->to, row->day, &there, &err);

        MUST(rc == ERR_OK || (rc == ERR_TOO_LARGE && err.msg[0]));
        MUST(rc != ERR_OK || (amounts[i] == AMOUNT_NONE) == (there == AMOUNT_NONE));
        if (rc != ERR_OK || amounts[i] == AMOUNT_NONE)
            continue;
        /* What is taken back is the opposite of what was given. */
        MUST(rates_convert(rates, -amounts[i], row->from, row->to, row->day, &negative, &err) ==
             ERR_OK);
        MUST(negative == -there);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TM_CLEANUP(rates_freep) struct rates *rates = rates_new();
    struct err err = ERR_INIT;
    struct rate_row row, last = {0};
    size_t at = 0, n = 0;

    if (rates_read(rates, fuzz_file(data, size), &err) != ERR_OK)
        MUST(err.code && err.msg[0]);
    for (; rates_next(rates, &at, &row) && n < 1000; n++) {
        bool same = n && str_eq(row.from, last.from) && str_eq(row.to, last.to);

        MUST(row.from.n == 3 && row.to.n == 3 && row.rate > 0 && isfinite(row.rate));
        MUST(!same || row.day > last.day);
        convert(rates, &row);
        last = row;
    }
    MUST(n == rates_count(rates) || n == 1000);
    return 0;
}
