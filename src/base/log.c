/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/log.h"

#include "base/buf.h"

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static enum log_level threshold(void)
{
    const char *chosen = getenv("TIDEMARK_LOG");

    for (size_t i = 0; chosen && i < TM_COUNT(level_names); i++)
        if (strcmp(chosen, level_names[i]) == 0)
            return (enum log_level)i;
    return LOG_WARN;
}

void log_line(enum log_level level, const char *component, const char *fmt, ...)
{
    char text[1024];
    struct buf line = BUF_INIT(8192);
    va_list ap;

    if (level > threshold())
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    buf_addf(&line, "level=%s component=%s msg=", level_names[level], component);
    buf_add_json(&line, str_of(text));
    buf_addc(&line, '\n');
    fwrite(line.p, 1, line.n, stderr); /* one call, so that threads' lines do not mix */
    buf_release(&line);
}
