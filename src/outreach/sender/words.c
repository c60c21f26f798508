/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/words.h"

#include "outreach/message/kept.h"
#include "outreach/person/data.h"
#include "outreach/quiet.h"

enum { DATA_MAX = 128 << 20, SCRATCH_MAX = 64 << 20 };

/* One of the batch. */
struct said {
    const struct outbox_message *of;
    const struct message *message; /* of `kept`; NULL after an error */
    struct value data;
    struct err why; /* it cannot be said */
};

struct words {
    struct store *store; /* borrowed, as the next */
    struct consents *consents;
    struct settings settings;
    struct kept_messages *kept;
    struct json_parser *parser;
    struct locale *locales[LANG_COUNT];
    struct quiet *zones;
    struct arena data, scratch; /* of the batch; of one message */
    struct said said[WORDS_BATCH];
    size_t n;
};

enum err_code words_open(struct store *store, const struct settings *settings,
                         struct consents *consents, struct words **out, struct err *err)
{
    struct words *w = xcalloc(1, sizeof(*w));
    enum err_code rc = ERR_OK;

    w->store = store;
    w->consents = consents;
    w->settings = *settings;
    w->kept = kept_messages_new();
    w->parser = json_parser_new(OUTBOX_DATA_MAX + 1);
    w->zones = quiet_new();
    w->data = ARENA_INIT(DATA_MAX);
    w->scratch = ARENA_INIT(SCRATCH_MAX);
    for (int l = 0; rc == ERR_OK && l < LANG_COUNT; l++)
        rc = locale_open((enum language)l, &w->locales[l], err);
    if (rc == ERR_OK)
        *out = w;
    else
        words_close(w);
    return rc;
}

static void let_go(struct words *w)
{
    for (size_t i = 0; i < w->n; i++)
        kept_message_put(w->kept, w->said[i].message);
    w->n = 0;
    arena_reset(&w->data);
}

void words_close(struct words *w)
{
    if (!w)
        return;
    let_go(w);
    kept_messages_free(w->kept);
    for (int l = 0; l < LANG_COUNT; l++)
        locale_close(w->locales[l]);
    quiet_free(w->zones);
    json_parser_free(w->parser);
    arena_release(&w->data);
    arena_release(&w->scratch);
    free(w);
}

/* ---- a batch ------------------------------------------------------------------------------ */

static enum err_code name_of(struct words *w, struct str data, char *out, size_t size,
                             struct err *err)
{
    struct json_value json;
    struct str name;

    TRY(json_parse(w->parser, data, &json, err));
    name = json_text(json_get(json, "message"), STR_NONE);
    if (!name.n || name.n >= size)
        return err_set(err, ERR_INVALID, "what was planned names no message");
    snprintf(out, size, "%.*s", (int)name.n, name.p);
    return ERR_OK;
}

static enum err_code find(struct words *w, struct str data, struct said *s)
{
    char name[NAMED_NAME_BYTES];

    TRY(name_of(w, data, name, sizeof(name), &s->why));
    return kept_message_get(w->kept, w->store, name, &s->message, &s->why);
}

static enum err_code ask(struct words *w, struct engine *engine, const struct person_ask *asks,
                         size_t n, int64_t now_us, struct value *out, struct err *err)
{
    const struct person_reader reader = {.engine = engine,
                                         .pseudonyms = consents_keys(w->consents),
                                         .consents = w->consents,
                                         .country = w->settings.country};

    return person_data(&reader, &w->settings, now_us, asks, n, &w->data, out, err);
}

/* Data that cannot be read spoil their own message alone. */
static enum err_code ask_each(struct words *w, struct engine *engine, const struct person_ask *asks,
                              struct said *const *of, size_t n, int64_t now_us, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        enum err_code rc = ask(w, engine, &asks[i], 1, now_us, &of[i]->data, &of[i]->why);

        if (rc == ERR_OK)
            continue;
        if (rc != ERR_INVALID && rc != ERR_ENCODING && rc != ERR_TOO_LARGE) {
            *err = of[i]->why;
            return rc;
        }
        kept_message_put(w->kept, of[i]->message);
        of[i]->message = NULL;
    }
    return ERR_OK;
}

enum err_code words_read(struct words *w, struct engine *engine,
                         const struct outbox_message *messages, const struct str *data, size_t n,
                         int64_t now_us, struct err *err)
{
    struct person_ask asks[WORDS_BATCH];
    struct value values[WORDS_BATCH];
    struct said *of[WORDS_BATCH];
    struct err first = ERR_INIT;
    size_t k = 0;

    assert(n <= WORDS_BATCH);
    let_go(w);
    for (size_t i = 0; i < n; i++) {
        struct said *s = &w->said[w->n++];

        *s = (struct said){.of = &messages[i], .why = ERR_INIT};
        if (find(w, data[i], s) != ERR_OK) {
            s->message = NULL;
            continue;
        }
        asks[k] = (struct person_ask){messages[i].person, data[i], person_parts(s->message)};
        of[k++] = s;
    }
    if (!k)
        return ERR_OK;
    if (ask(w, engine, asks, k, now_us, values, &first) != ERR_OK)
        return ask_each(w, engine, asks, of, k, now_us, err);
    for (size_t i = 0; i < k; i++)
        of[i]->data = values[i];
    return ERR_OK;
}

enum err_code words_compose(struct words *w, size_t i, const char *unsubscribe_url, int64_t now_us,
                            struct composed *out, struct err *err)
{
    const struct said *s = &w->said[i];
    const struct outbox_message *m = s->of;
    struct message_for to = {.data = s->data,
                             .language = m->language,
                             .shops_language = "",
                             .medium =
                                 strcmp(m->channel, "email") == 0 ? MESSAGE_MAIL : MESSAGE_SHORT,
                             .marketing = !m->transactional,
                             .unsubscribe_url = unsubscribe_url,
                             .now_us = now_us,
                             .locales = w->locales,
                             .currency = w->settings.currency[0] ? w->settings.currency : NULL};

    assert(i < w->n);
    if (!s->message) {
        *err = s->why;
        return s->why.code;
    }
    arena_reset(&w->scratch);
    to.zone = quiet_zone(w->zones, m->zone[0] ? m->zone : w->settings.time_zone);
    return message_compose(s->message, &to, &w->scratch, out, err);
}
