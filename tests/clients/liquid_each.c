/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Renders what it reads, a JSON object a line: {"template": "...", "data": {...}, "partials":
 * {"name": "text"}}; writes {"out": "..."} or {"error": "..."} for each. For liquid.mjs. */
#include "base/json_read.h"
#include "outreach/liquid/liquid.h"

enum { LINE_MAX_BYTES = 1 << 20, PARTIALS_MAX = 8 };

static enum err_code render_line(struct json_value line, struct arena *arena, struct buf *out,
                                 struct err *err)
{
    struct liquid_text texts[PARTIALS_MAX + 1] = {
        {"", json_text(json_get(line, "template"), STR_NONE)}};
    struct liquid_settings settings = {.limits = liquid_limits_usual};
    TM_CLEANUP(liquid_freep) struct liquid *liquid = NULL;
    size_t n = 1;

    for (struct json_iter it = json_iter(json_get(line, "partials"));
         json_iter_next(&it) && n <= PARTIALS_MAX; n++)
        texts[n] = (struct liquid_text){arena_strdup(arena, it.key), json_text(it.value, STR_NONE)};
    TRY(value_from_json(json_get(line, "data"), 0, arena, &settings.data, err));
    TRY(liquid_compile(texts, n, LIQUID_TEXT, false, &liquid, NULL, err));
    return liquid_render(liquid, &settings, arena, out, NULL, err);
}

int main(void)
{
    struct json_parser *parser = json_parser_new(LINE_MAX_BYTES);
    struct arena arena = ARENA_INIT(64 << 20);
    struct buf out = BUF_INIT(4 << 20), answer = BUF_INIT(32 << 20);
    static char line[LINE_MAX_BYTES];

    while (fgets(line, sizeof(line), stdin)) {
        struct err err = ERR_INIT;
        struct json_value json;
        enum err_code code;

        buf_reset(&out);
        buf_reset(&answer);
        arena_reset(&arena);
        code = json_parse(parser, str_trim(str_of(line)), &json, &err);
        if (code == ERR_OK)
            code = render_line(json, &arena, &out, &err);
        buf_addz(&answer, code ? "{\"error\":" : "{\"out\":");
        buf_add_json(&answer, code ? str_of(err.msg) : buf_str(&out));
        buf_addz(&answer, "}\n");
        fwrite(answer.p, 1, answer.n, stdout);
    }
    buf_release(&answer);
    buf_release(&out);
    arena_release(&arena);
    json_parser_free(parser);
    return 0;
}
