/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/log.h"

#include "base/buf.h"
#include "base/timestamp.h"

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static enum log_level threshold(void)
{
    const char *chosen = getenv("TIDEMARK_LOG");

    for (size_t i = 0; chosen && i < TM_COUNT(level_names); i++)
        if (strcmp(chosen, level_names[i]) == 0)
            return (enum log_level)i;
    return LOG_WARN;
}

/* "id=7 status=200 rest" gives fields and what is left. */
static const char *add_fields(struct buf *line, const char *text)
{
    for (;;) {
        size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
        size_t value = name && text[name] == '=' ? strcspn(text + name + 1, " ") : 0;

        if (!name || text[name] != '=')
            return text;
        buf_addc(line, ',');
        buf_add_json(line, (struct str){text, name});
        buf_addc(line, ':');
        buf_add_json(line, (struct str){text + name + 1, value});
        text += name + 1 + value;
        text += strspn(text, " ");
    }
}

static void add_json_line(struct buf *line, enum log_level level, const char *component,
                          const char *text)
{
    buf_addz(line, "{\"at\":\"");
    timestamp_add_iso(line, timestamp_now());
    buf_addf(line, "\",\"level\":\"%s\",\"component\":\"%s\"", level_names[level], component);
    text = add_fields(line, text);
    buf_addz(line, ",\"msg\":");
    buf_add_json(line, str_of(text));
    buf_addz(line, "}\n");
}

void log_line(enum log_level level, const char *component, const char *fmt, ...)
{
    const char *format = getenv("TIDEMARK_LOG_FORMAT");
    char text[1024];
    struct buf line = BUF_INIT(8192);
    va_list ap;

    if (level > threshold())
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (format && strcmp(format, "json") == 0) {
        add_json_line(&line, level, component, text);
    } else {
        buf_addf(&line, "level=%s component=%s msg=", level_names[level], component);
        buf_add_json(&line, str_of(text));
        buf_addc(&line, '\n');
    }
    fwrite(line.p, 1, line.n, stderr); /* one call, so that threads' lines do not mix */
    buf_release(&line);
}
