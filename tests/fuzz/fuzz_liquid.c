/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz.h"

#include "outreach/liquid/liquid.h"

/* What a person wrote into a form: it must reach no page unescaped. */
static const char data[] =
    "{\"person\":{\"name\":\"<i\\\"canary'>\",\"age\":41,\"tags\":[\"<u\\\"canary'>\",\"b\"]},"
    "\"n\":3,"
    "\"x\":1.5,\"list\":[{\"t\":\"<b\\\"canary'>\",\"p\":2},{\"t\":\"b\",\"p\":null}],\"f\":false,"
    "\"when\":\"2026-11-20T08:15:00Z\"}";

static struct value data_value(struct arena *arena)
{
    struct json_parser *parser = json_parser_new(1 << 16);
    struct json_value json;
    struct value v = VALUE_NOTHING;
    struct err err = ERR_INIT;

    MUST(json_parse(parser, STR_LIT(data), &json, &err) == ERR_OK);
    MUST(value_from_json(json, 0, arena, &v, &err) == ERR_OK);
    json_parser_free(parser);
    return v;
}

/* The first byte says which kind, and whether strict; a NUL byte ends the message and begins a
 * partial "p". */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct arena data_arena, arena;
    static struct buf out;
    static struct liquid_settings settings;
    struct liquid_text texts[2] = {{"", STR_NONE}, {"p", STR_NONE}};
    const uint8_t *nul;
    struct liquid *liquid = NULL;
    struct liquid_place place;
    struct err err = ERR_INIT;
    enum liquid_kind kind;

    if (size == 0)
        return 0;
    if (!data_arena.limit) {
        data_arena = ARENA_INIT(1 << 20);
        arena = ARENA_INIT(2 << 20);
        out = BUF_INIT(1 << 20);
        settings = (struct liquid_settings){.data = data_value(&data_arena), .now_us = 1};
        settings.limits = (struct liquid_limits){20000, 2000, 1 << 16, 1 << 20, 32, 1000};
    }
    kind = (enum liquid_kind)(bytes[0] % 3);
    nul = memchr(bytes + 1, '\0', size - 1);
    texts[0].text =
        (struct str){(const char *)bytes + 1, nul ? (size_t)(nul - bytes) - 1 : size - 1};
    if (nul)
        texts[1].text = (struct str){(const char *)nul + 1, size - (size_t)(nul + 1 - bytes)};
    arena_reset(&arena);
    buf_reset(&out);
    if (liquid_compile(texts, 2, kind, bytes[0] & 4, &liquid, &place, &err) == ERR_OK) {
        for (size_t i = 0; liquid_name(liquid, i); i++)
            MUST(liquid_name_place(liquid, i).line > 0);
        if (liquid_render(liquid, &settings, &arena, &out, &place, &err) != ERR_OK) {
            MUST(out.n == 0 && err.msg[0]);
        } else if (kind == LIQUID_HTML) {
            MUST(!memmem(buf_cstr(&out), out.n, "\"canary", 7) || memmem(bytes, size, "canary", 6));
        } else if (kind == LIQUID_HEADER) {
            MUST(!memchr(buf_cstr(&out), '\n', out.n) && !memchr(buf_cstr(&out), '\r', out.n));
        }
    } else {
        MUST(err.msg[0] && place.line > 0 && place.column > 0);
    }
    liquid_free(liquid);
    return 0;
}
