/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live_inputs.h - what sends live data, as reports name it: beside the files. */
#ifndef TM_CMD_LIVE_INPUTS_H
#define TM_CMD_LIVE_INPUTS_H

#include "base/arena.h"
#include "store/journal.h"
#include "store/sources.h"

struct live_input {
    struct source_entry source;
    struct journal_tally tally;
};
struct live_inputs {
    struct live_input *list; /* owned; those that anything came from */
    size_t n;
};

/* Instead of what *io held before. */
TM_MUST_CHECK enum err_code live_inputs_read(struct store *store, struct journal *journal,
                                             struct live_inputs *io, struct err *err);
void live_inputs_release(struct live_inputs *live);

/* As a row of the inputs; texts live as long as the arena. */
struct report_input;
void live_inputs_row(const struct live_input *input, struct arena *arena, struct report_input *out);
/* A list such as "shopify, live:3" with the names that people gave. */
const char *live_inputs_named(const struct live_inputs *live, const char *list,
                              struct arena *arena);

#endif
