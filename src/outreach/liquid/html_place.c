/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/html_place.h"

#include "base/utf8.h"

/* Attributes that a mail program or browser loads or opens. */
static const char *const link_names[] = {"href",   "src",        "action",     "background",
                                         "poster", "formaction", "xlink:href", "srcset",
                                         "data",   "cite",       "longdesc"};

/* What a link may begin with, when it begins with a scheme at all. */
static const char *const link_schemes[] = {"http", "https", "mailto",   "tel", "sms",
                                           "cid",  "geo",   "whatsapp", "line"};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void name_begin(struct html_scan *scan)
{
    scan->n = 0;
    scan->name[0] = '\0';
}

static void name_add(struct html_scan *scan, char c)
{
    if (scan->n + 1 < sizeof(scan->name)) {
        scan->name[scan->n++] = (char)tolower((unsigned char)c);
        scan->name[scan->n] = '\0';
    }
}

static void tail_add(struct html_scan *scan, char c)
{
    memmove(scan->tail, scan->tail + 1, sizeof(scan->tail) - 2);
    scan->tail[sizeof(scan->tail) - 2] = (char)tolower((unsigned char)c);
}

static bool tail_ends(const struct html_scan *scan, const char *with)
{
    size_t n = strlen(with), all = sizeof(scan->tail) - 1;

    return n <= all && memcmp(scan->tail + all - n, with, n) == 0;
}

static void content_begin(struct html_scan *scan)
{
    memset(scan->tail, ' ', sizeof(scan->tail) - 1);
}

/* Behind a tag's ">". */
static void tag_end(struct html_scan *scan)
{
    scan->state = HTML_STATE_TEXT;
    if (strcmp(scan->tag, "script") == 0 || strcmp(scan->tag, "style") == 0)
        memcpy(scan->inside, scan->tag, sizeof(scan->inside));
    scan->tag[0] = '\0';
    content_begin(scan);
}

/* Behind the name of the tag or of an attribute. */
static void name_end(struct html_scan *scan, char c)
{
    if (!scan->tag[0])
        snprintf(scan->tag, sizeof(scan->tag), "%.7s", scan->name);
    if (c == '>') {
        tag_end(scan);
    } else if (c == '=') {
        scan->state = HTML_STATE_BEFORE;
    } else {
        scan->state = HTML_STATE_TAG;
    }
}

static void in_text(struct html_scan *scan, char c, char next)
{
    char end[12];

    tail_add(scan, c);
    if (scan->inside[0]) {
        snprintf(end, sizeof(end), "</%s", scan->inside);
        if (tail_ends(scan, end)) {
            scan->inside[0] = '\0';
            scan->state = HTML_STATE_TAG;
            snprintf(scan->tag, sizeof(scan->tag), "/");
        }
    } else if (tail_ends(scan, "<!--")) {
        scan->state = HTML_STATE_COMMENT;
        content_begin(scan);
    } else if (c == '<' && (isalpha((unsigned char)next) || next == '/')) {
        scan->state = HTML_STATE_NAME;
        scan->tag[0] = '\0';
        name_begin(scan);
    }
}

static void in_tag(struct html_scan *scan, char c)
{
    if (c == '>') {
        tag_end(scan);
    } else if (c == '=') {
        scan->state = HTML_STATE_BEFORE;
    } else if (!is_space(c)) {
        scan->state = HTML_STATE_NAME;
        name_begin(scan);
        name_add(scan, c);
    }
}

static void in_value(struct html_scan *scan, char c)
{
    scan->begun = true;
    if (scan->quote ? c == scan->quote : is_space(c))
        scan->state = HTML_STATE_TAG;
    else if (!scan->quote && c == '>')
        tag_end(scan);
}

static void before_value(struct html_scan *scan, char c)
{
    if (is_space(c))
        return;
    scan->state = HTML_STATE_VALUE;
    scan->quote = c == '"' || c == '\'' ? c : '\0';
    scan->begun = false;
    if (!scan->quote)
        in_value(scan, c);
}

static void in_comment(struct html_scan *scan, char c)
{
    tail_add(scan, c);
    if (tail_ends(scan, "-->")) {
        scan->state = HTML_STATE_TEXT;
        content_begin(scan);
    }
}

void html_scan_text(struct html_scan *scan, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        switch (scan->state) {
        case HTML_STATE_TEXT:
            in_text(scan, c, i + 1 < text.n ? text.p[i + 1] : '/');
            break;
        case HTML_STATE_TAG:
            in_tag(scan, c);
            break;
        case HTML_STATE_NAME:
            if (c == '>' || c == '=' || is_space(c))
                name_end(scan, c);
            else
                name_add(scan, c);
            break;
        case HTML_STATE_BEFORE:
            before_value(scan, c);
            break;
        case HTML_STATE_VALUE:
            in_value(scan, c);
            break;
        case HTML_STATE_COMMENT:
            in_comment(scan, c);
            break;
        }
    }
}

static bool is_link_name(const char *name)
{
    for (size_t i = 0; i < TM_COUNT(link_names); i++) {
        if (strcmp(name, link_names[i]) == 0)
            return true;
    }
    return false;
}

enum html_place html_scan_output(struct html_scan *scan)
{
    bool begun = scan->begun;

    switch (scan->state) {
    case HTML_STATE_TEXT:
        return !scan->inside[0] ? HTML_TEXT : scan->inside[1] == 't' ? HTML_STYLE : HTML_CODE;
    case HTML_STATE_COMMENT:
        return HTML_CODE;
    case HTML_STATE_BEFORE:
        scan->state = HTML_STATE_VALUE;
        scan->quote = '\0';
        scan->begun = true;
        return HTML_BARE;
    case HTML_STATE_VALUE:
        scan->begun = true;
        if (!scan->quote || strncmp(scan->name, "on", 2) == 0)
            return scan->quote ? HTML_CODE : HTML_BARE;
        if (strcmp(scan->name, "style") == 0)
            return HTML_STYLE;
        return is_link_name(scan->name) && !begun ? HTML_LINK : HTML_QUOTED;
    default:
        return HTML_BARE;
    }
}

/* True when it begins with a scheme that is none of ours. Browsers skip control
 * characters and blanks inside a scheme, so these count as nothing here. */
static bool link_refused(struct str text)
{
    char scheme[16];
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c <= ' ' || c == 0x7F)
            continue;
        if (c == '/' || c == '?' || c == '#')
            return false;
        if (c == ':')
            break;
        if (i + 1 == text.n)
            return c == '&'; /* no scheme */
        if (n + 1 == sizeof(scheme) || !(isalnum(c) || c == '+' || c == '-' || c == '.'))
            return memchr(text.p, ':', text.n) || memchr(text.p, '&', text.n);
        scheme[n++] = (char)tolower(c);
    }
    scheme[n] = '\0';
    for (size_t i = 0; i < TM_COUNT(link_schemes); i++) {
        if (strcmp(scheme, link_schemes[i]) == 0)
            return false;
    }
    return text.n > 0;
}

/* Letters, digits and what lies beyond ASCII as they are, everything else by
 * number: no character that could end the value or begin another attribute is
 * left. */
static void add_bare(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (isalnum(c) || c >= 0x80 || c == '-' || c == '_' || c == '.')
            buf_addc(out, (char)c);
        else
            buf_addf(out, "&#%d;", c);
    }
}

/* Only what names, numbers and colours are made of. */
static void add_plain(struct buf *out, struct str text, const char *also)
{
    size_t from = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (isalnum(c) || c >= 0x80 || (c && strchr(also, c)))
            continue;
        buf_add(out, text.p + from, i - from);
        from = i + 1;
    }
    buf_add(out, text.p + from, text.n - from);
}

void html_add(struct buf *out, struct str text, enum html_place place, bool safe)
{
    switch (place) {
    case HTML_LINK:
        if (link_refused(text)) {
            buf_addc(out, '#');
            break;
        }
        /* fall through */
    case HTML_TEXT:
    case HTML_QUOTED:
        if (safe)
            buf_adds(out, text);
        else
            buf_add_html(out, text);
        break;
    case HTML_BARE:
        add_bare(out, text);
        break;
    case HTML_STYLE:
        add_plain(out, text, " #%.,-_");
        break;
    case HTML_CODE:
        add_plain(out, text, " .,_");
        break;
    }
}
