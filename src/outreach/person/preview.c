/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/preview.h"

static const char unsubscribe[] = "https://shop.example/unsubscribe";

/* What an example has, with the person's own and the blocks of the shop's records. */
static enum err_code data_of_person(const struct preview *p, struct arena *arena, struct value *out,
                                    struct person_known *known, struct err *err)
{
    const struct person_ask ask = {.person = p->person,
                                   .data = p->data.n ? p->data : message_sample_text(),
                                   .parts = PERSON_SELF | person_parts(p->message)};

    TRY(person_look_up(p->reader, &p->person, 1, known, err));
    if (!known->found)
        return err_set(err, ERR_NOT_FOUND, "nobody here has the number %" PRIu64, p->person);
    return person_data(p->reader, p->settings, p->now_us, &ask, 1, arena, out, err);
}

static enum err_code data_given(const struct preview *p, struct arena *arena, struct value *out,
                                struct err *err)
{
    struct value shop = person_shop(p->settings, arena), given;
    struct json_parser *parser;
    struct value_pair *pairs;
    struct json_value json;
    enum err_code rc;

    if (!*p->settings->shop)
        shop = VALUE_NOTHING;
    if (!p->data.n)
        return message_sample(shop, arena, out, err);
    parser = json_parser_new(p->data.n + 1);
    rc = json_parse(parser, p->data, &json, err);
    if (rc == ERR_OK)
        rc = value_from_json(json, 0, arena, &given, err);
    json_parser_free(parser);
    TRY(rc);
    if (given.type != VALUE_MAP)
        return err_set(err, ERR_INVALID, "the data must be a JSON object");
    pairs = arena_alloc(arena, (given.n + 1) * sizeof(*pairs));
    TRY(arena_check(arena, err));
    memcpy(pairs, given.pairs, given.n * sizeof(*pairs)); /* what is given stands above ours */
    pairs[given.n] = value_pair(STR_LIT("shop"), shop);
    *out = value_map(pairs, given.n + 1);
    return ERR_OK;
}

static enum err_code compose(const struct preview *p, struct message_for *to, struct arena *arena,
                             struct composed *out, struct err *err)
{
    struct locale *locales[LANG_COUNT] = {NULL};
    enum err_code rc = zone_open(p->settings->time_zone, &to->zone, err);

    for (int l = 0; rc == ERR_OK && l < LANG_COUNT; l++)
        rc = locale_open((enum language)l, &locales[l], err);
    to->locales = locales;
    if (rc == ERR_OK)
        rc = message_compose(p->message, to, arena, out, err);
    for (int l = 0; l < LANG_COUNT; l++)
        locale_close(locales[l]);
    zone_close(to->zone);
    return rc;
}

enum err_code preview_compose(const struct preview *p, struct arena *arena, struct composed *out,
                              struct err *err)
{
    struct person_known known = {.found = false};
    struct message_for to = {.shops_language = "",
                             .medium = MESSAGE_EVERY,
                             .unsubscribe_url = unsubscribe,
                             .now_us = p->now_us,
                             .currency = p->settings->currency};

    if (p->person)
        TRY(data_of_person(p, arena, &to.data, &known, err));
    else
        TRY(data_given(p, arena, &to.data, err));
    to.language = *p->language ? p->language : known.language;
    return compose(p, &to, arena, out, err);
}
