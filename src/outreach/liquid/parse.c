/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/parse.h"

#include <string.h>

static const char blanks[] = " \t\r\n\v\f";

void *parse_alloc(struct parser *p, size_t n)
{
    return arena_alloc(&p->liquid->arena, n);
}

struct spot parse_spot(const struct parser *p, const char *at)
{
    return (struct spot){(uint32_t)(at - p->text.p), p->unit};
}

struct node *parse_node(struct parser *p, enum node_kind kind, struct spot at)
{
    struct node *node = parse_alloc(p, sizeof(*node));

    if (node) {
        node->kind = kind;
        node->at = at;
    }
    return node;
}

void parse_append(struct body *body, struct node *node)
{
    if (!node)
        return;
    if (body->last)
        body->last->next = node;
    else
        body->first = node;
    body->last = node;
}

uint32_t parse_set_slot(struct parser *p, struct str name)
{
    uint32_t slot = liquid_slot(p->liquid, name, str_hash(name));

    if (slot < p->liquid->n_slots)
        p->liquid->slots[slot].set = true;
    return slot;
}

static bool is_blank(char c)
{
    return c && strchr(blanks, c);
}

static struct str trim_end(struct str s)
{
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

static struct str trim_begin(struct str s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

/* The text before the next {{ or {%, or all of it. */
static size_t text_length(struct str s)
{
    for (const char *p = s.p, *end = s.p + s.n;
         (p = memchr(p, '{', (size_t)(end - p))) && end - p > 1; p++) {
        if (p[1] == '{' || p[1] == '%')
            return (size_t)(p - s.p);
    }
    return s.n;
}

static void add_text(struct parser *p, struct body *body, struct str s)
{
    struct node *node;

    if (p->trim)
        s = trim_begin(s);
    p->trim = false;
    if (p->pos + 2 < p->text.n && p->pos < p->end && p->text.p[p->pos + 2] == '-')
        s = trim_end(s); /* what follows begins with {{- or {%- */
    if (s.n == 0)
        return;
    html_scan_text(&p->html, s);
    node = parse_node(p, NODE_TEXT, parse_spot(p, s.p));
    if (!node)
        return;
    node->text = s;
    parse_append(body, node);
    body->blank = body->blank && trim_begin(s).n == 0;
}

/* The inside of {{ }} or {% %} that begins here; the parser stands behind it. */
static enum err_code enclosed(struct parser *p, const char *close, struct str *out)
{
    const char *open = p->text.p + p->pos;
    const char *stop = memmem(open + 2, p->end - p->pos - 2, close, 2);

    p->at = parse_spot(p, open);
    if (!stop) {
        err_set(p->err, ERR_INVALID, "%.2s is not closed", open);
        err_hint(p->err, "Write %s at its end.", close);
        return ERR_INVALID;
    }
    *out = (struct str){open + 2, (size_t)(stop - open - 2)};
    p->pos += (size_t)(stop + 2 - open);
    if (out->n && out->p[0] == '-') {
        out->p++;
        out->n--;
    }
    p->trim = out->n && out->p[out->n - 1] == '-';
    out->n -= p->trim;
    return ERR_OK;
}

static enum err_code add_output(struct parser *p, struct body *body)
{
    struct spot at = parse_spot(p, p->text.p + p->pos);
    struct str markup;
    struct node *node;

    TRY(enclosed(p, "}}", &markup));
    node = parse_node(p, NODE_OUTPUT, at);
    TRY(arena_check(&p->liquid->arena, p->err));
    lex_begin(&p->lex, markup);
    TRY(parse_pipe(p, &node->pipe));
    node->place = html_scan_output(&p->html);
    parse_append(body, node);
    body->blank = false;
    return ERR_OK;
}

static struct tag tag_of(const struct parser *p, struct str inside)
{
    struct tag tag = {.markup = trim_begin(inside)};
    size_t n = 0;

    tag.at = parse_spot(p, tag.markup.p);
    if (tag.markup.n && tag.markup.p[0] == '#')
        n = 1;
    while (n < tag.markup.n && (isalnum((unsigned char)tag.markup.p[n]) || tag.markup.p[n] == '_'))
        n++;
    if (n > 1 && tag.markup.p[0] == '#')
        n = 1;
    tag.name = (struct str){tag.markup.p, n};
    tag.markup.p += n;
    tag.markup.n -= n;
    return tag;
}

/* The tags of {% liquid %}, one a line, read into the same body. */
static enum err_code liquid_lines(struct parser *p, const struct tag *tag, struct body *body,
                                  struct tag *out_stop)
{
    struct parser lines = *p;
    enum err_code code;

    lines.pos = (size_t)(tag->markup.p - p->text.p);
    lines.end = lines.pos + tag->markup.n;
    lines.lines = true;
    if (++lines.depth > LIQUID_DEPTH_MAX) {
        p->at = tag->at;
        return err_set(p->err, ERR_TOO_LARGE, "more than %d levels stand in one another",
                       LIQUID_DEPTH_MAX);
    }
    code = parse_body(&lines, body, out_stop);
    p->at = lines.at;
    p->html = lines.html;
    if (code == ERR_OK && out_stop->name.n) {
        p->at = out_stop->at;
        return err_set(p->err, ERR_INVALID, "\"%.*s\" closes nothing inside this liquid tag",
                       (int)(out_stop->name.n < 40 ? out_stop->name.n : 40), out_stop->name.p);
    }
    return code;
}

/* The next line of a {% liquid %} block that is not empty; false at its end. */
static bool next_line(struct parser *p, struct tag *out_tag)
{
    while (p->pos < p->end) {
        const char *at = p->text.p + p->pos;
        const char *newline = memchr(at, '\n', p->end - p->pos);
        struct str line = {at, newline ? (size_t)(newline - at) : p->end - p->pos};

        p->pos += line.n + (newline != NULL);
        *out_tag = tag_of(p, trim_end(line));
        if (out_tag->name.n + out_tag->markup.n)
            return true;
    }
    return false;
}

/* The next tag of a {% liquid %} block or the next piece of a text, which is read into the body.
 * *out_tag has no name when it was no tag. */
static enum err_code next_piece(struct parser *p, struct body *body, struct tag *out_tag)
{
    struct str rest = {p->text.p + p->pos, p->end - p->pos}, inside;
    size_t n;

    *out_tag = (struct tag){.name = STR_NONE};
    if (p->lines) {
        if (next_line(p, out_tag))
            p->at = out_tag->at;
        return ERR_OK;
    }
    n = text_length(rest);
    p->pos += n;
    if (n) {
        add_text(p, body, (struct str){rest.p, n});
        return ERR_OK;
    }
    if (rest.p[1] == '{')
        return add_output(p, body);
    TRY(enclosed(p, "%}", &inside));
    *out_tag = tag_of(p, inside);
    p->at = out_tag->at;
    if (out_tag->name.n == 0)
        return err_set(p->err, ERR_INVALID, "the tag has no name");
    return ERR_OK;
}

enum err_code parse_body(struct parser *p, struct body *body, struct tag *out_stop)
{
    *out_stop = (struct tag){.name = STR_NONE};
    while (p->pos < p->end) {
        struct tag tag;
        bool known;

        TRY(next_piece(p, body, &tag));
        TRY(arena_check(&p->liquid->arena, p->err));
        if (p->liquid->too_many)
            return err_set(p->err, ERR_TOO_LARGE, "the template has more than %d names", SLOTS_MAX);
        if (tag.name.n == 0)
            continue;
        if (str_eqz(tag.name, "liquid")) {
            TRY(liquid_lines(p, &tag, body, out_stop));
            continue;
        }
        TRY(parse_tag(p, &tag, body, &known));
        if (!known) {
            *out_stop = tag;
            break;
        }
    }
    return arena_check(&p->liquid->arena, p->err);
}

enum err_code parse_unclosed(struct parser *p, const struct tag *tag, const struct tag *stop)
{
    int n = (int)(tag->name.n < 40 ? tag->name.n : 40);

    if (stop->name.n == 0) {
        p->at = tag->at;
        err_set(p->err, ERR_INVALID, "\"%.*s\" is not closed", n, tag->name.p);
        err_hint(p->err, "Write {%% end%.*s %%} where it ends.", n, tag->name.p);
        return ERR_INVALID;
    }
    p->at = stop->at;
    err_set(p->err, ERR_INVALID, "\"%.*s\" does not belong inside \"%.*s\"",
            (int)(stop->name.n < 40 ? stop->name.n : 40), stop->name.p, n, tag->name.p);
    err_hint(p->err, "Close \"%.*s\" first, or look whether the word is spelt right.", n,
             tag->name.p);
    return ERR_INVALID;
}

enum err_code parse_block(struct parser *p, struct body *body, const struct tag *tag,
                          const char *end)
{
    struct tag stop;

    TRY(parse_body(p, body, &stop));
    return str_eqz(stop.name, end) ? ERR_OK : parse_unclosed(p, tag, &stop);
}

/* Of a {% liquid %} block: up to the line that is `end`. */
static bool skip_lines(struct parser *p, const struct tag *tag, const char *end)
{
    struct tag line;
    int open = 1;

    while (open && next_line(p, &line)) {
        if (str_eqz(line.name, end))
            open--;
        else if (str_eq(line.name, tag->name))
            open++;
    }
    return open == 0;
}

/* Up to {% end %}; comments may hold comments, and what is raw in them counts as text. */
static bool skip_text(struct parser *p, const struct tag *tag, const char *end, bool nested,
                      struct str *out_between)
{
    const char *from = p->text.p + p->pos;
    int open = 1;

    while (open && p->pos < p->end) {
        struct str rest = {p->text.p + p->pos, p->end - p->pos}, inside;
        const char *brace = memmem(rest.p, rest.n, "{%", 2);
        struct tag found;

        if (!brace)
            return false;
        p->pos += (size_t)(brace - rest.p);
        *out_between = (struct str){from, (size_t)(brace - from)};
        if (!memmem(brace, p->end - p->pos, "%}", 2) || enclosed(p, "%}", &inside) != ERR_OK)
            return false;
        found = tag_of(p, inside);
        if (str_eqz(found.name, end))
            open--;
        else if (nested && str_eq(found.name, tag->name))
            open++;
        else /* a text may hold {% that begins no tag, and the end tag right behind it */
            p->pos = (size_t)(brace + 2 - p->text.p);
    }
    return open == 0;
}

enum err_code parse_skip(struct parser *p, const struct tag *tag, const char *end,
                         struct str *out_between)
{
    struct tag none = {.name = STR_NONE};
    bool nested = str_eqz(tag->name, "comment");

    if (p->lines ? skip_lines(p, tag, end) : skip_text(p, tag, end, nested, out_between))
        return ERR_OK;
    return parse_unclosed(p, tag, &none);
}

void parse_drop_blanks(struct body *body)
{
    struct node **at = &body->first;

    body->last = NULL;
    while (*at) {
        if ((*at)->kind == NODE_TEXT) {
            *at = (*at)->next;
        } else {
            body->last = *at;
            at = &(*at)->next;
        }
    }
}

enum err_code liquid_parse(struct liquid *liquid, uint32_t unit, struct liquid_place *out_place,
                           struct err *err)
{
    struct parser p = {.liquid = liquid,
                       .unit = unit,
                       .text = liquid->units[unit].text,
                       .end = liquid->units[unit].text.n,
                       .html = HTML_SCAN,
                       .err = err};
    struct body *body = &liquid->units[unit].body;
    struct tag stop;
    enum err_code code;

    body->blank = true;
    code = parse_body(&p, body, &stop);
    if (code == ERR_OK && stop.name.n) {
        int n = (int)(stop.name.n < 40 ? stop.name.n : 40);

        p.at = stop.at;
        code = err_set(err, ERR_INVALID, "\"%.*s\" is no tag, or closes nothing", n, stop.name.p);
        err_hint(err, "Look whether the word is spelt right and its block was opened.");
    }
    return code ? liquid_fail(liquid, p.at, out_place, code, err) : ERR_OK;
}
