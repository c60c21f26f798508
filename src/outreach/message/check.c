/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/message/check.h"

#include "base/i18n.h"

static const char sample[] =
    "{\"shop\":{\"name\":\"Example shop\",\"url\":\"https://shop.example\",\"address\":\"1 Example "
    "Street, 12345 Example\",\"logo\":null,\"color\":null},"
    "\"contact\":{\"email\":\"ann@example.com\",\"first_name\":\"Ann\",\"last_name\":\"Example\"},"
    "\"person\":{\"first_name\":\"Ann\",\"last_name\":\"Example\",\"name\":\"Ann Example\","
    "\"email\":\"ann@example.com\",\"phone\":null,\"country\":\"TH\",\"city\":\"Bangkok\","
    "\"language\":\"en\",\"orders_count\":2,\"total_spent\":25800,\"average_order\":12900,"
    "\"days_since_first_order\":90,\"days_since_last_order\":12,"
    "\"first_order\":{\"number\":\"1001\",\"total\":9900,\"products\":[]},"
    "\"last_order\":{\"number\":\"1042\",\"total\":15900,\"products\":[]}},"
    "\"cart\":{\"url\":\"https://shop.example/cart\",\"value\":15900,\"products\":["
    "{\"id\":\"1\",\"title\":\"Teapot\",\"url\":\"https://shop.example/teapot\",\"image\":null,"
    "\"price\":12900,\"quantity\":1},"
    "{\"id\":\"2\",\"title\":\"Green tea\",\"url\":\"https://shop.example/tea\",\"image\":null,"
    "\"price\":1500,\"quantity\":2}]},"
    "\"order\":{\"number\":\"1042\",\"total\":15900,\"currency\":\"\",\"url\":"
    "\"https://shop.example/orders/1042\",\"review_url\":\"https://shop.example/reviews\","
    "\"products\":[{\"id\":\"1\",\"title\":\"Teapot\",\"url\":\"https://shop.example/teapot\","
    "\"image\":null,\"price\":12900,\"quantity\":1}]},"
    "\"product\":{\"id\":\"1\",\"title\":\"Teapot\",\"url\":\"https://shop.example/teapot\","
    "\"image\":null,\"price\":12900,\"quantity\":1},"
    "\"products\":[{\"id\":\"2\",\"title\":\"Green tea\",\"url\":\"https://shop.example/tea\","
    "\"image\":null,\"price\":1500,\"quantity\":1}],"
    "\"bought_together\":[{\"id\":\"3\",\"title\":\"Cup\",\"url\":\"https://shop.example/cup\","
    "\"image\":null,\"price\":4500,\"quantity\":null}],"
    "\"recommended\":[{\"id\":\"3\",\"title\":\"Cup\",\"url\":\"https://shop.example/cup\","
    "\"image\":null,\"price\":4500,\"quantity\":null}],"
    "\"recently_viewed\":[{\"id\":\"3\",\"title\":\"Cup\",\"url\":\"https://shop.example/cup\","
    "\"image\":null,\"price\":4500,\"quantity\":null}]}";
static const char unsubscribe[] = "https://shop.example/unsubscribe";

struct str message_sample_text(void)
{
    return STR_LIT(sample);
}

enum err_code message_sample(struct value shop, struct arena *arena, struct value *out,
                             struct err *err)
{
    struct json_parser *parser = json_parser_new(sizeof(sample));
    struct value_pair *pairs;
    struct json_value json;
    struct value read = VALUE_NOTHING;
    enum err_code rc = json_parse(parser, STR_LIT(sample), &json, err);

    if (rc == ERR_OK)
        rc = value_from_json(json, 0, arena, &read, err);
    json_parser_free(parser);
    TRY(rc);
    pairs = arena_alloc(arena, (read.n + 1) * sizeof(*pairs));
    TRY(arena_check(arena, err));
    pairs[0] = value_pair(STR_LIT("shop"), shop);
    memcpy(pairs + 1, read.pairs, read.n * sizeof(*pairs)); /* of equal names the first counts */
    *out = shop.type == VALUE_NIL ? read : value_map(pairs, read.n + 1);
    return ERR_OK;
}

/* ---- findings ----------------------------------------------------------------------------- */

struct finding {
    struct message_finding *list;
    size_t n;
};

static void add(struct finding *f, const char *language, bool blocks, const char *text)
{
    if (f->n == MESSAGE_FINDINGS_MAX)
        return;
    f->list[f->n] = (struct message_finding){.language = language, .blocks = blocks};
    snprintf(f->list[f->n].text, sizeof(f->list[f->n].text), "%s", text);
    f->n++;
}

static bool has_text(const struct composed *c, enum message_part part)
{
    return str_trim(buf_str(&c->parts[part])).n > 0;
}

/* An e-mail has a subject; a message of text alone is for other channels. */
static void look_at(struct finding *f, const struct message *m, const char *language,
                    const struct composed *c)
{
    if (m->sources[MESSAGE_SUBJECT] && !has_text(c, MESSAGE_SUBJECT))
        add(f, language, true, _("the subject is empty"));
    if (!has_text(c, MESSAGE_TEXT))
        add(f, language, true, _("the plain text is empty"));
}

static void compose_one(struct finding *f, const struct message *m, const char *language,
                        struct value data, struct arena *scratch)
{
    const struct message_for to = {.data = data,
                                   .language = language,
                                   .shops_language = language,
                                   .medium = MESSAGE_EVERY,
                                   .marketing = true,
                                   .unsubscribe_url = unsubscribe,
                                   .now_us = timestamp_now()};
    struct composed composed;
    struct err err = ERR_INIT;
    char text[1200];

    composed_init(&composed);
    if (message_compose(m, &to, scratch, &composed, &err) == ERR_OK) {
        look_at(f, m, language, &composed);
    } else {
        snprintf(text, sizeof(text), "%s%s%s", err.msg, *err.context ? "; " : "", err.context);
        add(f, language, true, text);
    }
    composed_release(&composed);
    arena_reset(scratch);
}

/* ---- translations ------------------------------------------------------------------------- */

/* Forms of a plural are one text in as many forms as its language has. */
static bool is_plural(struct value texts)
{
    static const char *const forms[] = {"zero", "one", "two", "few", "many", "other"};
    size_t known = 0;

    for (uint32_t i = 0; i < texts.n; i++)
        for (size_t k = 0; k < TM_COUNT(forms); k++)
            known += str_eqz(texts.pairs[i].key, forms[k]);
    return texts.n && known == texts.n;
}

static bool text_member(struct value texts, struct str key, struct value *out)
{
    for (uint32_t i = 0; texts.type == VALUE_MAP && i < texts.n; i++)
        if (str_eq(texts.pairs[i].key, key)) {
            *out = texts.pairs[i].value;
            return true;
        }
    return false;
}

/* What one language says and another does not. */
static void compare(struct finding *f, const char *language, struct value has, struct value other,
                    const char *path)
{
    for (uint32_t i = 0; has.type == VALUE_MAP && i < has.n; i++) {
        struct value theirs;
        char name[200], text[300];

        snprintf(name, sizeof(name), "%s%s%.*s", path, *path ? "." : "",
                 (int)(has.pairs[i].key.n < 80 ? has.pairs[i].key.n : 80), has.pairs[i].key.p);
        if (!text_member(other, has.pairs[i].key, &theirs)) {
            snprintf(text, sizeof(text), _("\"%s\" is not translated"), name);
            add(f, language, false, text);
        } else if (has.pairs[i].value.type == VALUE_MAP && !is_plural(has.pairs[i].value)) {
            compare(f, language, has.pairs[i].value, theirs, name);
        }
    }
}

/* Each against all before it that say more, each lacking text once. */
static void compare_languages(struct finding *f, const struct message *m)
{
    for (size_t l = 1; l < m->language_count; l++)
        compare(f, m->languages[l].code, m->languages[0].texts, m->languages[l].texts, "");
    for (size_t l = 1; l < m->language_count; l++)
        compare(f, m->languages[0].code, m->languages[l].texts, m->languages[0].texts, "");
}

/* ---- all ---------------------------------------------------------------------------------- */

static bool has_address(struct value shop)
{
    struct value address;

    return text_member(shop, STR_LIT("address"), &address) && str_trim(value_text(address)).n > 0;
}

enum err_code message_findings(const struct message *message, struct value shop,
                               struct message_finding out[MESSAGE_FINDINGS_MAX], size_t *out_n,
                               struct err *err)
{
    struct arena arena = ARENA_INIT(4 << 20), scratch = ARENA_INIT(64 << 20);
    struct finding f = {.list = out};
    struct value data;
    enum err_code rc;

    if (shop.type != VALUE_NIL && !has_address(shop)) {
        add(&f, "", true,
            _("the shop has no postal address: set \"postal_address\" of \"sending\""));
        shop = VALUE_NOTHING;
    }
    rc = message_sample(shop, &arena, &data, err);
    for (size_t l = 0; rc == ERR_OK && l < message->language_count; l++)
        compose_one(&f, message, message->languages[l].code, data, &scratch);
    compare_languages(&f, message);
    arena_release(&scratch);
    arena_release(&arena);
    *out_n = f.n;
    return rc;
}

enum err_code message_marketing_allowed(const struct message *message, struct value shop,
                                        struct err *err)
{
    struct message_finding *findings = xcalloc(MESSAGE_FINDINGS_MAX, sizeof(*findings));
    size_t n = 0;
    enum err_code rc = message_findings(message, shop, findings, &n, err);

    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        if (!findings[i].blocks)
            continue;
        rc = err_set(err, ERR_INVALID, "\"%s\" may not be sent as marketing: %s", message->name,
                     findings[i].text);
        if (*findings[i].language)
            err_context(err, "in language %s", findings[i].language);
    }
    free(findings);
    return rc;
}
