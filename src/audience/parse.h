/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parse.h - what parse.c and parse_condition.c share; inside of src/audience only. */
#ifndef TM_AUDIENCE_PARSE_H
#define TM_AUDIENCE_PARSE_H

#include "audience/lex.h"
#include "base/i18n.h"

struct parser {
    struct lexer lexer;
    struct token token; /* the next one */
    struct audience *audience;
    struct err *err;
    size_t depth, count;
};

/* "line 1, column 9: ..." of a text that is translated already. */
enum err_code grammar_fail(struct parser *p, struct place at, const char *fmt, ...) TM_PRINTF(3, 4);
enum err_code grammar_expected(struct parser *p, const char *what);
void grammar_step(struct parser *p);
bool grammar_take(struct parser *p, const char *word);
TM_MUST_CHECK enum err_code grammar_sign(struct parser *p, const char *sign);
TM_MUST_CHECK enum err_code grammar_count(struct parser *p);

/* From the operator on. */
TM_MUST_CHECK enum err_code grammar_condition(struct parser *p, const struct word *word,
                                              struct place at, struct condition **out);
/* Up to the closing bracket; `totals`: count and sums may stand among them. */
TM_MUST_CHECK enum err_code grammar_row_conditions(struct parser *p,
                                                   const struct word_function *function,
                                                   bool totals, struct condition **out);
TM_MUST_CHECK enum err_code grammar_text(struct parser *p, struct str *out);
TM_MUST_CHECK enum err_code grammar_duration(struct parser *p, int64_t *out_us);

#endif
