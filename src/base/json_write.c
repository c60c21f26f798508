/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/json_write.h"

#include "base/money.h"
#include "base/timestamp.h"

/* Up to here a double holds every whole number. */
static const double whole_max = 9007199254740992.0;

static void indent(struct json_writer *w)
{
    buf_addc(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        buf_addz(w->out, "  ");
}

/* What comes before a value: nothing after a key, otherwise a comma and a new line. */
static void before_value(struct json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth == 0)
        return;
    assert(!w->in_object[w->depth - 1]);
    if (w->has_items[w->depth - 1])
        buf_addc(w->out, ',');
    w->has_items[w->depth - 1] = true;
    indent(w);
}

static void begin(struct json_writer *w, bool object)
{
    before_value(w);
    assert(w->depth < JSON_DEPTH_MAX);
    w->in_object[w->depth] = object;
    w->has_items[w->depth] = false;
    w->depth++;
    buf_addc(w->out, object ? '{' : '[');
}

static void end(struct json_writer *w, bool object)
{
    assert(w->depth > 0 && w->in_object[w->depth - 1] == object && !w->after_key);
    w->depth--;
    if (w->has_items[w->depth])
        indent(w);
    buf_addc(w->out, object ? '}' : ']');
}

void json_begin_object(struct json_writer *w)
{
    begin(w, true);
}

void json_end_object(struct json_writer *w)
{
    end(w, true);
}

void json_begin_array(struct json_writer *w)
{
    begin(w, false);
}

void json_end_array(struct json_writer *w)
{
    end(w, false);
}

void json_key(struct json_writer *w, const char *key)
{
    assert(w->depth > 0 && w->in_object[w->depth - 1] && !w->after_key);
    if (w->has_items[w->depth - 1])
        buf_addc(w->out, ',');
    w->has_items[w->depth - 1] = true;
    indent(w);
    buf_add_json(w->out, str_of(key));
    buf_addz(w->out, ": ");
    w->after_key = true;
}

void json_string(struct json_writer *w, struct str s)
{
    before_value(w);
    buf_add_json(w->out, s);
}

void json_raw(struct json_writer *w, struct str json)
{
    before_value(w);
    buf_adds(w->out, str_trim(json));
}

void json_stringz(struct json_writer *w, const char *z)
{
    if (z)
        json_string(w, str_of(z));
    else
        json_null(w);
}

void json_int(struct json_writer *w, int64_t v)
{
    before_value(w);
    buf_addf(w->out, "%" PRId64, v);
}

void json_double(struct json_writer *w, double v)
{
    char text[40];

    if (!isfinite(v)) {
        json_null(w);
        return;
    }
    if (v == rint(v) && fabs(v) < whole_max) {
        snprintf(text, sizeof(text), "%.0f", v + 0.0); /* 300, not 3e+02; no -0 */
    } else {
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof(text), "%.*g", digits, v);
            if (strtod(text, NULL) == v)
                break;
        }
    }
    before_value(w);
    buf_addz(w->out, text);
}

void json_bool(struct json_writer *w, bool v)
{
    before_value(w);
    buf_addz(w->out, v ? "true" : "false");
}

void json_null(struct json_writer *w)
{
    before_value(w);
    buf_addz(w->out, "null");
}

void json_key_stringz(struct json_writer *w, const char *key, const char *z)
{
    json_key(w, key);
    json_stringz(w, z);
}

void json_key_string(struct json_writer *w, const char *key, struct str s)
{
    json_key(w, key);
    json_string(w, s);
}

void json_key_int(struct json_writer *w, const char *key, int64_t v)
{
    json_key(w, key);
    json_int(w, v);
}

void json_key_double(struct json_writer *w, const char *key, double v)
{
    json_key(w, key);
    json_double(w, v);
}

void json_key_time(struct json_writer *w, const char *key, int64_t at_us)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(64);

    json_key(w, key);
    if (at_us == TIME_NONE || at_us == AMOUNT_NONE) {
        json_null(w);
        return;
    }
    timestamp_add_iso(&text, at_us);
    json_string(w, buf_str(&text));
}

void json_key_bool(struct json_writer *w, const char *key, bool v)
{
    json_key(w, key);
    json_bool(w, v);
}
