/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/left.h"

#include "base/json_write.h"
#include "intake/erased.h"

static const char mark = '\001';

bool left_is(struct str body)
{
    return body.n && body.p[0] == mark;
}

/* {"left": [{"kind": "order", "total": 2000, ...}]}, each column that is told of. */
void left_begin(struct buf *out)
{
    buf_addc(out, mark);
    buf_addz(out, "{\"left\":[");
}

void left_end(struct buf *out)
{
    buf_addz(out, "]}");
}

static bool is_none(const struct record_column *c, const char *field)
{
    struct str text;
    int64_t number;
    double real;

    switch (c->type) {
    case COL_STR:
        memcpy(&text, field, sizeof(text));
        return !text.n;
    case COL_REAL:
        memcpy(&real, field, sizeof(real));
        return isnan(real);
    case COL_TIME:
        memcpy(&number, field, sizeof(number));
        return number == TIME_NONE;
    case COL_DAY:
        memcpy(&number, field, sizeof(number));
        return number == 0;
    case COL_FLAG:
        memcpy(&number, field, sizeof(number));
        return number == -1;
    default:
        memcpy(&number, field, sizeof(number));
        return number == AMOUNT_NONE;
    }
}

void left_add(struct buf *out, enum record_kind kind, const void *record)
{
    const struct record_layout *layout = record_layout(kind);

    buf_addf(out, "%s{\"kind\":\"%s\"", out->p[out->n - 1] == '[' ? "" : ",", layout->name);
    for (size_t i = 0; i < layout->column_count; i++) {
        const struct record_column *c = &layout->columns[i];
        const char *field = (const char *)record + c->offset;
        int64_t number;
        double real;

        if (is_none(c, field))
            continue;
        buf_addf(out, ",\"%s%s\":", strcmp(c->name, "kind") == 0 ? "own_" : "", c->name);
        if (c->type == COL_STR) {
            buf_add_json(out, record_text(kind, record, i));
        } else if (c->type == COL_REAL) {
            memcpy(&real, field, sizeof(real));
            buf_addf(out, "%.17g", real);
        } else {
            memcpy(&number, field, sizeof(number));
            buf_addf(out, "%" PRId64, number);
        }
    }
    buf_addc(out, '}');
}

static void read_column(const struct record_column *c, struct json_value v, char *field)
{
    struct str text;
    int64_t number;
    double real;

    if (c->type == COL_STR) {
        text = json_text(v, STR_NONE);
        memcpy(field, &text, sizeof(text));
    } else if (c->type == COL_REAL) {
        real = json_real(v, (double)json_integer(v, 0));
        memcpy(field, &real, sizeof(real));
    } else {
        number = json_integer(v, 0);
        memcpy(field, &number, sizeof(number));
    }
}

static enum err_code put_one(struct live_run *run, const struct live_message *message,
                             struct json_value v, struct err *err)
{
    struct str name = json_text(json_get(v, "kind"), STR_NONE);
    union record_any record;

    for (int k = 0; k < RECORD_KIND_COUNT; k++) {
        const enum record_kind kind = (enum record_kind)k;
        const struct record_layout *layout = record_layout(kind);

        if (!str_eqz(name, layout->name))
            continue;
        memset(&record, 0, sizeof(record));
        record.number = message->seq;
        for (size_t i = 0; i < layout->column_count; i++) {
            const struct record_column *c = &layout->columns[i];
            const char *key = strcmp(c->name, "kind") == 0 ? "own_kind" : c->name;
            struct json_value value = json_get(v, key);

            record_empty(kind, &record, i);
            if (json_type_of(value) != JSON_NONE)
                read_column(c, value, (char *)&record + c->offset);
        }
        return live_put(run, kind, &record, err);
    }
    return err_set(err, ERR_INVALID, "what is left of a message is not readable");
}

enum err_code left_records(struct live_run *run, const struct live_message *message,
                           struct err *err)
{
    const struct str text = {message->body.p + 1, message->body.n - 1};
    struct json_value root;

    TRY(json_parse(run->parser, text, &root, err));
    for (struct json_iter it = json_iter(json_get(root, "left")); json_iter_next(&it);)
        TRY(put_one(run, message, it.value, err));
    return ERR_OK;
}
