/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* liquid.h - the front of src/outreach/liquid: messages written in Liquid, compiled and rendered.
 *
 * The language is Shopify's Liquid (docs/templates.md tells what was added and where this differs).
 * A text is compiled once, with its partials, into a tree that never changes and that any number
 * of threads render at the same time. Rendering takes everything from its arguments: it reads no
 * file, no environment, no network and no clock but the one that ends it.
 *
 * Whole or not at all: an error or a limit that is passed leaves the output as it was before. What
 * Ruby prints into the page ("Liquid error: ...") is an error here, so that nobody is sent it.
 *
 * People's data cannot become markup. In an HTML message everything that {{ }} prints is escaped
 * for the place where it stands (text, attribute, link, style), whatever filters it passed, save
 * text that the shop itself wrote and declared with `raw` (VALUE_OWN in value.h). A header takes
 * no line break. Both are the kind's nature and cannot be switched off by a template.
 */
#ifndef TM_OUTREACH_LIQUID_LIQUID_H
#define TM_OUTREACH_LIQUID_LIQUID_H

#include "base/locale.h"
#include "base/timestamp.h"
#include "outreach/liquid/value.h"

enum liquid_kind {
    LIQUID_TEXT,  /* as it is: plain text, SMS */
    LIQUID_HTML,  /* escaped */
    LIQUID_HEADER /* a subject, a name: one line, blanks around it cut */
};

/* A text with a name: the message itself, or a partial for `render` and `include`. */
struct liquid_text {
    const char *name; /* "" for the message itself */
    struct str text;
};

/* Where in the source something is; lines and columns (in characters) count from 1. */
struct liquid_place {
    char name[64]; /* of the partial, or "" */
    size_t line, column;
};

struct liquid; /* a compiled message */

/* `texts[0]` is the message, the others are its partials. Texts are copied. An error's context
 * names line and column; out_place (may be NULL) has them as numbers.
 * `strict` is for the editor: a filter that does not exist is an error, at compiling; so are, at
 * rendering, a variable, a translation or a member that nobody gave. Otherwise an unknown filter
 * lets its value through and an unknown variable is nil, as in Shopify. */
TM_MUST_CHECK enum err_code liquid_compile(const struct liquid_text *texts, size_t n_texts,
                                           enum liquid_kind kind, bool strict,
                                           struct liquid **out_liquid,
                                           struct liquid_place *out_place, struct err *err);
void liquid_free(struct liquid *liquid);
void liquid_freep(struct liquid **liquid);

/* The names that the message asks its data for, in the order of their first use: not those that it
 * only sets itself. NULL after the last. */
const char *liquid_name(const struct liquid *liquid, size_t i);
/* Where it is first used. */
struct liquid_place liquid_name_place(const struct liquid *liquid, size_t i);

/* A limit that is passed is an error that names it. */
struct liquid_limits {
    size_t steps;  /* tags, outputs, filters and turns of loops */
    size_t turns;  /* of loops alone */
    size_t bytes;  /* of output */
    size_t memory; /* for values made while rendering */
    int depth;     /* of blocks and partials in one another */
    int time_ms;
};

extern const struct liquid_limits liquid_limits_usual;

struct liquid_settings {
    struct value data;       /* a map or drop: what {{ }} looks its names up in */
    int64_t now_us;          /* what 'now' means */
    struct zone *zone;       /* that times are shown in; NULL for UTC; borrowed, one thread's */
    enum language language;  /* of months and days, and which plural a translation takes */
    struct locale *locale;   /* that `money` writes by, borrowed; NULL: a plain number */
    const char *currency;    /* ISO 4217, of amounts; NULL: none */
    struct value texts;      /* translations for `t`: a map, nested; NIL for none */
    struct value texts_else; /* where a key is looked up that is not in `texts` */
    struct liquid_limits limits;
};

/* Appends to `out`. Values made on the way come from `scratch`, which the caller resets between
 * messages; its own limit and that of the settings both hold. */
TM_MUST_CHECK enum err_code liquid_render(const struct liquid *liquid,
                                          const struct liquid_settings *settings,
                                          struct arena *scratch, struct buf *out,
                                          struct liquid_place *out_place, struct err *err);

#endif
