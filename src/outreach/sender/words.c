/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/words.h"

#include "base/json_read.h"
#include "outreach/quiet.h"
#include "store/named.h"

enum { KEPT_MOST = 64, SCRATCH_MAX = 64 << 20, LOOK_AGAIN_US = 1000000 };

/* A message by its name, compiled. */
struct kept {
    char name[NAMED_NAME_BYTES];
    struct message *message; /* owned */
    int64_t id, changed_us;  /* 0: one to begin with */
    int64_t looked_us, used_us;
};

struct words {
    struct store *store; /* borrowed */
    struct settings settings;
    struct json_parser *parser;
    struct locale *locales[LANG_COUNT];
    struct quiet *zones;
    struct arena scratch;
    struct kept kept[KEPT_MOST];
    size_t kept_count;
};

enum err_code words_open(struct store *store, const struct settings *settings, struct words **out,
                         struct err *err)
{
    struct words *w = xcalloc(1, sizeof(*w));
    enum err_code rc = ERR_OK;

    w->store = store;
    w->settings = *settings;
    w->parser = json_parser_new(OUTBOX_DATA_MAX + 1);
    w->zones = quiet_new();
    w->scratch = ARENA_INIT(SCRATCH_MAX);
    for (int l = 0; rc == ERR_OK && l < LANG_COUNT; l++)
        rc = locale_open((enum language)l, &w->locales[l], err);
    if (rc == ERR_OK)
        *out = w;
    else
        words_close(w);
    return rc;
}

void words_close(struct words *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->kept_count; i++)
        message_free(w->kept[i].message);
    for (int l = 0; l < LANG_COUNT; l++)
        locale_close(w->locales[l]);
    quiet_free(w->zones);
    json_parser_free(w->parser);
    arena_release(&w->scratch);
    free(w);
}

/* ---- the message -------------------------------------------------------------------------- */

static struct kept *place_of(struct words *w, const char *name)
{
    struct kept *oldest = &w->kept[0];

    for (size_t i = 0; i < w->kept_count; i++) {
        if (strcmp(w->kept[i].name, name) == 0)
            return &w->kept[i];
        if (w->kept[i].used_us < oldest->used_us)
            oldest = &w->kept[i];
    }
    if (w->kept_count < KEPT_MOST)
        oldest = &w->kept[w->kept_count++];
    message_free(oldest->message);
    *oldest = (struct kept){.id = -1};
    snprintf(oldest->name, sizeof(oldest->name), "%s", name);
    return oldest;
}

static enum err_code take(struct kept *k, int64_t id, int64_t changed_us, struct str text,
                          struct err *err)
{
    message_free(k->message);
    k->message = NULL;
    k->id = -1;
    TRY(message_read(text, k->name, false, &k->message, err));
    k->id = id;
    k->changed_us = changed_us;
    return ERR_OK;
}

static enum err_code take_starter(struct kept *k, struct err *err)
{
    const struct message_starter *s;

    for (size_t i = 0; (s = message_starter(i)); i++)
        if (strcmp(s->name, k->name) == 0)
            return k->message && k->id == 0 ? ERR_OK : take(k, 0, 0, s->text, err);
    return err_set(err, ERR_NOT_FOUND, "there is no message \"%s\"", k->name);
}

/* The shop's own before one to begin with. */
static enum err_code find_message(struct words *w, const char *name, int64_t now_us,
                                  struct message **out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct kept *k = place_of(w, name);
    struct err none = ERR_INIT;
    struct named named;
    enum err_code rc = ERR_OK;

    k->used_us = now_us;
    if (!k->message || now_us - k->looked_us > LOOK_AGAIN_US || now_us < k->looked_us) {
        rc = store_named_find(w->store, NAMED_MESSAGE, name, &named, &text, &none);
        if (rc == ERR_NOT_FOUND)
            rc = take_starter(k, err);
        else if (rc != ERR_OK)
            *err = none;
        else if (!k->message || k->id != named.id || k->changed_us != named.changed_us)
            rc = take(k, named.id, named.changed_us, buf_str(&text), err);
        k->looked_us = now_us;
    }
    *out = k->message;
    return rc;
}

/* ---- what it prints ----------------------------------------------------------------------- */

enum { SHOP_MEMBERS = 5, ROOT_MOST = 64, PERSON_MEMBERS = 5 };

static struct value own(const char *text)
{
    struct value v = value_strz(text);

    v.flags = VALUE_OWN;
    return v;
}

static struct value shop_of(const struct words *w, struct value_pair pairs[SHOP_MEMBERS])
{
    const struct settings *s = &w->settings;

    pairs[0] = value_pair(STR_LIT("name"), own(s->shop));
    pairs[1] = value_pair(STR_LIT("url"), own(s->sending.url));
    pairs[2] = value_pair(STR_LIT("address"), own(s->sending.postal_address));
    pairs[3] = value_pair(STR_LIT("logo"), own(s->sending.logo));
    pairs[4] = value_pair(STR_LIT("color"), own(s->sending.color));
    return value_map(pairs, SHOP_MEMBERS);
}

static struct str text_of(struct json_value of, const char *key)
{
    return json_text(json_get(of, key), STR_NONE);
}

/* What the event told of the person. */
static struct value person_of(struct words *w, struct json_value contact,
                              const struct outbox_message *m, struct value_pair *pairs)
{
    static const char *const names[] = {"first_name", "last_name", "phone", "email"};

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        struct str text = text_of(contact, names[i]);

        pairs[i] = value_pair(str_of(names[i]), value_str(arena_str(&w->scratch, text)));
    }
    pairs[4] = value_pair(STR_LIT("language"), value_strz(m->language));
    return value_map(pairs, PERSON_MEMBERS);
}

static enum err_code root_of(struct words *w, struct json_value json,
                             const struct outbox_message *m, struct value *out, struct err *err)
{
    struct value_pair *pairs = arena_alloc(&w->scratch, (ROOT_MOST + 2) * sizeof(*pairs)), *more;
    struct value given = VALUE_NOTHING;
    size_t n = 0;

    more = arena_alloc(&w->scratch, (SHOP_MEMBERS + PERSON_MEMBERS) * sizeof(*more));
    TRY(value_from_json(json, 0, &w->scratch, &given, err));
    TRY(arena_check(&w->scratch, err));
    if (given.type != VALUE_MAP || given.n > ROOT_MOST)
        return err_set(err, ERR_INVALID,
                       "what the message is about is no object of at most %d "
                       "members",
                       ROOT_MOST);
    pairs[n++] = value_pair(STR_LIT("shop"), shop_of(w, more));
    pairs[n++] = value_pair(STR_LIT("person"),
                            person_of(w, json_get(json, "contact"), m, more + SHOP_MEMBERS));
    memcpy(pairs + n, given.pairs, given.n * sizeof(*pairs));
    *out = value_map(pairs, n + given.n);
    return arena_check(&w->scratch, err);
}

static enum err_code name_of(struct json_value json, char *out, size_t size, struct err *err)
{
    struct str name = text_of(json, "message");

    if (!name.n || name.n >= size)
        return err_set(err, ERR_INVALID, "what was planned names no message");
    snprintf(out, size, "%.*s", (int)name.n, name.p);
    return ERR_OK;
}

static enum err_code compose(struct words *w, const struct outbox_message *m, struct str data,
                             const char *unsubscribe_url, int64_t now_us, struct composed *out,
                             struct err *err)
{
    struct message_for to = {.language = m->language,
                             .shops_language = "",
                             .medium =
                                 strcmp(m->channel, "email") == 0 ? MESSAGE_MAIL : MESSAGE_SHORT,
                             .marketing = !m->transactional,
                             .unsubscribe_url = unsubscribe_url,
                             .now_us = now_us,
                             .locales = w->locales,
                             .currency = w->settings.currency[0] ? w->settings.currency : NULL};
    char name[NAMED_NAME_BYTES];
    struct message *message = NULL;
    struct json_value json;

    TRY(json_parse(w->parser, data, &json, err));
    TRY(name_of(json, name, sizeof(name), err));
    TRY(root_of(w, json, m, &to.data, err));
    TRY(find_message(w, name, now_us, &message, err));
    to.zone = quiet_zone(w->zones, m->zone[0] ? m->zone : w->settings.time_zone);
    return message_compose(message, &to, &w->scratch, out, err);
}

enum err_code words_compose(struct words *words, const struct outbox_message *message,
                            struct str data, const char *unsubscribe_url, int64_t now_us,
                            struct composed *out, struct err *err)
{
    arena_reset(&words->scratch);
    return compose(words, message, data, unsubscribe_url, now_us, out, err);
}
