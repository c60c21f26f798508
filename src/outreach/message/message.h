/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* message.h - the front of src/outreach/message: what is said to a person, in the person's
 * language.
 *
 * A message is a text (docs/templates.md): subject, preheader, HTML and plain text in Liquid, and
 * translations for as many languages as the shop writes in. It is read and compiled once, never
 * changes, and is composed by any number of threads at the same time.
 *
 * Composed whole or not at all. A marketing e-mail without the person's link to unsubscribe or
 * without the shop's postal address in its plain text is an error: nobody is sent it. A short
 * message needs the link or the word STOP, which its reader can answer.
 *
 * The frame of HTML messages (partials `top`, `end`, `button`, `products`) and its translations are
 * built in (model/messages); it is read from right to left where the language is.
 */
#ifndef TM_OUTREACH_MESSAGE_MESSAGE_H
#define TM_OUTREACH_MESSAGE_MESSAGE_H

#include "base/yaml.h"
#include "outreach/liquid/liquid.h"

enum {
    MESSAGE_TEXT_MAX = 1 << 20,
    MESSAGE_LANGUAGES_MAX = 24,
    MESSAGE_SUBJECT_MAX = 2000,
    MESSAGE_HTML_MAX = 1 << 20,
    MESSAGE_NAME_MAX = 200
};

enum message_part {
    MESSAGE_SUBJECT,
    MESSAGE_PREHEADER,
    MESSAGE_HTML,
    MESSAGE_TEXT,
    MESSAGE_BRIEF, /* what text messages and messengers say */
    MESSAGE_PARTS
};
extern const char *const message_part_names[MESSAGE_PARTS]; /* as in the text */

struct message_language {
    const char *code;   /* "ar"; "" when nothing is translated */
    struct value texts; /* for the filter `t` */
};

struct message {
    const char *name, *about;
    const char *sources[MESSAGE_PARTS];  /* NULL: the message has no such part */
    struct liquid *parts[MESSAGE_PARTS]; /* compiled, or NULL */
    struct message_language *languages;  /* in the text's order; one at least */
    size_t language_count;
    struct arena *memory; /* of all of it but the compiled parts */
};

/* `name` is the file's, for messages, or NULL. ERR_INVALID names file, line and field, and within
 * Liquid line and column of the part. `strict`: as liquid_compile(). */
TM_MUST_CHECK enum err_code message_read(struct str text, const char *name, bool strict,
                                         struct message **out_message, struct err *err);
void message_free(struct message *message); /* NULL is fine */

/* For who writes: all that is wrong with a text, read strictly. How many; 0: it is a message. */
enum { MESSAGE_FAULTS_MAX = 20 };
struct message_fault {
    size_t line; /* of the text; 0: of no one line */
    struct err why;
};
size_t message_faults(struct str text, struct message_fault out[MESSAGE_FAULTS_MAX]);

void message_freep(struct message **message);

/* Which of its languages a person reads: the person's, else the shop's, else the first.
 * "ar-EG" is "ar". */
size_t message_language(const struct message *message, const char *wanted, const char *shops);

/* Whether it is the message's own word (`language`, `direction`, `preheader`, `unsubscribe_url`),
 * which `data` need not have. */
bool message_gives(const char *name);

enum message_medium {
    MESSAGE_MAIL,  /* all parts but the brief one */
    MESSAGE_SHORT, /* a text message, or one of a messenger: the brief part */
    MESSAGE_EVERY  /* all parts, for who writes */
};

struct message_for {
    struct value data; /* a map or drop: shop, person, and what the message is about */
    const char *language, *shops_language; /* "" when not known */
    enum message_medium medium;
    bool marketing;
    const char *unsubscribe_url; /* the person's own; "" without */
    int64_t now_us;
    struct zone *zone;             /* NULL: UTC; borrowed, one thread's */
    struct locale *const *locales; /* LANG_COUNT of them, borrowed; NULL: amounts are plain */
    const char *currency;          /* of amounts; NULL: none */
};

struct composed {
    struct buf parts[MESSAGE_PARTS]; /* owned; where there is none, the text is made of the
                                      * HTML and the brief part is the text */
    const char *language;            /* the message's */
};
void composed_init(struct composed *c);
void composed_release(struct composed *c);

/* `scratch` is reset by the caller between messages. On an error `out` is empty. */
TM_MUST_CHECK enum err_code message_compose(const struct message *message,
                                            const struct message_for *to, struct arena *scratch,
                                            struct composed *out, struct err *err);

/* ---- to begin with ------------------------------------------------------------------------ */

struct message_starter {
    const char *name; /* by which the starters of flows call it: "cart-1" */
    struct str text;
};
const struct message_starter *
message_starter(size_t i); /* NULL past the end; one thread at first */

#endif
