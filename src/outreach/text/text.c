/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/text/text.h"

#include "base/i18n.h"

enum { LINKS_MAX = 500, LIST_DEPTH_MAX = 16, ATTRIBUTE_MAX = 2048, NAME_MAX_BYTES = 16 };

/* What an element does to the lines of a text. */
enum role {
    INLINE,
    BREAK,     /* a new line behind it: br */
    BLOCK,     /* lines of its own */
    PARAGRAPH, /* and an empty line around */
    CELL,      /* a blank between it and the one before */
    ITEM,
    LIST,
    RULE,
    PICTURE,
    LINK,
    HIDDEN, /* with all that is in it */
    RAW     /* hidden, and its content is no HTML: up to its own end tag */
};

static const struct {
    const char *name;
    enum role role;
} elements[] = {
    {"a", LINK},
    {"address", BLOCK},
    {"article", BLOCK},
    {"aside", BLOCK},
    {"blockquote", PARAGRAPH},
    {"br", BREAK},
    {"center", BLOCK},
    {"dd", BLOCK},
    {"div", BLOCK},
    {"dl", PARAGRAPH},
    {"dt", BLOCK},
    {"footer", BLOCK},
    {"h1", PARAGRAPH},
    {"h2", PARAGRAPH},
    {"h3", PARAGRAPH},
    {"h4", PARAGRAPH},
    {"h5", PARAGRAPH},
    {"h6", PARAGRAPH},
    {"head", HIDDEN},
    {"header", BLOCK},
    {"hr", RULE},
    {"img", PICTURE},
    {"li", ITEM},
    {"main", BLOCK},
    {"nav", BLOCK},
    {"ol", LIST},
    {"p", PARAGRAPH},
    {"pre", PARAGRAPH},
    {"script", RAW},
    {"section", BLOCK},
    {"style", RAW},
    {"table", BLOCK},
    {"tbody", BLOCK},
    {"td", CELL},
    {"template", HIDDEN},
    {"tfoot", BLOCK},
    {"th", CELL},
    {"thead", BLOCK},
    {"title", HIDDEN},
    {"tr", BLOCK},
    {"ul", LIST},
};

struct list {
    bool ordered, begun;
    int64_t next;
};

struct state {
    struct str html;
    size_t pos;
    struct buf *out;
    size_t start;                /* of this text in `out` */
    int newlines;                /* that are wanted before the next word */
    bool blank;                  /* a blank is */
    bool bullet;                 /* an item's mark was just written */
    char hidden[NAME_MAX_BYTES]; /* the element whose content is left out; "" for none */
    int hidden_depth;
    struct list lists[LIST_DEPTH_MAX];
    size_t n_lists;
    struct str links[LINKS_MAX]; /* addresses as they are written; numbered from 1 */
    size_t n_links;
    struct str href;   /* of the link that is open */
    size_t link_start; /* of its words in `out` */
};

/* ---- lines -------------------------------------------------------------------------------- */

static void want_lines(struct state *s, int n)
{
    if (s->out->n > s->start && s->newlines < n)
        s->newlines = n;
    s->blank = false;
}

/* What was wanted before the word that comes. */
static void begin_word(struct state *s)
{
    if (s->newlines && !s->bullet) {
        for (int i = 0; i < s->newlines; i++)
            buf_addc(s->out, '\n');
    } else if (s->blank && !s->bullet && s->out->n > s->start) {
        buf_addc(s->out, ' ');
    }
    s->newlines = 0;
    s->blank = s->bullet = false;
}

static void add_char(struct state *s, struct str c)
{
    begin_word(s);
    buf_adds(s->out, c);
}

/* ---- characters --------------------------------------------------------------------------- */

static const struct {
    const char *name, *text;
} entities[] = {
    {"amp", "&"},        {"lt", "<"},          {"gt", ">"},         {"quot", "\""},
    {"apos", "'"},       {"nbsp", "\u00a0"},   {"copy", "\u00a9"},  {"reg", "\u00ae"},
    {"trade", "\u2122"}, {"hellip", "\u2026"}, {"mdash", "\u2014"}, {"ndash", "\u2013"},
    {"lsquo", "\u2018"}, {"rsquo", "\u2019"},  {"ldquo", "\u201c"}, {"rdquo", "\u201d"},
    {"bull", "\u2022"},  {"middot", "\u00b7"}, {"euro", "\u20ac"},  {"pound", "\u00a3"},
    {"yen", "\u00a5"},   {"times", "\u00d7"},  {"rarr", "\u2192"},  {"larr", "\u2190"},
    {"zwnj", ""},        {"zwj", "\u200d"},    {"shy", ""},         {"rlm", "\u200f"},
    {"lrm", "\u200e"},
};

static size_t add_utf8(uint32_t c, char to[5])
{
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        c = 0xFFFD;
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* The entity at the beginning: its length, what it stands for in `to`; 0 when it is none. */
static size_t read_entity(struct str s, char to[8], size_t *out_n)
{
    const char *end = memchr(s.p, ';', s.n < 12 ? s.n : 12);
    size_t n = end ? (size_t)(end - s.p) : 0;
    char digits[12];

    if (n < 2)
        return 0;
    if (s.p[1] == '#') {
        bool hex = s.p[2] == 'x' || s.p[2] == 'X';
        size_t from = hex ? 3 : 2;
        char *stop;

        if (n <= from)
            return 0;
        snprintf(digits, sizeof(digits), "%.*s", (int)(n - from), s.p + from);
        unsigned long c = strtoul(digits, &stop, hex ? 16 : 10);

        if (*stop)
            return 0;
        *out_n = add_utf8((uint32_t)c, to);
        return n + 1;
    }
    for (size_t i = 0; i < TM_COUNT(entities); i++) {
        if (str_eqz((struct str){s.p + 1, n - 1}, entities[i].name)) {
            *out_n = strlen(entities[i].text);
            memcpy(to, entities[i].text, *out_n);
            return n + 1;
        }
    }
    return 0;
}

/* Letters that take no room, with which messages fill their previews: a zero width space, joiner
 * between blanks, soft hyphen, byte order mark. */
static bool is_filler(struct str c)
{
    return str_eqz(c, "\u200b") || str_eqz(c, "\u200c") || str_eqz(c, "\ufeff") ||
           str_eqz(c, "\u034f") || str_eqz(c, "\u00ad");
}

/* The text's next character, entities resolved; returns the bytes it took. */
static size_t next_char(struct str s, char to[8], struct str *out)
{
    size_t n = 0, took = s.p[0] == '&' ? read_entity(s, to, &n) : 0;

    if (took) {
        *out = (struct str){to, n};
        return took;
    }
    took = 1;
    while (took < s.n && took < 4 && ((unsigned char)s.p[0] >= 0xC0) &&
           ((unsigned char)s.p[took] & 0xC0) == 0x80)
        took++;
    *out = (struct str){s.p, took};
    return took;
}

/* Letters, digits and signs of ASCII that stand for themselves, which most of a text is. */
static size_t plain_run(struct str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] > ' ' && s.p[n] < 0x7F && s.p[n] != '&')
        n++;
    return n;
}

static void add_words(struct state *s, struct str text)
{
    char to[8];

    for (size_t i = 0; i < text.n;) {
        struct str c = {text.p + i, plain_run((struct str){text.p + i, text.n - i})};

        if (c.n) {
            add_char(s, c);
            i += c.n;
            continue;
        }
        i += next_char((struct str){text.p + i, text.n - i}, to, &c);
        if (c.n == 1 && (isspace((unsigned char)c.p[0]) || (unsigned char)c.p[0] < ' '))
            s->blank = true;
        else if (str_eqz(c, "\u00a0"))
            s->blank = true;
        else if (c.n && !is_filler(c))
            add_char(s, c);
    }
}

/* ---- tags --------------------------------------------------------------------------------- */

struct html_tag {
    char name[NAME_MAX_BYTES];
    bool closing;
    struct str attributes;
};

/* The tag that begins at pos, which moves behind it; false when it is none. */
static bool read_tag(struct state *s, struct html_tag *out)
{
    struct str rest = {s->html.p + s->pos, s->html.n - s->pos};
    size_t i = 1, n = 0;

    *out = (struct html_tag){.closing = rest.n > 1 && rest.p[1] == '/'};
    i += out->closing;
    if (i >= rest.n || !isalpha((unsigned char)rest.p[i]))
        return false;
    for (; i < rest.n && isalnum((unsigned char)rest.p[i]); i++) {
        if (n + 1 < sizeof(out->name))
            out->name[n++] = (char)tolower((unsigned char)rest.p[i]);
    }
    out->attributes.p = rest.p + i;
    for (; i < rest.n && rest.p[i] != '>'; i++) {
        const char *close = NULL;

        if (rest.p[i] != '"' && rest.p[i] != '\'')
            continue;
        close = memchr(rest.p + i + 1, rest.p[i], rest.n - i - 1);
        i = close ? (size_t)(close - rest.p) : rest.n - 1;
    }
    out->attributes.n = (size_t)(rest.p + i - out->attributes.p);
    s->pos += i < rest.n ? i + 1 : i;
    return true;
}

/* The attribute's value as it is written; false when there is none. */
static bool attribute(struct str in, const char *name, struct str *out)
{
    size_t i = 0;

    while (i < in.n) {
        size_t from, n;
        bool is;

        while (i < in.n && (isspace((unsigned char)in.p[i]) || in.p[i] == '/'))
            i++;
        from = i;
        while (i < in.n && !isspace((unsigned char)in.p[i]) && in.p[i] != '=' && in.p[i] != '/')
            i++;
        is = str_ieqz((struct str){in.p + from, i - from}, name);
        while (i < in.n && isspace((unsigned char)in.p[i]))
            i++;
        *out = STR_NONE;
        if (i < in.n && in.p[i] == '=') {
            i++;
            while (i < in.n && isspace((unsigned char)in.p[i]))
                i++;
            char quote = i < in.n && (in.p[i] == '"' || in.p[i] == '\'') ? in.p[i] : '\0';

            i += quote != '\0';
            for (n = 0; i + n < in.n &&
                        (quote ? in.p[i + n] != quote : !isspace((unsigned char)in.p[i + n]));)
                n++;
            *out = (struct str){in.p + i, n};
            i += n + (quote != '\0');
        } else if (i == from) {
            i++;
        }
        if (is)
            return true;
    }
    return false;
}

static enum role role_of(const char *name)
{
    for (size_t i = 0; i < TM_COUNT(elements); i++) {
        if (name[0] == elements[i].name[0] && strcmp(name, elements[i].name) == 0)
            return elements[i].role;
    }
    return INLINE;
}

static bool begins_word(const char *p, const char *word)
{
    return (p[0] | 0x20) == word[0] && (p[1] | 0x20) == word[1] && (p[2] | 0x20) == word[2];
}

/* Whether any word among them may say so, "hid" or "dis(play)", which few elements have. Whatever
 * stands there, every third letter is looked at. */
static bool may_hide(struct str attributes)
{
    static const bool letters[256] = {['h'] = true, ['i'] = true, ['d'] = true, ['s'] = true,
                                      ['H'] = true, ['I'] = true, ['D'] = true, ['S'] = true};

    for (size_t i = 2; i < attributes.n; i += 3) {
        if (!letters[(unsigned char)attributes.p[i]])
            continue;
        for (size_t k = i - 2; k <= i && k + 2 < attributes.n; k++)
            if (begins_word(attributes.p + k, "hid") || begins_word(attributes.p + k, "dis"))
                return true;
    }
    return false;
}

/* display:none, however it is spaced; or the attribute that says so. */
static bool is_hidden(struct str attributes)
{
    struct str style;
    char flat[256];
    size_t n = 0;

    if (!may_hide(attributes))
        return false;
    if (attribute(attributes, "hidden", &style))
        return true;
    if (!attribute(attributes, "style", &style))
        return false;
    for (size_t i = 0; i < style.n && n + 1 < sizeof(flat); i++) {
        if (!isspace((unsigned char)style.p[i]))
            flat[n++] = (char)tolower((unsigned char)style.p[i]);
    }
    flat[n] = '\0';
    return strstr(flat, "display:none") || strstr(flat, "mso-hide:all");
}

static bool is_void(const char *name)
{
    static const char *const names[] = {"area",  "base", "br",   "col",    "embed", "hr", "img",
                                        "input", "link", "meta", "source", "track", "wbr"};

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* The address with its entities resolved; into `to` where it is not so already. */
static struct str plain_address(struct str href, char to[ATTRIBUTE_MAX])
{
    char one[8];
    size_t n = 0;

    href = str_trim(href);
    if (href.n < ATTRIBUTE_MAX && plain_run(href) == href.n)
        return href;
    for (size_t i = 0; i < href.n;) {
        struct str c;

        i += next_char((struct str){href.p + i, href.n - i}, one, &c);
        if (n + c.n >= ATTRIBUTE_MAX)
            break;
        for (size_t j = 0; j < c.n; j++) {
            if ((unsigned char)c.p[j] > ' ') /* no line break in an address */
                to[n++] = c.p[j];
        }
    }
    return (struct str){to, n};
}

/* The number of the link to that address; 0 when there are too many. */
static size_t link_number(struct state *s, struct str href, struct str address)
{
    char other[ATTRIBUTE_MAX];

    for (size_t i = 0; i < s->n_links; i++) {
        if (str_eq(plain_address(s->links[i], other), address))
            return i + 1;
    }
    if (s->n_links == LINKS_MAX)
        return 0;
    s->links[s->n_links++] = href;
    return s->n_links;
}

/* Behind a link's words its number, unless they are the address or there is none to go to. */
static void end_link(struct state *s)
{
    char text[ATTRIBUTE_MAX];
    struct str href = s->href, address = plain_address(href, text), bare = address, words;
    size_t number;

    s->href = STR_NONE;
    if (!address.n || address.p[0] == '#' || s->out->failed || s->out->n <= s->link_start)
        return;
    if (str_starts(address, "mailto:") || str_starts(address, "tel:")) {
        const char *colon = memchr(address.p, ':', address.n);

        bare = (struct str){colon + 1, address.n - (size_t)(colon + 1 - address.p)};
    }
    words = str_trim((struct str){s->out->p + s->link_start, s->out->n - s->link_start});
    if (str_eq(words, bare) || str_eq(words, address))
        return;
    number = link_number(s, href, address);
    if (number)
        buf_addf(s->out, " [%zu]", number);
}

static void begin_item(struct state *s)
{
    struct list *list = s->n_lists ? &s->lists[s->n_lists - 1] : NULL;

    want_lines(s, 1);
    if (s->newlines > 1 && list && (list->begun || s->n_lists > 1))
        s->newlines = 1; /* items stand close, whatever they hold */
    begin_word(s);
    for (size_t i = 1; i < s->n_lists; i++)
        buf_addz(s->out, "  ");
    if (list && list->ordered)
        buf_addf(s->out, "%" PRId64 ". ", list->next++);
    else
        buf_addz(s->out, "- ");
    s->bullet = true;
    if (list)
        list->begun = true;
}

static void change_list(struct state *s, const struct html_tag *tag)
{
    want_lines(s, s->n_lists > (tag->closing ? 1U : 0U) ? 1 : 2);
    if (!tag->closing && s->n_lists < LIST_DEPTH_MAX)
        s->lists[s->n_lists++] = (struct list){tag->name[0] == 'o', false, 1};
    else if (tag->closing && s->n_lists)
        s->n_lists--;
}

static void open_link(struct state *s, struct str attributes)
{
    if (!attribute(attributes, "href", &s->href))
        s->href = STR_NONE;
    s->link_start = s->out->n;
}

static void begin_hidden(struct state *s, const struct html_tag *tag)
{
    if (is_void(tag->name))
        return;
    snprintf(s->hidden, sizeof(s->hidden), "%s", tag->name);
    s->hidden_depth = 1;
}

/* Scripts and styles hold no tags but their own end. */
static void skip_raw(struct state *s, const char *name)
{
    char end[NAME_MAX_BYTES + 3];
    int n = snprintf(end, sizeof(end), "</%s", name);

    while (s->pos < s->html.n) {
        const char *open = memchr(s->html.p + s->pos, '<', s->html.n - s->pos);
        struct str at = {open, (size_t)n};

        s->pos = open ? (size_t)(open - s->html.p) : s->html.n;
        if (s->html.n - s->pos >= (size_t)n && str_ieqz(at, end))
            return;
        s->pos += open != NULL;
    }
}

static void do_tag(struct state *s, const struct html_tag *tag)
{
    enum role role = role_of(tag->name);
    struct str alt;

    if (!tag->closing && (role == HIDDEN || is_hidden(tag->attributes))) {
        begin_hidden(s, tag);
        return;
    }
    switch (role) {
    case BREAK:
        if (s->newlines < 2)
            s->newlines += s->out->n > s->start;
        s->blank = false;
        break;
    case BLOCK:
        want_lines(s, 1);
        break;
    case PARAGRAPH:
        want_lines(s, 2);
        break;
    case CELL:
        s->blank = true;
        break;
    case ITEM:
        if (!tag->closing)
            begin_item(s);
        break;
    case LIST:
        change_list(s, tag);
        break;
    case RULE:
        want_lines(s, 1);
        begin_word(s);
        buf_addz(s->out, "---");
        want_lines(s, 1);
        break;
    case PICTURE:
        if (attribute(tag->attributes, "alt", &alt))
            add_words(s, alt);
        break;
    case LINK:
        if (s->href.n)
            end_link(s);
        if (!tag->closing)
            open_link(s, tag->attributes);
        break;
    case RAW:
        if (!tag->closing)
            skip_raw(s, tag->name);
        break;
    default:
        break;
    }
}

static void in_hidden(struct state *s, const struct html_tag *tag)
{
    if (strcmp(tag->name, s->hidden) != 0)
        return;
    s->hidden_depth += tag->closing ? -1 : 1;
    if (s->hidden_depth == 0)
        s->hidden[0] = '\0';
}

/* ---- the whole ---------------------------------------------------------------------------- */

/* A comment, or Outlook's conditional one with all that is in it. */
static void skip_comment(struct state *s)
{
    const char *at = s->html.p + s->pos;
    const char *end = memmem(at, s->html.n - s->pos, "-->", 3);

    s->pos = end ? (size_t)(end + 3 - s->html.p) : s->html.n;
}

static void next_piece(struct state *s)
{
    struct str rest = {s->html.p + s->pos, s->html.n - s->pos};
    const char *open = memchr(rest.p, '<', rest.n);
    size_t n = open ? (size_t)(open - rest.p) : rest.n;
    struct html_tag tag;

    if (n) {
        if (!s->hidden[0])
            add_words(s, (struct str){rest.p, n});
        s->pos += n;
    } else if (str_starts(rest, "<!--")) {
        skip_comment(s);
    } else if (rest.n > 1 && (rest.p[1] == '!' || rest.p[1] == '?')) {
        const char *end = memchr(rest.p, '>', rest.n);

        s->pos += end ? (size_t)(end + 1 - rest.p) : rest.n;
    } else if (!read_tag(s, &tag)) {
        if (!s->hidden[0])
            add_words(s, (struct str){rest.p, 1});
        s->pos++;
    } else if (s->hidden[0]) {
        in_hidden(s, &tag);
    } else {
        do_tag(s, &tag);
    }
}

static void add_links(struct state *s)
{
    char address[ATTRIBUTE_MAX];

    for (size_t i = 0; i < s->n_links; i++) {
        buf_addz(s->out, i ? "\n" : "\n\n");
        buf_addf(s->out, "[%zu] ", i + 1);
        buf_adds(s->out, plain_address(s->links[i], address));
    }
    if (s->out->n > s->start)
        buf_addc(s->out, '\n');
}

enum err_code text_from_html(struct str html, struct buf *out, struct err *err)
{
    struct state *s = xcalloc(1, sizeof(*s));

    s->html = html;
    s->out = out;
    s->start = out->n;
    while (s->pos < html.n && !out->failed)
        next_piece(s);
    if (s->href.n)
        end_link(s);
    add_links(s);
    free(s);
    return buf_check(out, err);
}
