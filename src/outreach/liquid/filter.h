/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* filter.h - the filters: one table (filter.c), the functions by subject.
 *
 * A filter gets the value and its arguments and makes a new value. What it makes of a text is not
 * safe HTML any more, and the shop's own only if all that went in was; the filters that make HTML
 * (escape, newline_to_br, raw) say so by the marks of value.h.
 */
#ifndef TM_OUTREACH_LIQUID_FILTER_H
#define TM_OUTREACH_LIQUID_FILTER_H

#include "outreach/liquid/render.h"

enum { FILTER_ARGS_MAX = 8 };

struct filter_named {
    struct str name;
    struct value value;
};

struct filter_args {
    struct value at[FILTER_ARGS_MAX];
    size_t n;
    struct filter_named named[FILTER_ARGS_MAX];
    size_t n_named;
};

typedef enum err_code (*filter_fn)(struct render *r, struct value v, const struct filter_args *args,
                                   struct value *out_value);

struct filter {
    const char *name;
    filter_fn run;
    uint8_t least, most; /* arguments by position */
    bool named;          /* takes arguments by name */
    bool takes_nothing;  /* is there for values that may be missing */
};

const struct filter *filter_by_name(struct str name);
/* NULL after the last. */
const struct filter *filter_at(size_t i);
/* "Did you mean ...?" when there is one with nearly that name. */
void filter_hint(struct str name, struct err *err);
/* Whether the number of arguments is right. */
TM_MUST_CHECK enum err_code filter_check(const struct call *call, struct err *err);

/* The value as text, in the arena unless it is one. */
struct str filter_text(struct render *r, struct value v);
/* The i-th argument as text; `fallback` where there is none. */
struct str filter_arg(struct render *r, const struct filter_args *args, size_t i,
                      const char *fallback);
/* A copy of the scratch buffer as a text; the shop's own if `own`. */
struct value filter_result(struct render *r, bool own);
/* Nothing in it came from a person: numbers, and texts marked so. */
bool filter_own(struct value v);
bool filter_all_own(struct value v, const struct filter_args *args);
/* Characters of a text, elements of anything else. */
void filter_count(struct value v, struct value *out);
/* What array filters work on: nested arrays flattened, a single value as an array of one. */
TM_MUST_CHECK enum err_code filter_items(struct render *r, struct value v, struct value *out_array);

/* As they are named in the table of filter.c. */
#define FILTER(name)                                                                               \
    enum err_code filter_##name(struct render *r, struct value v, const struct filter_args *args,  \
                                struct value *out)
FILTER(abs);
FILTER(append);
FILTER(at_least);
FILTER(at_most);
FILTER(base64_decode);
FILTER(base64_encode);
FILTER(base64_url_safe_decode);
FILTER(base64_url_safe_encode);
FILTER(capitalize);
FILTER(ceil);
FILTER(compact);
FILTER(concat);
FILTER(date);
FILTER(default);
FILTER(divided_by);
FILTER(downcase);
FILTER(escape);
FILTER(escape_once);
FILTER(find);
FILTER(find_index);
FILTER(first);
FILTER(floor);
FILTER(has);
FILTER(join);
FILTER(last);
FILTER(lstrip);
FILTER(map);
FILTER(minus);
FILTER(modulo);
FILTER(money);
FILTER(money_with_currency);
FILTER(newline_to_br);
FILTER(plus);
FILTER(prepend);
FILTER(raw);
FILTER(reject);
FILTER(remove);
FILTER(remove_first);
FILTER(remove_last);
FILTER(replace);
FILTER(replace_first);
FILTER(replace_last);
FILTER(reverse);
FILTER(round);
FILTER(rstrip);
FILTER(size);
FILTER(slice);
FILTER(sort);
FILTER(sort_natural);
FILTER(split);
FILTER(squish);
FILTER(strip);
FILTER(strip_html);
FILTER(strip_newlines);
FILTER(sum);
FILTER(t);
FILTER(times);
FILTER(truncate);
FILTER(truncatewords);
FILTER(uniq);
FILTER(upcase);
FILTER(url_decode);
FILTER(url_encode);
FILTER(where);

#endif
