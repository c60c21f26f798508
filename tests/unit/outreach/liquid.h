/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* liquid.h - what the tests of templates share: one rendering from texts to text. */
#ifndef TM_TESTS_UNIT_OUTREACH_LIQUID_H
#define TM_TESTS_UNIT_OUTREACH_LIQUID_H

#include "tap.h"

#include "outreach/liquid/liquid.h"

/* What a rendering gets; what is left out is as usual. */
struct with {
    const char *data; /* JSON */
    enum liquid_kind kind;
    bool strict;
    uint8_t flags; /* of the data's texts */
    const struct liquid_text *partials;
    size_t n_partials;
    struct liquid_settings settings;
};

/* 2026-11-20 08:15:00 UTC */
#define NOW_US (INT64_C(1795162500) * US_PER_SECOND)

/* The last rendering's. */
static struct err last;
static struct liquid_place last_place;

/* NULL on an error. Good until the next call. */
__attribute__((unused)) static const char *rendered(const char *text, const struct with *with)
{
    static struct buf out;
    static struct arena arena, data_arena;
    static struct json_parser *parser;
    struct liquid_text texts[8] = {{"", str_of(text)}};
    struct liquid_settings settings = with->settings;
    struct liquid *liquid = NULL;
    struct json_value json;
    enum err_code code;

    if (!parser)
        parser = json_parser_new(1 << 20);
    arena_release(&arena);
    arena_release(&data_arena);
    buf_release(&out);
    arena = ARENA_INIT(64 << 20);
    data_arena = ARENA_INIT(64 << 20);
    out = BUF_INIT(16 << 20);
    last = ERR_INIT;
    last_place = (struct liquid_place){.line = 0};
    for (size_t i = 0; i < with->n_partials; i++)
        texts[i + 1] = with->partials[i];
    if (json_parse(parser, str_of(with->data ? with->data : "{}"), &json, &last) ||
        value_from_json(json, with->flags, &data_arena, &settings.data, &last))
        abort();
    if (!settings.limits.steps)
        settings.limits = liquid_limits_usual;
    if (!settings.now_us)
        settings.now_us = NOW_US;
    code = liquid_compile(texts, with->n_partials + 1, with->kind, with->strict, &liquid,
                          &last_place, &last);
    if (code == ERR_OK)
        code = liquid_render(liquid, &settings, &arena, &out, &last_place, &last);
    liquid_free(liquid);
    return code == ERR_OK ? buf_cstr(&out) : NULL;
}

#endif
