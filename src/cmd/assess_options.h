/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* assess_options.h - the options of every command that makes an assessment. */
#ifndef TM_CMD_ASSESS_OPTIONS_H
#define TM_CMD_ASSESS_OPTIONS_H

#include "cmd/assess.h"
#include "cmd/import_view.h"
#include "cmd/options.h"

#define ASSESS_OPTION_ROWS                                                                         \
    {"workspace", 'w', "DIR",                                                                      \
     N_("Keep the data in this workspace and assess all that is in it.")},                         \
        {"answers", 'a', "FILE",                                                                   \
         N_("The owner's answers; answers.yaml of the folder unless given.")},                     \
        {"model", 0, "FILE", N_("Another maturity model (YAML).")},                                \
        {"as-of", 0, "DAY",                                                                        \
         N_("The day to judge by: 2026-09-30 or now; the newest record's otherwise.")},            \
        {"margin", 0, "SHARE",                                                                     \
         N_("Contribution margin: what is left of 1 of revenue after goods, shipping and fees.")}, \
        {"rates", 0, "FILE", N_("Exchange rates: CSV with date, from, to, rate.")},                \
        IMPORT_OPTION_ROWS

/* `options` must live as long as the wish. */
TM_MUST_CHECK enum err_code assess_take_options(const struct option_row *rows, size_t n,
                                                const struct options *options,
                                                struct assess_wish *out_wish, struct err *err);

#endif
