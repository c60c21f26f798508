/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/layout.h"

#include "base/digits.h"
#include "base/locale.h"
#include "base/utf8.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#define RIGHT_TO_LEFT_MARK "\xE2\x80\x8F"
#define ELLIPSIS "\xE2\x80\xA6"

enum { TEXT_MAX = 1 << 20 };

const char *layout_comma(enum language language)
{
    return language == LANG_AR ? "\xD8\x8C " : ", ";
}

const char *layout_arrow(enum language language)
{
    return language_is_rtl(language) ? "\xE2\x86\x90" : "\xE2\x86\x92";
}

static size_t width_of(UChar32 c)
{
    int width;

    switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR:
        return 0;
    default:
        break;
    }
    width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

/* The character at byte i; *out_n its bytes, at least 1. */
static UChar32 char_at(struct str text, size_t i, size_t *out_n)
{
    static const unsigned char lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    size_t n = utf8_valid_at(text, i);
    UChar32 c;

    *out_n = n ? n : 1;
    if (!n)
        return 0xFFFD;
    c = (unsigned char)text.p[i] & lead[n];
    for (size_t k = 1; k < n; k++)
        c = c << 6 | ((unsigned char)text.p[i + k] & 0x3F);
    return c;
}

/* Bytes of the longest start of `text` that fits into `width` columns. */
static size_t fitting(struct str text, size_t width, size_t *out_columns)
{
    size_t i = 0, n, columns = 0;

    while (i < text.n) {
        size_t w = width_of(char_at(text, i, &n));

        if (w > width - columns)
            break;
        columns += w;
        i += n;
    }
    *out_columns = columns;
    return i;
}

size_t layout_width(struct str text)
{
    size_t columns;

    fitting(text, SIZE_MAX, &columns);
    return columns;
}

/* A line of Arabic runs from the right whatever it begins with. */
static void start_line(struct sheet *sheet)
{
    if (sheet->column == 0 && language_is_rtl(sheet->language))
        buf_addz(sheet->out, RIGHT_TO_LEFT_MARK);
}

static void styled(struct sheet *sheet, enum style style, struct str text)
{
    static const char *const codes[] = {
        [STYLE_BOLD] = "1",  [STYLE_DIM] = "2",   [STYLE_ACCENT] = "36",
        [STYLE_GOOD] = "32", [STYLE_WARN] = "33",
    };

    if (!text.n)
        return;
    if (sheet->colour && style != STYLE_PLAIN)
        buf_addf(sheet->out, "\033[%sm", codes[style]);
    buf_adds(sheet->out, text);
    if (sheet->colour && style != STYLE_PLAIN)
        buf_addz(sheet->out, "\033[0m");
}

static void put(struct sheet *sheet, enum style style, struct str text)
{
    if (!text.n)
        return;
    start_line(sheet);
    styled(sheet, style, text);
    sheet->column += layout_width(text);
}

/* The text with the digits that the user wishes; `work` keeps it. */
static struct str shown(const struct sheet *sheet, const char *text, struct buf *work)
{
    if (sheet->language != LANG_AR || locale_used().digits != DIGITS_ARABIC)
        return str_of(text);
    digits_add_arabic(work, str_of(text));
    return buf_str(work);
}

void sheet_put(struct sheet *sheet, enum style style, const char *text)
{
    struct buf work = BUF_INIT(TEXT_MAX);

    put(sheet, style, shown(sheet, text, &work));
    buf_release(&work);
}

static void spaces(struct sheet *sheet, size_t n)
{
    if (n)
        start_line(sheet);
    sheet->column += n;
    while (n--)
        buf_addc(sheet->out, ' ');
}

/* Closes the isolates that a text opens and, being cut, no longer closes. */
static void close_isolates(struct sheet *sheet, struct str text)
{
    size_t open = 0, mark = strlen(FIRST_STRONG_ISOLATE);

    for (size_t i = 0; i + mark <= text.n; i++)
        if (memcmp(text.p + i, FIRST_STRONG_ISOLATE, mark) == 0)
            open++;
        else if (open && memcmp(text.p + i, POP_DIRECTIONAL_ISOLATE, mark) == 0)
            open--;
    while (open--)
        buf_addz(sheet->out, POP_DIRECTIONAL_ISOLATE);
}

void sheet_cell(struct sheet *sheet, enum style style, const char *text, size_t width, bool end)
{
    struct buf work = BUF_INIT(TEXT_MAX);
    struct str s = shown(sheet, text, &work);
    size_t columns = layout_width(s);

    if (columns > width) {
        s.n = fitting(s, width - 1, &columns);
        put(sheet, style, s);
        put(sheet, style, STR_LIT(ELLIPSIS));
        close_isolates(sheet, s);
        columns++;
    } else {
        if (end)
            spaces(sheet, width - columns);
        put(sheet, style, s);
    }
    if (!end)
        spaces(sheet, width - columns);
    buf_release(&work);
}

void sheet_to(struct sheet *sheet, size_t column)
{
    if (sheet->column < column)
        spaces(sheet, column - sheet->column);
}

void sheet_end_line(struct sheet *sheet)
{
    /* What was filled up with spaces to reach a column that stayed empty. */
    while (sheet->out->n && sheet->out->p[sheet->out->n - 1] == ' ')
        sheet->out->p[--sheet->out->n] = '\0';
    buf_addc(sheet->out, '\n');
    sheet->column = 0;
}

static struct str without_trailing_space(struct str s)
{
    while (s.n && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

/* Puts text[*from..to) where it fits, on a new line otherwise. Several pieces of one line are
 * written at once, so that a colour is not switched for every word. */
struct line {
    const char *text;
    size_t from, to; /* what is collected for the present line */
};

static void flush(struct sheet *sheet, enum style style, struct line *line)
{
    put(sheet, style,
        without_trailing_space((struct str){line->text + line->from, line->to - line->from}));
    line->from = line->to;
}

static void add_piece(struct sheet *sheet, enum style style, struct line *line, size_t end,
                      size_t indent)
{
    struct str so_far = {line->text + line->from, end - line->from};
    size_t columns = layout_width(without_trailing_space(so_far));

    if (sheet->column + columns > sheet->width &&
        (line->to > line->from || sheet->column > indent)) {
        flush(sheet, style, line);
        sheet_end_line(sheet);
        spaces(sheet, indent);
    }
    line->to = end;
}

static void wrap(struct sheet *sheet, enum style style, const char *text, size_t indent)
{
    UErrorCode status = U_ZERO_ERROR;
    UText *utext = utext_openUTF8(NULL, text, -1, &status);
    UBreakIterator *breaks =
        ubrk_open(UBRK_LINE, language_codes[sheet->language], NULL, 0, &status);
    struct line line = {text, 0, 0};

    sheet_to(sheet, indent);
    ubrk_setUText(breaks, utext, &status);
    if (U_SUCCESS(status)) {
        for (int32_t at = ubrk_next(breaks); at != UBRK_DONE; at = ubrk_next(breaks))
            if (text[at - 1] != '-') /* "e-mail" and "--html" stay whole */
                add_piece(sheet, style, &line, (size_t)at, indent);
    } else {
        line.to = strlen(text);
    }
    flush(sheet, style, &line);
    sheet_end_line(sheet);
    ubrk_close(breaks);
    utext_close(utext);
}

void sheet_wrap(struct sheet *sheet, enum style style, const char *text, size_t indent)
{
    struct buf work = BUF_INIT(TEXT_MAX);

    if (*text)
        wrap(sheet, style, shown(sheet, text, &work).p, indent);
    buf_release(&work);
}

void sheet_repeat(struct sheet *sheet, enum style style, const char *text, size_t times)
{
    struct buf b = BUF_INIT(4096);

    while (times--)
        buf_addz(&b, text);
    put(sheet, style, buf_str(&b));
    buf_release(&b);
}

void sheet_heading(struct sheet *sheet, const char *text)
{
    sheet_end_line(sheet);
    spaces(sheet, 1);
    sheet_put(sheet, STYLE_BOLD, text);
    spaces(sheet, 1);
    if (sheet->column < sheet->width)
        sheet_repeat(sheet, STYLE_DIM, "─", sheet->width - sheet->column);
    sheet_end_line(sheet);
}
