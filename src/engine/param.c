/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parameters as text: the engine reads a value in the escaping of its TSV format, by its type. */
#include "base/timestamp.h"
#include "engine/transfer.h"

static void add_escaped(struct buf *b, struct str s)
{
    static const char special[] = "\\\t\n\r\b\f";
    static const char letter[] = "\\tnrbf";

    for (size_t i = 0; i < s.n; i++) {
        const char *at = s.p[i] ? strchr(special, s.p[i]) : NULL;

        if (!s.p[i]) {
            buf_addz(b, "\\0");
        } else if (at) {
            buf_addc(b, '\\');
            buf_addc(b, letter[at - special]);
        } else {
            buf_addc(b, s.p[i]);
        }
    }
}

static void add_time(struct buf *b, int64_t at_us, const char *type)
{
    struct civil c = civil_from_utc(at_us);
    bool fraction = strncmp(type, "DateTime64", 10) == 0;

    buf_addf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
    if (strncmp(type, "DateTime", 8) == 0)
        buf_addf(b, " %02d:%02d:%02d", c.hour, c.minute, c.second);
    if (fraction)
        buf_addf(b, ".%06d", c.micros);
}

static bool is_calendar(const char *type)
{
    return strncmp(type, "Date", 4) == 0;
}

static bool is_null(const struct param *p)
{
    return (p->type == PARAM_INT && p->i == AMOUNT_NONE) ||
           (p->type == PARAM_TIME && p->i == TIME_NONE) || (p->type == PARAM_REAL && isnan(p->d));
}

enum err_code param_add(struct buf *b, const struct param *p, const char *type, struct err *err)
{
    bool nullable = strncmp(type, "Nullable(", 9) == 0;

    if (nullable)
        type += 9;
    if (nullable && is_null(p)) {
        buf_addz(b, "\\N");
        return ERR_OK;
    }
    switch (p->type) {
    case PARAM_TEXT:
        add_escaped(b, p->text);
        break;
    case PARAM_INT: /* a day count where the type is a day */
        if (is_calendar(type))
            add_time(b, p->i * US_PER_DAY, type);
        else
            buf_addf(b, "%" PRId64, p->i);
        break;
    case PARAM_TIME:
        if (is_calendar(type))
            add_time(b, p->i, type);
        else
            buf_addf(b, "%" PRId64, p->i);
        break;
    case PARAM_REAL:
        buf_addf(b, "%.17g", p->d);
        break;
    }
    return buf_check(b, err);
}

size_t engine_pick_params(const struct engine *engine, const char *statement,
                          const struct param *from, size_t n, struct param *out)
{
    const struct statement *declared = engine_find_statement(engine, statement);
    size_t count = 0;

    for (size_t i = 0; declared && i < n; i++)
        for (size_t k = 0; k < declared->param_count; k++)
            if (strcmp(declared->params[k].name, from[i].name) == 0)
                out[count++] = from[i];
    return count;
}
