/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Messages: those to begin with in every language, what is refused, and that nobody ever gets a
 * word that is another's. With TIDEMARK_TEST_LONG 100,000 renderings on 16 threads, else 4,000. */
#include "outreach/message/message.h"

#include "base/i18n.h"
#include "tap.h"

#include <pthread.h>

#define UNSUBSCRIBE "https://mark.example.com/u/abc123"
#define ADDRESS "1 Harbour Road, 10115 Berlin"

static struct err err = ERR_INIT;

/* ---- data --------------------------------------------------------------------------------- */

static const char sample[] =
    "{\"shop\": {\"name\": \"Blue Door\", \"url\": \"https://shop.example.com/\","
    " \"address\": \"" ADDRESS "\", \"color\": \"#0b57d0\", \"logo\": null},"
    " \"person\": {\"first_name\": %s},"
    " \"products\": [{\"title\": \"Lamp <b>\", \"url\": \"https://shop.example.com/lamp\","
    " \"image\": \"https://shop.example.com/lamp.png\", \"price\": 4900, \"quantity\": 2}],"
    " \"cart\": {\"url\": \"https://shop.example.com/cart\", \"products\": [{\"title\": \"Chair\","
    " \"url\": \"https://shop.example.com/chair\", \"image\": null, \"price\": 12900,"
    " \"quantity\": 1}]},"
    " \"order\": {\"review_url\": \"https://shop.example.com/review\", \"products\": []}}";

struct given {
    struct arena arena, scratch;
    struct json_parser *parser;
    struct buf text;
    struct message_for to;
};

static void open_given(struct given *g)
{
    *g = (struct given){.arena = ARENA_INIT(1 << 20),
                        .scratch = ARENA_INIT(8 << 20),
                        .parser = json_parser_new(1 << 20),
                        .text = BUF_INIT(1 << 20),
                        .to = {.language = "en",
                               .shops_language = "en",
                               .marketing = true,
                               .unsubscribe_url = UNSUBSCRIBE,
                               .now_us = INT64_C(1795162500000000),
                               .currency = "EUR"}};
}

static bool give(struct given *g, const char *name)
{
    struct err wrong = ERR_INIT;
    struct json_value json;

    arena_reset(&g->arena);
    arena_reset(&g->scratch);
    buf_reset(&g->text);
    for (const char *p = sample; *p; p++)
        if (p[0] == '%' && p[1] == 's')
            buf_add_json(&g->text, str_of(name)), p++;
        else
            buf_addc(&g->text, *p);
    return json_parse(g->parser, buf_str(&g->text), &json, &wrong) == ERR_OK &&
           value_from_json(json, 0, &g->arena, &g->to.data, &wrong) == ERR_OK;
}

static void close_given(struct given *g)
{
    json_parser_free(g->parser);
    buf_release(&g->text);
    arena_release(&g->arena);
    arena_release(&g->scratch);
}

static bool holds(const struct composed *c, enum message_part part, const char *what)
{
    const struct buf *b = &c->parts[part];

    return memmem(b->p, b->n, what, strlen(what)) != NULL;
}

/* ---- those to begin with ------------------------------------------------------------------ */

static void one_starter(struct given *g, const struct message_starter *s, const char *language)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct composed c;

    composed_init(&c);
    g->to.language = language;
    CHECK_OK(message_read(s->text, s->name, true, &m, &err), err);
    if (m) {
        CHECK_STR(m->name, s->name);
        CHECK(give(g, "Ann"));
        CHECK_OK(message_compose(m, &g->to, &g->scratch, &c, &err), err);
        CHECK_MSG(strcmp(c.language, language) == 0 &&
                      holds(&c, MESSAGE_HTML,
                            strcmp(language, "ar") == 0 ? "dir=\"rtl\"" : "dir=\"ltr\"") &&
                      holds(&c, MESSAGE_HTML, "Ann") && holds(&c, MESSAGE_TEXT, UNSUBSCRIBE) &&
                      holds(&c, MESSAGE_TEXT, ADDRESS) && c.parts[MESSAGE_SUBJECT].n > 4 &&
                      !holds(&c, MESSAGE_HTML, "{{") && !holds(&c, MESSAGE_HTML, "<b>"),
                  "%s in %s", s->name, language);
    }
    composed_release(&c);
}

static void starters(void)
{
    static const char *const languages[] = {"en", "ar", "th"};
    struct given g;
    size_t n = 0;

    open_given(&g);
    for (; message_starter(n); n++)
        for (size_t l = 0; l < TM_COUNT(languages); l++)
            one_starter(&g, message_starter(n), languages[l]);
    CHECK_INT(n, 12);
    close_given(&g);
}

/* ---- text messages ------------------------------------------------------------------------ */

static bool brief_is(struct given *g, const char *text, const char *wanted)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct composed c;
    bool is;

    composed_init(&c);
    CHECK_OK(message_read(str_of(text), NULL, true, &m, &err), err);
    CHECK(give(g, "Ann"));
    err = ERR_INIT;
    is = message_compose(m, &g->to, &g->scratch, &c, &err) == ERR_OK &&
         strcmp(buf_cstr(&c.parts[MESSAGE_BRIEF]), wanted) == 0;
    composed_release(&c);
    return is;
}

/* What is sent is the short part, and one that cannot be left is nobody's; mail does without. */
static void brief(void)
{
    static const char with[] =
        "name: x\ntext: \"long {{ unsubscribe_url }}\"\nshort: Hi, reply STOP\n";
    static const char without[] = "name: x\ntext: \"long {{ unsubscribe_url }}\"\n";
    static const char stuck[] = "name: x\ntext: \"long {{ unsubscribe_url }}\"\nshort: Hi\n";
    static const enum message_medium media[] = {MESSAGE_SHORT, MESSAGE_EVERY};
    struct given g;

    open_given(&g);
    for (size_t i = 0; i < TM_COUNT(media); i++) {
        g.to.medium = media[i];
        CHECK(brief_is(&g, with, "Hi, reply STOP"));
        CHECK(brief_is(&g, without, "long " UNSUBSCRIBE));
        CHECK(!brief_is(&g, stuck, "Hi") && strstr(err.msg, "hear no more"));
    }
    g.to.medium = MESSAGE_MAIL;
    CHECK(brief_is(&g, stuck, ""));
    close_given(&g);
}

/* One text message where letters are Latin, at most two where they are not (70 and 134 signs of
 * UCS-2), with the shop, a link and the way out. */
static void starter_is_brief(struct given *g, const struct message_starter *s, const char *language)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct composed c;
    const struct buf *text = &c.parts[MESSAGE_BRIEF];
    size_t signs = 0;

    composed_init(&c);
    g->to.language = language;
    CHECK_OK(message_read(s->text, s->name, true, &m, &err), err);
    CHECK(give(g, "Ann"));
    CHECK_OK(message_compose(m, &g->to, &g->scratch, &c, &err), err);
    for (size_t i = 0; i < text->n; i++)
        signs += ((unsigned char)text->p[i] & 0xC0) != 0x80;
    CHECK_MSG(signs > 20 && signs <= (strcmp(language, "en") == 0 ? 160 : 134) &&
                  holds(&c, MESSAGE_BRIEF, "STOP") && holds(&c, MESSAGE_BRIEF, "https://") &&
                  holds(&c, MESSAGE_BRIEF, "Blue Door") && !holds(&c, MESSAGE_BRIEF, "Ann"),
              "%s in %s by text message, %zu signs: %s", s->name, language, signs, buf_cstr(text));
    composed_release(&c);
}

static void starters_are_brief(void)
{
    static const char *const languages[] = {"en", "ar", "th"};
    struct given g;

    open_given(&g);
    g.to.medium = MESSAGE_SHORT;
    for (size_t n = 0; message_starter(n); n++)
        for (size_t l = 0; l < TM_COUNT(languages); l++)
            starter_is_brief(&g, message_starter(n), languages[l]);
    close_given(&g);
}

/* ---- languages ---------------------------------------------------------------------------- */

static const char greeting[] =
    "name: x\n"
    "subject: \"{{ 'hi' | t: name: person.first_name }}\"\n"
    "html: \"{% render 'top' %}{{ 'n' | t: count: 2 }}{% render 'end' %}\"\n"
    "languages:\n"
    "  th: {hi: \"สวัสดี {{ name }}\", n: {other: th}}\n"
    "  ar: {hi: \"مرحبا {{ name }}\", n: {two: zwei, other: ar}}\n";

static void languages(void)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct composed c;
    struct given g;

    open_given(&g);
    composed_init(&c);
    CHECK_OK(message_read(str_of(greeting), NULL, true, &m, &err), err);
    CHECK_INT(message_language(m, "ar-EG", "th"), 1);
    CHECK_INT(message_language(m, "AR_eg", ""), 1);
    CHECK_INT(message_language(m, "de", "ar"), 1);
    CHECK_MSG(message_language(m, "de", "fr") == 0 && message_language(m, "", "") == 0,
              "the first where neither is there");
    g.to.language = "ar-EG";
    CHECK(give(&g, "Ann\r\nBcc: all@example.com"));
    CHECK_MSG(message_compose(m, &g.to, &g.scratch, &c, &err) == ERR_INVALID,
              "a subject of two lines is none: %s", err.msg);
    CHECK(give(&g, "Ann"));
    CHECK_OK(message_compose(m, &g.to, &g.scratch, &c, &err), err);
    CHECK_MSG(holds(&c, MESSAGE_HTML, "zwei"), "two are counted as Arabic does");
    composed_release(&c);
    close_given(&g);
}

/* ---- what is refused ---------------------------------------------------------------------- */

static void not_read(const char *text, const char *told)
{
    struct message *m = NULL;
    enum err_code rc;

    err = ERR_INIT;
    rc = message_read(str_of(text), "m.yaml", true, &m, &err);
    CHECK_MSG(rc == ERR_INVALID && !m && strstr(err.msg, told), "\"%s\" is told: %s", told,
              rc == ERR_OK ? "(nothing)" : err.msg);
    message_free(m);
}

static void not_composed(const char *text, const char *unsubscribe, const char *told)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct composed c;
    struct given g;

    open_given(&g);
    composed_init(&c);
    g.to.unsubscribe_url = unsubscribe;
    CHECK_OK(message_read(str_of(text), NULL, false, &m, &err), err);
    CHECK(give(&g, "Ann"));
    err = ERR_INIT;
    CHECK_MSG(message_compose(m, &g.to, &g.scratch, &c, &err) != ERR_OK && strstr(err.msg, told) &&
                  !c.parts[MESSAGE_HTML].n && !c.parts[MESSAGE_SUBJECT].n,
              "\"%s\" is told, and nothing is composed: %s", told, err.msg);
    composed_release(&c);
    close_given(&g);
}

#define HEAD "name: x\nsubject: s\n"
static void refusals(void)
{
    not_read("subject: s\nhtml: h\n", "\"name\" is missing");
    not_read(HEAD, "html, text or both");
    not_read("name: x\nhtml: h\n", "\"subject\" is missing");
    not_read(HEAD "html: \"{{ a | nofilter }}\"\n", "nofilter");
    not_read(HEAD "html: \"{% if %}\"\n", "a value is missing");
    not_read(HEAD "html: h\nlanguages: {english: {a: b}}\n", "translations by language");
    not_read(HEAD "html: h\nlanguages: {en: {a: {b: {c: {d: {e: f}}}}}}\n", "deep");
    not_composed(HEAD "html: \"{{ shop.address }}\"\n", UNSUBSCRIBE, "link to unsubscribe");
    not_composed(HEAD "html: \"{% render 'top' %}{% render 'end' %}\"\n", "",
                 "link to unsubscribe");
    not_composed(HEAD "html: \"<a href='{{ unsubscribe_url }}'>out</a>\"\n", UNSUBSCRIBE,
                 "postal address");
    not_composed(HEAD "html: \"{{ 'none' | t }}\"\n", UNSUBSCRIBE, "no text for");
}

/* ---- nobody's words reach another ---------------------------------------------------------- */

enum { THREADS = 16 };

struct renderer {
    const struct message *message;
    int thread, times;
    int64_t strangers, failed;
};

static void *render_many(void *ctx)
{
    struct renderer *r = ctx;
    struct err wrong = ERR_INIT;
    struct given g;
    struct composed c;

    open_given(&g);
    composed_init(&c);
    for (int i = 0; i < r->times; i++) {
        char own[32], found[32];
        const char *at;

        snprintf(own, sizeof(own), "canary%02d%06dx", r->thread, i);
        r->failed +=
            !give(&g, own) || message_compose(r->message, &g.to, &g.scratch, &c, &wrong) != ERR_OK;
        for (int part = 0; part < MESSAGE_PARTS; part++) {
            struct str text = buf_str(&c.parts[part]);

            for (at = text.p; at && (at = memmem(at, (size_t)(text.p + text.n - at), "canary", 6));
                 at += 6) {
                snprintf(found, sizeof(found), "%.*s", (int)strlen(own), at);
                r->strangers += strcmp(found, own) != 0;
            }
        }
        r->failed += !holds(&c, MESSAGE_HTML, own) || !holds(&c, MESSAGE_TEXT, own);
    }
    composed_release(&c);
    close_given(&g);
    return NULL;
}

static void no_strangers(int times)
{
    TM_CLEANUP(message_freep) struct message *m = NULL;
    struct renderer renderers[THREADS];
    pthread_t threads[THREADS];
    int64_t strangers = 0, failed = 0;
    size_t i = 0;

    while (strcmp(message_starter(i)->name, "cart-1") != 0)
        i++;
    CHECK_OK(message_read(message_starter(i)->text, NULL, false, &m, &err), err);
    for (int t = 0; t < THREADS; t++) {
        renderers[t] = (struct renderer){.message = m, .thread = t, .times = times / THREADS};
        failed += pthread_create(&threads[t], NULL, render_many, &renderers[t]) != 0;
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        strangers += renderers[t].strangers;
        failed += renderers[t].failed;
    }
    CHECK_MSG(strangers == 0 && failed == 0,
              "%d renderings on %d threads: %" PRId64 " with another's words, %" PRId64 " failed",
              times, THREADS, strangers, failed);
}

int main(void)
{
    starters();
    brief();
    starters_are_brief();
    languages();
    refusals();
    no_strangers(getenv("TIDEMARK_TEST_LONG") ? 100000 : 4000);
    return tap_done();
}
