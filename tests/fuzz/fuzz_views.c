/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parameters of a view as they come over the web, and its rows.
 *
 * Line by line: the view's name, "csv" or anything else for JSON, then NAME=VALUE until an empty
 * line. What follows are rows as the engine sends them. */
#include "fuzz.h"

#include "base/json_read.h"
#include "fuzz_engine.h"
#include "insight/views.h"

enum { ARGS_MAX = 12, OUT_MAX = 4 << 20 };

static struct str next_line(struct str *rest)
{
    const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    struct str line = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
    size_t n = line.n + (end != NULL);

    rest->p += n;
    rest->n -= n;
    return line;
}

static size_t read_args(struct str *rest, char names[ARGS_MAX][32], struct view_arg *args)
{
    size_t n = 0;
    struct str line;

    while (n < ARGS_MAX && (line = next_line(rest)).n) {
        const char *equals = memchr(line.p, '=', line.n);
        size_t name = equals ? (size_t)(equals - line.p) : line.n;

        snprintf(names[n], sizeof(names[n]), "%.*s", (int)name, line.p);
        args[n] = (struct view_arg){names[n], STR_NONE};
        if (equals)
            args[n].value = (struct str){equals + 1, line.n - name - 1};
        n++;
    }
    return n;
}

static void check_json(const struct view *view, struct str text)
{
    static struct json_parser *parser;
    struct json_value root;
    struct err err = ERR_INIT;

    if (!parser)
        parser = json_parser_new(OUT_MAX);
    MUST(json_parse(parser, text, &root, &err) == ERR_OK);
    MUST(str_eqz(json_text(json_get(root, "view"), STR_NONE), view->name));
    MUST(json_type_of(json_get(root, "rows")) == JSON_ARRAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct view_context context = {.time_zone = "Asia/Riyadh",
                                                .currency = "SAR",
                                                .decimals = 2,
                                                .week_start = 7,
                                                .as_of = INT64_C(1790000000000000),
                                                .as_of_day = 20717,
                                                .fingerprint = UINT64_C(0x123456789abcdef0)};
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_MAX);
    struct str rest = {(const char *)data, size}, name = next_line(&rest);
    bool csv = str_eqz(next_line(&rest), "csv");
    struct view_request request = {.context = &context};
    struct view_arg args[ARGS_MAX];
    char names[ARGS_MAX][32], word[32];
    const struct view *view;
    struct err err = ERR_INIT;
    enum err_code rc;

    snprintf(word, sizeof(word), "%.*s", (int)(name.n < 31 ? name.n : 31), name.p);
    view = view_find(word);
    if (!view)
        return 0;
    request.args = args;
    request.arg_count = read_args(&rest, names, args);
    request.engine = fuzz_engine(rest, 4096, true);
    rc = view_answer(view, &request, csv ? VIEW_CSV : VIEW_JSON, &out, &err);
    MUST(rc == ERR_OK || (err.code && err.msg[0]));
    MUST(rc != ERR_INTERNAL);
    if (rc == ERR_OK && !csv)
        check_json(view, buf_str(&out));
    return 0;
}
