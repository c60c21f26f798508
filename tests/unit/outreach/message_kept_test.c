/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Messages by name: kept ones and starters, shared by threads, and what stands against sending. */
#include "outreach/message/check.h"
#include "outreach/message/kept.h"

#include "tap.h"
#include "temp_dir.h"

#include <pthread.h>

static struct store *store;
static struct kept_messages *kept;
static struct err err = ERR_INIT;

static int64_t keep(const char *text)
{
    int64_t id = 0;

    CHECK_OK(kept_message_set(store, 0, str_of(text), "test", &id, &err), err);
    return id;
}

static void by_name(void)
{
    const struct message *starter = NULL, *own = NULL, *newer = NULL, *again = NULL;

    CHECK_OK(kept_message_get(kept, store, "cart-1", &starter, &err), err);
    CHECK(starter->language_count == 3);
    keep("name: cart-1\nabout: ours\nsubject: one\ntext: one\n");
    CHECK_OK(kept_message_get(kept, store, "cart-1", &own, &err), err);
    CHECK(own != starter);
    CHECK_STR(own->sources[MESSAGE_SUBJECT], "one");
    CHECK_OK(kept_message_get(kept, store, "cart-1", &again, &err), err);
    CHECK(again == own); /* compiled once */
    kept_message_put(kept, again);
    keep("name: cart-1\nsubject: two\ntext: two\n");
    CHECK_OK(kept_message_get(kept, store, "cart-1", &newer, &err), err);
    CHECK_STR(newer->sources[MESSAGE_SUBJECT], "two");
    CHECK_STR(own->sources[MESSAGE_SUBJECT], "one"); /* who holds it goes on with it */
    kept_message_put(kept, own);
    kept_message_put(kept, newer);
    kept_message_put(kept, starter);
    kept_message_put(kept, NULL);
    CHECK(kept_message_get(kept, store, "goose", &own, &err) == ERR_NOT_FOUND);
    CHECK(own == NULL);
    CHECK_STR(err.msg, "there is no message \"goose\"");
}

static void keeping(void)
{
    int64_t first = keep("name: a\ntext: x\n"), id = 0;
    struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);

    CHECK(keep("name: A\ntext: y\n") == first); /* the one of that name is changed */
    CHECK(kept_message_set(store, 0, STR_LIT("name: b\nsubject: s\n"), "test", &id, &err) ==
          ERR_INVALID);
    CHECK(kept_message_set(store, 0, STR_LIT("name: b\ntext: '{{ a | nofilter }}'\n"), "test", &id,
                           &err) == ERR_INVALID);
    CHECK_OK(kept_message_text(store, "a", &id, &text, &err), err);
    CHECK_INT(id, first);
    CHECK_STR(buf_cstr(&text), "name: A\ntext: y\n");
    CHECK_OK(kept_message_set(store, first, STR_LIT("name: c\ntext: z\n"), "test", &id, &err), err);
    CHECK_INT(id, first);
    CHECK(kept_message_text(store, "a", &id, &text, &err) == ERR_NOT_FOUND);
    buf_release(&text);
}

static void *use(void *ctx)
{
    struct store *own = NULL;
    struct err failed = ERR_INIT;
    long bad = 0;

    (void)ctx;
    bad += store_again(store, &own, &failed) != ERR_OK;
    for (int i = 0; i < 200 && !bad; i++) {
        const struct message *m = NULL;

        bad += kept_message_get(kept, own, i % 2 ? "win-back-1" : "shared", &m, &failed) != ERR_OK;
        bad += m && !m->sources[MESSAGE_SUBJECT];
        kept_message_put(kept, m);
    }
    store_close(own);
    return (void *)bad;
}

/* Read by some while another changes it. */
static void by_threads(void)
{
    pthread_t threads[4];
    void *bad;

    keep("name: shared\nsubject: s\ntext: t\n");
    for (size_t i = 0; i < TM_COUNT(threads); i++)
        CHECK(pthread_create(&threads[i], NULL, use, NULL) == 0);
    for (int i = 0; i < 20; i++) {
        char text[80];

        snprintf(text, sizeof(text), "name: shared\nsubject: s%d\ntext: t\n", i);
        keep(text);
    }
    for (size_t i = 0; i < TM_COUNT(threads); i++) {
        pthread_join(threads[i], &bad);
        CHECK(bad == NULL);
    }
}

static struct value shop_with(const char *address)
{
    static const char *const none[] = {"url", "logo", "color"};
    static struct value_pair pairs[5];

    pairs[0] = value_pair(STR_LIT("name"), value_strz("Lotus"));
    pairs[1] = value_pair(STR_LIT("address"), value_strz(address));
    for (size_t i = 0; i < TM_COUNT(none); i++)
        pairs[2 + i] = value_pair(str_of(none[i]), VALUE_NOTHING);
    return value_map(pairs, 5);
}

static void check_one(const char *text, struct value shop, const char *wanted)
{
    struct message *m = NULL;

    CHECK_OK(message_read(str_of(text), NULL, false, &m, &err), err);
    if (*wanted) {
        CHECK(message_marketing_allowed(m, shop, &err) == ERR_INVALID);
        CHECK_MSG(strstr(err.msg, wanted) != NULL, "\"%s\" says %s", err.msg, wanted);
    } else {
        CHECK_OK(message_marketing_allowed(m, shop, &err), err);
    }
    message_free(m);
}

#define FRAMED "html: \"{% render 'top' %}Hello{% render 'end' %}\"\n"

static void marketing(void)
{
    const struct message_starter *s;

    check_one("name: a\nsubject: s\n" FRAMED, shop_with("1 Street"), "");
    check_one("name: a\nsubject: s\n" FRAMED, shop_with(" "), "no postal address");
    check_one("name: a\nsubject: \"{% if false %}s{% endif %}\"\n" FRAMED, shop_with("1 Street"),
              "the subject is empty");
    check_one("name: a\nsubject: s\ntext: \"{{ nothing }}\"\n" FRAMED, shop_with("1 Street"),
              "unsubscribe");
    check_one("name: a\nsubject: s\nhtml: \"<p>Hello {{ unsubscribe_url }}</p>\"\n",
              shop_with("1 Street"), "postal address");
    check_one("name: a\nsubject: s\ntext: \"Hello\"\n", shop_with("1 Street"), "unsubscribe");
    check_one("name: a\ntext: \"A text message. Reply STOP to end.\"\n", shop_with("1 Street"), "");
    check_one("name: a\ntext: \"A text message\"\n", shop_with("1 Street"), "hear no more");
    for (size_t i = 0; (s = message_starter(i)); i++) {
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);

        buf_adds(&text, s->text);
        check_one(buf_cstr(&text), shop_with("1 Street"), "");
    }
}

static void translations(void)
{
    static const char text[] = "name: a\ntext: \"{{ 'a' | t }} STOP\"\nlanguages:\n"
                               "  en: {a: x, n: {one: 1, other: 2}, b: {c: d}}\n"
                               "  ar: {a: x, n: {zero: 0, one: 1, two: 2, few: 3, many: 4, other: "
                               "5}, b: {}}\n"
                               "  th: {a: x, n: {other: 2}, b: {c: d}, more: e}\n";
    struct message_finding *f = xcalloc(MESSAGE_FINDINGS_MAX, sizeof(*f));
    struct message *m = NULL;
    size_t n = 0;

    CHECK_OK(message_read(STR_LIT(text), NULL, true, &m, &err), err);
    CHECK_OK(message_findings(m, shop_with("1 Street"), f, &n, &err), err);
    CHECK_INT(n, 2);
    CHECK_STR(f[0].language, "ar");
    CHECK_STR(f[0].text, "\"b.c\" is not translated");
    CHECK_STR(f[1].language, "en");
    CHECK_STR(f[1].text, "\"more\" is not translated");
    CHECK(!f[0].blocks && !f[1].blocks);
    message_free(m);
    free(f);
}

int main(void)
{
    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    kept = kept_messages_new();
    by_name();
    keeping();
    by_threads();
    marketing();
    translations();
    kept_messages_free(kept);
    store_close(store);
    return tap_done();
}
