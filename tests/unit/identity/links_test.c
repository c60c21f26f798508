/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whatever the order in which things come: the people are those of the linker, which has all of
 * them in the order of their times. */
#include "identity/links.h"

#include "tap.h"

enum { SEEN = 120, JOINS = 6, ORDERS = 12 };

static uint64_t state = 7;

static uint64_t draw(uint64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

struct seen {
    uint64_t ids[ID_KIND_COUNT], maybe;
    int64_t at_us;
    int64_t order; /* 0: none; > 0: an order of the ledger; < 0: a purchase */
};

static struct seen stream[SEEN];
static struct identity_decision decided[JOINS];
static struct {
    uint64_t login, previous;
    int64_t at_us;
} aliases[JOINS];
static bool is_number[64];

/* Few of each, so that they meet, and limits are passed. */
static void make_stream(void)
{
    static const uint64_t of[ID_KIND_COUNT] = {6, 14, 20, 20, 10, 12};

    for (size_t i = 0; i < SEEN; i++) {
        struct seen *s = &stream[i];

        *s = (struct seen){.at_us = (int64_t)draw(50) + 1};
        for (uint64_t kind = 0; kind < ID_KIND_COUNT; kind++)
            if (draw(3) == 0)
                s->ids[kind] = 1000 * (kind + 1) + draw(of[kind]);
        if (draw(4) == 0)
            s->order = (int64_t)draw(ORDERS) + 1;
        if (s->order && draw(2) == 0) {
            s->order = -s->order;
            memset(s->ids, 0, sizeof(s->ids));
            s->ids[ID_DEVICE] = 1000 * (ID_DEVICE + 1) + draw(of[ID_DEVICE]);
        } else if (s->ids[ID_DEVICE] && !s->order) {
            s->ids[ID_EMAIL] = 1000 * (ID_EMAIL + 1) + draw(of[ID_EMAIL]);
        }
        if (s->order > 0)
            s->ids[ID_DEVICE] = 0;
        /* Log-in 1000 + n may be customer 2000 + n. */
        s->maybe = s->ids[ID_LOGIN] ? s->ids[ID_LOGIN] + 1000 : 0;
    }
    for (size_t i = 0; i < TM_COUNT(is_number); i++)
        is_number[i] = draw(2) == 0;
    for (size_t i = 0; i < JOINS; i++) {
        decided[i] = (struct identity_decision){3000 + draw(20), 3000 + draw(20), draw(2) == 0};
        aliases[i].login = 1000 + draw(6);
        aliases[i].previous = 1000 + draw(6);
        aliases[i].at_us = (int64_t)draw(50);
    }
}

/* ---- all at once -------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;

    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (x->ids[kind] != y->ids[kind])
            return x->ids[kind] < y->ids[kind] ? -1 : 1;
    return 0;
}

static bool names_anybody(const struct seen *s)
{
    for (int kind = 0; kind < ID_DEVICE; kind++)
        if (s->ids[kind])
            return true;
    return false;
}

static void number(struct seen *s)
{
    if (s->maybe && !s->ids[ID_CUSTOMER] && is_number[s->maybe - 2000])
        s->ids[ID_CUSTOMER] = s->maybe;
}

/* As identity/edges has it: with purchases on their orders' devices. */
static size_t edges(struct seen out[SEEN * SEEN])
{
    size_t n = 0;

    for (size_t i = 0; i < SEEN; i++) {
        if (stream[i].order >= 0 && names_anybody(&stream[i]))
            out[n++] = stream[i];
        for (size_t k = 0; k < SEEN && stream[i].order < 0; k++) {
            if (stream[k].order != -stream[i].order || !names_anybody(&stream[k]))
                continue;
            out[n] = stream[k];
            out[n].ids[ID_DEVICE] = stream[i].ids[ID_DEVICE];
            out[n++].at_us = stream[i].at_us;
        }
    }
    for (size_t i = 0; i < n; i++)
        number(&out[i]);
    qsort(out, n, sizeof(*out), by_time);
    return n;
}

static struct linker *batch(void)
{
    static struct seen all[SEEN * SEEN];
    const size_t n = edges(all);
    struct linker *linker = linker_new();
    struct err err = ERR_INIT;
    bool told[JOINS] = {false};

    for (size_t i = 0; i < JOINS; i++)
        if (decided[i].apart)
            linker_keep_apart(linker, decided[i].a, decided[i].b);
    for (size_t i = 0; i < n; i++)
        if (linker_add(linker, all[i].ids, &err) != ERR_OK)
            CHECK_MSG(false, "%s", err.msg);
    for (size_t i = 0; i < JOINS; i++)
        if (!decided[i].apart)
            (void)linker_join(linker, decided[i].a, decided[i].b);
    for (size_t round = 0; round < JOINS; round++) { /* by time and ids */
        size_t next = JOINS;

        for (size_t i = 0; i < JOINS; i++)
            if (!told[i] && (next == JOINS || aliases[i].at_us < aliases[next].at_us ||
                             (aliases[i].at_us == aliases[next].at_us &&
                              (aliases[i].login < aliases[next].login ||
                               (aliases[i].login == aliases[next].login &&
                                aliases[i].previous < aliases[next].previous)))))
                next = i;
        told[next] = true;
        if (aliases[next].login != aliases[next].previous)
            (void)linker_join(linker, aliases[next].login, aliases[next].previous);
    }
    return linker;
}

/* ---- one after the other ------------------------------------------------------------------ */

static enum err_code tell(struct links *links, size_t what, struct err *err)
{
    const struct seen *s = &stream[what % SEEN];

    if (what >= SEEN + JOINS)
        return links_number(links, 2000 + what - SEEN - JOINS, err);
    if (what >= SEEN)
        return links_alias(links, aliases[what - SEEN].login, aliases[what - SEEN].previous,
                           aliases[what - SEEN].at_us, NULL, err);
    if (s->order < 0)
        return links_purchase(links, (uint64_t)-s->order, s->ids[ID_DEVICE], s->at_us, err);
    if (s->order > 0 && names_anybody(s))
        TRY(links_order(links, (uint64_t)s->order, s->ids, s->maybe, s->at_us, err));
    return names_anybody(s) ? links_add(links, s->ids, s->maybe, s->at_us, NULL, err) : ERR_OK;
}

/* Numbers are of customers that some record names. */
static bool is_told(size_t what)
{
    if (what < SEEN + JOINS)
        return true;
    if (!is_number[what - SEEN - JOINS])
        return false;
    for (size_t i = 0; i < SEEN; i++)
        if (stream[i].order >= 0 &&
            (stream[i].ids[ID_CUSTOMER] == 2000 + what - SEEN - JOINS ||
             (stream[i].maybe == 2000 + what - SEEN - JOINS && !stream[i].ids[ID_CUSTOMER])))
            return true;
    return false;
}

static struct links *one_by_one(void)
{
    enum { ALL = SEEN + JOINS + 14 };
    size_t order[ALL];
    struct links *links = links_new(1 << 20);
    struct err err = ERR_INIT;

    for (size_t i = 0; i < ALL; i++) {
        size_t at = draw(i + 1);

        order[i] = order[at];
        order[at] = i;
    }
    links_decide(links, decided, JOINS);
    for (size_t i = 0; i < ALL + SEEN; i++) /* some come twice */
        if (is_told(i < ALL ? order[i] : draw(SEEN)))
            if (tell(links, i < ALL ? order[i] : draw(SEEN), &err) != ERR_OK)
                CHECK_MSG(false, "%s", err.msg);
    return links;
}

static void as_all_at_once(void)
{
    enum { ROUNDS = 400 };
    size_t others = 0, refused = 0, missing = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct linker *linker;
        struct links *links;
        uint64_t id, person;
        size_t at = 0;

        make_stream();
        linker = batch();
        links = one_by_one();
        refused += linker_summary(linker).refused;
        while (linker_next(linker, &at, &id, &person))
            others += links_person(links, id) != person;
        missing += linker_summary(linker).identifiers != links_summary(links).identifiers;
        linker_free(linker);
        links_free(links);
    }
    CHECK(refused > 1000);
    CHECK_INT(others, 0);
    CHECK_INT(missing, 0);
}

static void changes(void)
{
    struct links *links = links_new(1 << 20);
    const uint64_t ann[ID_KIND_COUNT] = {[ID_LOGIN] = 11, [ID_DEVICE] = 91};
    const uint64_t mail[ID_KIND_COUNT] = {[ID_EMAIL] = 31};
    const uint64_t both[ID_KIND_COUNT] = {[ID_LOGIN] = 11, [ID_EMAIL] = 31};
    struct links_change change;
    struct err err = ERR_INIT;

    CHECK_OK(links_add(links, ann, 0, 1, &change, &err), err);
    CHECK(change.created && change.person == 11 && change.joined_count == 0);
    CHECK_OK(links_add(links, mail, 0, 2, &change, &err), err);
    CHECK(change.created && change.person == 31);
    CHECK_OK(links_add(links, both, 0, 3, &change, &err), err);
    CHECK(!change.created && change.person == 11 && change.joined_count == 2);
    CHECK_OK(links_add(links, both, 0, 4, &change, &err), err);
    CHECK(!change.created && change.joined_count == 0);
    CHECK_INT(links_person(links, 91), 11);
    CHECK_INT(links_person(links, 31), 11);
    CHECK_INT(links_person(links, 99), 0);
    links_free(links);
}

static void memory_ends(void)
{
    struct links *links = links_new(200000);
    struct err err = ERR_INIT;
    enum err_code rc = ERR_OK;

    for (uint64_t i = 1; rc == ERR_OK && i < 100000; i++) {
        const uint64_t ids[ID_KIND_COUNT] = {[ID_EMAIL] = i};

        rc = links_add(links, ids, 0, (int64_t)i, NULL, &err);
    }
    CHECK(rc == ERR_TOO_LARGE);
    CHECK(links_bytes(links) <= 200000);
    links_free(links);
}

/* ---- watched ------------------------------------------------------------------------------ */

static uint64_t emails_of(struct links *links, uint64_t id)
{
    uint64_t found[64], sum = 0;
    size_t n = links_of_kind(links, id, ID_EMAIL, found, TM_COUNT(found));

    for (size_t i = 0; i < n; i++) {
        sum += found[i] * found[i];
        if (links_person(links, found[i]) != links_person(links, id))
            CHECK_MSG(false, "an address of somebody else");
    }
    return sum;
}

/* Whoever is watched gets no other address unseen, whether watched before or after being known. */
static void watched(void)
{
    struct err err = ERR_INIT;
    size_t unseen = 0, grown = 0, asleep = 0;

    for (int round = 0; round < 200; round++) {
        struct links *links = links_new(64 << 20);
        const uint64_t watch = 1000 * (draw(ID_KIND_COUNT) + 1) + draw(6);
        const size_t from = draw(2) ? 0 : draw(SEEN);

        make_stream();
        links_decide(links, decided, JOINS);
        for (size_t i = 0; i < SEEN; i++) {
            const struct seen *s = &stream[i];
            const uint64_t before = emails_of(links, watch), changes = links_changes(links);
            uint64_t any = 0;

            if (i == from)
                CHECK(links_watch(links, watch));
            for (int kind = ID_KIND_COUNT - 1; kind >= 0; kind--)
                any = s->ids[kind] ? s->ids[kind] : any;
            if (!any)
                continue;
            CHECK_OK(links_add(links, s->ids, s->maybe, s->at_us, NULL, &err), err);
            asleep += changes == links_changes(links);
            if (i < from || emails_of(links, watch) == before)
                continue;
            grown++;
            unseen += !links_is_watched(links, any) || links_changes(links) == changes;
        }
        links_free(links);
    }
    CHECK_INT(unseen, 0);
    CHECK_MSG(grown > 200 && asleep > 50, "%zu grew, %zu brought nothing", grown, asleep);
}

/* What others take of the memory is not there for people. */
static void spends(void)
{
    struct links *links = links_new(64 << 10);

    CHECK(links_spend(links, 16 << 10));
    CHECK(!links_spend(links, 64 << 10));
    links_free(links);
}

int main(void)
{
    as_all_at_once();
    changes();
    memory_ends();
    watched();
    spends();
    return tap_done();
}
