/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* options.h - command line options by table: parsing and help come from the same rows. */
#ifndef TM_CMD_OPTIONS_H
#define TM_CMD_OPTIONS_H

#include "base/buf.h"

struct option_row {
    const char *name;     /* "workspace": --workspace VALUE or --workspace=VALUE */
    char letter;          /* 'w', or 0 */
    const char *argument; /* placeholder of its value, "DIR"; NULL for a switch */
    const char *help;     /* marked for translation by N_() */
};

enum { OPTIONS_MAX = 24, OPERANDS_MAX = 4096, GIVEN_MAX = 128 };

struct options {
    const char *values[OPTIONS_MAX]; /* by row; "" for a switch that is on, NULL when not given */
    struct given_value {
        size_t row;
        const char *text;
    } given[GIVEN_MAX]; /* all, in order: options that may be given more than once */
    size_t given_count;
    const char *operands[OPERANDS_MAX];
    size_t operand_count;
};

/* ERR_USAGE with the nearest option's name as hint for one that is not known. "--" ends options. */
TM_MUST_CHECK enum err_code options_parse(const struct option_row *rows, size_t n, int argc,
                                          char **argv, struct options *out, struct err *err);
/* Takes the options of `rows` out of argv, wherever they stand before "--", and leaves the rest. */
TM_MUST_CHECK enum err_code options_take(const struct option_row *rows, size_t n, int *argc,
                                         char **argv, struct options *out, struct err *err);
/* The value of a row by name; NULL when it was not given. Asserts that the row exists. */
const char *option_value(const struct option_row *rows, size_t n, const struct options *options,
                         const char *name);
/* The i-th value of one that may be given more than once; NULL when there are fewer. */
const char *option_nth(const struct option_row *rows, const struct options *options,
                       const char *name, size_t i);
/* The rows as help text. */
void options_add_help(const struct option_row *rows, size_t n, struct buf *out);

#endif
