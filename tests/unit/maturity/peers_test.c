/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a shop tells others comes back only as it was signed, and never of few shops. */
#include "maturity/peers.h"

#include "fixture.h"
#include "tap.h"

static void make_shop(struct fixture *f, double k)
{
    static const double cuts[] = {.2, .4, .6};

    fixture_init(f, 3, 1);
    for (size_t i = 0; i < 2; i++) {
        f->practices[i].indicators[0].form = FORM_SHARE;
        f->practices[i].indicators[0].measure = i ? "ret_1" : "dat_1";
        memcpy(f->practices[i].indicators[0].cuts, cuts, sizeof(cuts));
        f->items[i].measured = CLASS_MEASURED;
        f->items[i].findings[0] = (struct finding){.known = true, .k = k, .n = 1000, .slot = -1};
    }
    give_fact(f, 2, 3); /* a plain count: is not told */
}

static void export_of(double k, unsigned char key, struct buf *out)
{
    const struct score_plan plan = {.draws = 10, .full = true};
    TM_CLEANUP(assessment_freep) struct assessment *a = NULL;
    unsigned char seed[PEERS_SEED_BYTES] = {key};
    struct err err = ERR_INIT;
    struct fixture f;

    make_shop(&f, k);
    CHECK_OK(score_with(&f.set, NULL, &plan, &a, &err), err);
    CHECK_OK(peers_export(a, "tea", seed, AS_OF, out, &err), err);
}

struct read_shops {
    struct peer items[16];
    size_t n;
};

static enum err_code take(void *ctx, const struct peer *peer, struct str payload, struct err *err)
{
    struct read_shops *all = ctx;

    (void)payload;
    (void)err;
    if (all->n < TM_COUNT(all->items))
        all->items[all->n++] = *peer;
    return ERR_OK;
}

static void told(void)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    TM_CLEANUP(buf_release) struct buf many = BUF_INIT(1 << 20);
    struct arena arena = ARENA_INIT(1 << 20);
    struct read_shops shops = {.n = 0};
    struct err err = ERR_INIT;

    export_of(337, 1, &text);
    CHECK_OK(peers_read(buf_str(&text), "x", &arena, take, &shops, &err), err);
    CHECK_INT(shops.n, 1);
    CHECK_INT(shops.items[0].count, 2);
    CHECK_STR(shops.items[0].vertical, "tea");
    CHECK_STR(shops.items[0].size, "1000-9999");
    CHECK_MSG(shops.items[0].values[0].value == .34, "two digits are told");
    CHECK(shops.items[0].made_us == AS_OF);
    buf_addf(&many, "{\"format\": \"tidemark-peers\", \"shops\": [%s, %s]}", buf_cstr(&text),
             buf_cstr(&text));
    CHECK_OK(peers_read(buf_str(&many), "x", &arena, take, &shops, &err), err);
    CHECK_INT(shops.n, 3);
    arena_release(&arena);
}

/* One byte other than it was: refused, or at least nothing of the payload changed. */
static void changed(void)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    int passed = 0;

    export_of(337, 1, &text);
    for (size_t i = 0; i < text.n; i += 3) {
        struct arena arena = ARENA_INIT(1 << 20);
        struct read_shops shops = {.n = 0};
        char before = text.p[i];

        if (before == ' ' || before == '\n')
            continue;
        text.p[i] = (char)(before == '3' ? '4' : '3');
        err = ERR_INIT;
        if (peers_read(buf_str(&text), "x", &arena, take, &shops, &err) == ERR_OK)
            passed++;
        else
            passed += !err.msg[0];
        text.p[i] = before;
        arena_release(&arena);
    }
    CHECK_INT(passed, 0);
    text.p[text.n / 2] = '#';
    CHECK(peers_read(buf_str(&text), "me.json", &(struct arena){.limit = 1 << 20}, take,
                     &(struct read_shops){.n = 0}, &err) == ERR_INVALID);
    CHECK(strstr(err.msg, "me.json: entry 1 was changed after it was signed") && err.hint[0]);
    CHECK(peers_read(STR_LIT("{}"), "x", &(struct arena){.limit = 1 << 20}, take, NULL, &err) ==
          ERR_UNRECOGNISED);
}

static void place(void)
{
    const struct score_plan plan = {.draws = 10, .full = true};
    TM_CLEANUP(assessment_freep) struct assessment *a = NULL;
    TM_CLEANUP(peers_freep) struct peers *few = NULL, *enough = NULL, *other = NULL;
    struct arena arena = ARENA_INIT(1 << 20);
    struct read_shops shops = {.n = 0};
    struct err err = ERR_INIT;
    struct fixture f;

    for (unsigned char i = 0; i < 6; i++) {
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);

        export_of(i < 5 ? 100 + 10 * i : 900, i, &text);
        CHECK_OK(peers_read(buf_str(&text), "x", &arena, take, &shops, &err), err);
    }
    make_shop(&f, 500);
    CHECK_OK(score_with(&f.set, NULL, &plan, &a, &err), err);
    CHECK_OK(peers_compare(a, "tea", shops.items, 4, &few, &err), err);
    CHECK_MSG(few->count == 2 && few->items[0].shops == 4 && isnan(few->items[0].worse.mid),
              "nothing is told among four");
    CHECK_OK(peers_compare(a, "tea", shops.items, 6, &enough, &err), err);
    CHECK(enough->items[0].shops == 6 && enough->items[0].group == PEERS_LIKE);
    CHECK(enough->items[0].worse.low > .4 && enough->items[0].worse.high > .95 &&
          enough->items[0].worse.high < 1);
    CHECK(fabs(enough->items[0].median - .125) < 1e-9);
    CHECK_OK(peers_compare(a, "coffee", shops.items, 6, &other, &err), err);
    CHECK(other->items[0].group == PEERS_ALL);
    arena_release(&arena);
}

int main(void)
{
    told();
    changed();
    place();
    return tap_done();
}
