/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/layout.h"

enum { TEXT_MAX = 1 << 20 };

/* Where the later lines of a row begin: below its last column, if that leaves room to read. */
static size_t hanging(const struct sheet *sheet, struct str line, size_t *out_at)
{
    size_t indent = 0, column;

    while (indent < line.n && line.p[indent] == ' ')
        indent++;
    *out_at = 0;
    for (size_t i = indent + 1; i + 1 < line.n; i++)
        if (line.p[i - 1] == ' ' && line.p[i] == ' ' && line.p[i + 1] != ' ')
            *out_at = i + 1;
    column = layout_width((struct str){line.p, *out_at});
    if (*out_at && column <= sheet->width / 2)
        return column;
    return indent ? indent + 2 : 0;
}

static void row(struct sheet *sheet, struct str line)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
    size_t at, indent = hanging(sheet, line, &at);

    buf_adds(&text, (struct str){line.p, at});
    if (at)
        sheet_put(sheet, STYLE_PLAIN, buf_cstr(&text));
    else
        for (; at < line.n && line.p[at] == ' '; at++)
            sheet_put(sheet, STYLE_PLAIN, " ");
    buf_reset(&text);
    buf_adds(&text, (struct str){line.p + at, line.n - at});
    sheet_wrap(sheet, STYLE_PLAIN, buf_cstr(&text), indent);
}

static struct str line_at(struct str text, size_t at)
{
    const char *end = memchr(text.p + at, '\n', text.n - at);

    return (struct str){text.p + at, end ? (size_t)(end - text.p) - at : text.n - at};
}

static bool is_prose(struct str line)
{
    return line.n && line.p[0] != ' ';
}

/* Lines from `at` that are one paragraph: their end, and whether one is too wide. */
static size_t paragraph(const struct sheet *sheet, struct str text, size_t at, bool *out_wide)
{
    struct str line = line_at(text, at);
    bool prose = is_prose(line);

    *out_wide = layout_width(line) > sheet->width;
    at += line.n + 1;
    while (prose && at < text.n && is_prose(line_at(text, at))) {
        line = line_at(text, at);
        *out_wide |= layout_width(line) > sheet->width;
        at += line.n + 1;
    }
    return at < text.n ? at : text.n;
}

static void put_lines(struct sheet *sheet, struct str lines, bool wide)
{
    TM_CLEANUP(buf_release) struct buf joined = BUF_INIT(TEXT_MAX);

    if (!wide) {
        buf_adds(sheet->out, lines);
        return;
    }
    buf_adds(&joined, lines);
    for (size_t i = 0; i < joined.n; i++)
        if (joined.p[i] == '\n')
            joined.p[i] = ' ';
    while (joined.n && joined.p[joined.n - 1] == ' ')
        joined.n--;
    row(sheet, buf_str(&joined));
}

void sheet_reflow(struct sheet *sheet, struct str text)
{
    bool wide;

    for (size_t at = 0, end; at < text.n; at = end) {
        end = paragraph(sheet, text, at, &wide);
        put_lines(sheet, (struct str){text.p + at, end - at}, wide);
    }
}
