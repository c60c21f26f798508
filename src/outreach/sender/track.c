/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/track.h"

#include "base/timestamp.h"
#include "store/responses.h"

enum { HTML_MAX = 4 << 20, SCAN_SECONDS = 5, TOGETHER_SECONDS = 600 };

/* ---- a message's links -------------------------------------------------------------------- */

static const struct {
    const char *entity, *text;
} entities[] = {{"&amp;", "&"},  {"&quot;", "\""}, {"&#39;", "'"},
                {"&#34;", "\""}, {"&lt;", "<"},    {"&gt;", ">"}};

static void add_decoded(struct str value, struct buf *out)
{
    for (size_t i = 0; i < value.n;) {
        struct str rest = {value.p + i, value.n - i};
        size_t k = 0;

        while (k < TM_COUNT(entities) && !str_starts(rest, entities[k].entity))
            k++;
        if (k < TM_COUNT(entities)) {
            buf_addz(out, entities[k].text);
            i += strlen(entities[k].entity);
        } else {
            buf_addc(out, value.p[i++]);
        }
    }
}

/* Whether ` href=` begins here, within a tag; *out_value is what stands between its quotes. */
static bool is_link(struct str html, size_t at, struct str *out_value)
{
    static const char name[] = "href=";
    const size_t n = sizeof(name) - 1;
    const char *end;
    char quote;

    if (at == 0 || !isspace((unsigned char)html.p[at - 1]) || at + n + 2 > html.n ||
        strncasecmp(html.p + at, name, n) != 0)
        return false;
    quote = html.p[at + n];
    if (quote != '"' && quote != '\'')
        return false;
    end = memchr(html.p + at + n + 1, quote, html.n - at - n - 1);
    if (!end)
        return false;
    *out_value = (struct str){html.p + at + n + 1, (size_t)(end - html.p) - at - n - 1};
    return true;
}

static bool add_counted(const struct track *t, enum link_kind kind, struct str target,
                        struct buf *out)
{
    TM_CLEANUP(buf_release) struct buf token = BUF_INIT(LINK_MAX);

    if (!link_track_write(t->keys, kind, t->message, target, &token) || token.failed)
        return false;
    buf_addf(out, "%s/%s?t=%s", t->base, kind == LINK_OPEN ? "o" : "c", buf_cstr(&token));
    return true;
}

static void add_links(const struct track *t, struct str html, struct buf *out)
{
    TM_CLEANUP(buf_release) struct buf target = BUF_INIT(HTML_MAX);
    size_t from = 0;
    struct str value;

    for (size_t at = 0; at < html.n; at++) {
        if ((html.p[at] != 'h' && html.p[at] != 'H') || !is_link(html, at, &value))
            continue;
        buf_reset(&target);
        add_decoded(value, &target);
        buf_add(out, html.p + from, (size_t)(value.p - html.p) - from);
        if (str_eqz(buf_str(&target), t->untouched) ||
            !add_counted(t, LINK_CLICK, buf_str(&target), out))
            buf_adds(out, value);
        from = (size_t)(value.p - html.p) + value.n;
        at = from;
    }
    buf_add(out, html.p + from, html.n - from);
}

/* A link that nobody sees is followed by machines alone. */
static void add_marks(const struct track *t, struct buf *out)
{
    if (t->clicks) {
        buf_addz(out, "<a href=\"");
        add_counted(t, LINK_TRAP, STR_NONE, out);
        buf_addz(out, "\" style=\"display:none\" tabindex=\"-1\" aria-hidden=\"true\"></a>");
    }
    if (t->opens) {
        buf_addz(out, "<img src=\"");
        add_counted(t, LINK_OPEN, STR_NONE, out);
        buf_addz(out, "\" width=\"1\" height=\"1\" alt=\"\">");
    }
}

void track_html(const struct track *t, struct buf *io_html)
{
    struct buf out = BUF_INIT(HTML_MAX);
    struct str html = buf_str(io_html);
    const char *end = NULL;

    if (!html.n || (!t->clicks && !t->opens))
        return;
    for (size_t i = html.n; !end && i-- > 0;)
        if (html.n - i >= 7 && strncasecmp(html.p + i, "</body>", 7) == 0)
            end = html.p + i;
    if (!end)
        end = html.p + html.n;
    if (t->clicks)
        add_links(t, (struct str){html.p, (size_t)(end - html.p)}, &out);
    else
        buf_add(&out, html.p, (size_t)(end - html.p));
    add_marks(t, &out);
    buf_add(&out, end, html.n - (size_t)(end - html.p));
    if (out.failed) { /* uncounted is better than unsent */
        buf_release(&out);
        return;
    }
    buf_release(io_html);
    *io_html = out;
}

/* ---- who asks ----------------------------------------------------------------------------- */

static bool says_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasestr(text, words[i]))
            return true;
    return false;
}

/* Programs that say what they are. */
static bool is_program(const char *agent)
{
    static const char *const words[] = {
        "bot",        "crawl",      "spider",
        "scan",       "curl/",      "wget/",
        "python",     "java/",      "go-http",
        "libwww",     "okhttp",     "headless",
        "barracuda",  "mimecast",   "proofpoint",
        "symantec",   "trendmicro", "safelinks",
        "urldefense", "preview",    "facebookexternalhit",
        "slack",      "whatsapp/",
    };

    return says_one_of(agent, words, TM_COUNT(words));
}

bool track_is_machine(const struct track_asker *a)
{
    if (a->kind == LINK_TRAP || a->looks_only || a->purpose)
        return true;
    if (!a->agent || !a->agent[0] || is_program(a->agent))
        return true;
    /* Apple's mail privacy loads every picture, and says this much of itself. */
    if (a->kind == LINK_OPEN && strcmp(a->agent, "Mozilla/5.0") == 0)
        return true;
    return a->after_us >= 0 && a->after_us < SCAN_SECONDS * US_PER_SECOND;
}

/* ---- what is counted ---------------------------------------------------------------------- */

/* Who did this did what came shortly before it, too: the hidden link, or a link within a second of
 * another. */
static enum err_code gives_away(struct outbox *o, const struct link_track *link, int64_t now_us,
                                bool *out, struct err *err)
{
    *out = link->kind == LINK_TRAP;
    if (link->kind != LINK_CLICK)
        return ERR_OK;
    return outbox_clicked_another(o, link->message, str_of(link->target), now_us - US_PER_SECOND,
                                  out, err);
}

enum err_code track_note(struct outbox *o, const struct link_track *link, struct track_asker *asker,
                         int64_t now_us, struct err *err)
{
    const int64_t since_us = now_us - TOGETHER_SECONDS * US_PER_SECOND;
    struct response r = {.message = link->message,
                         .kind = link->kind == LINK_OPEN ? RESPONSE_OPEN : RESPONSE_CLICK,
                         .at_us = now_us,
                         .target = str_of(link->target)};
    bool found, machine, given_away;
    struct outbox_message m;

    TRY(outbox_find(o, link->message, &m, NULL, &found, err));
    if (!found)
        return ERR_OK;
    asker->after_us = m.settled_us != TIME_NONE && m.settled_us ? now_us - m.settled_us : -1;
    TRY(outbox_machine_clicked(o, link->message, since_us, &machine, err));
    TRY(gives_away(o, link, now_us, &given_away, err));
    r.campaign = m.campaign;
    r.machine = machine || given_away || track_is_machine(asker);
    if (given_away)
        TRY(outbox_respond_machine(o, link->message, since_us, err));
    return outbox_respond(o, &r, err);
}
