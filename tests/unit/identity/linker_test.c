/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/identity.h"

#include "tap.h"

static void add(struct linker *linker, uint64_t login, uint64_t email, uint64_t device)
{
    uint64_t ids[ID_KIND_COUNT] = {[ID_LOGIN] = login, [ID_EMAIL] = email, [ID_DEVICE] = device};
    struct err err = ERR_INIT;

    if (linker_add(linker, ids, &err) != ERR_OK)
        CHECK_MSG(false, "%s", err.msg);
}

static void joins_over_sources(void)
{
    struct linker *linker = linker_new();

    add(linker, 0, 101, 201); /* a purchase on a laptop */
    add(linker, 11, 101, 0);  /* an account with the same address */
    add(linker, 11, 0, 202);  /* logged in on a phone */
    add(linker, 0, 102, 0);   /* somebody else */
    CHECK(linker_person(linker, 201) == linker_person(linker, 202));
    CHECK_INT(linker_person(linker, 202), 11);
    CHECK_INT(linker_person(linker, 102), 102);
    CHECK_INT(linker_person(linker, 999), 0);
    CHECK_INT(linker_summary(linker).persons, 2);
    CHECK_INT(linker_summary(linker).identifiers, 5);
    linker_free(linker);
}

/* Two people log in on one device: they stay two, the device stays with the first. */
static void shared_device(void)
{
    struct linker *linker = linker_new();

    add(linker, 11, 101, 201);
    add(linker, 12, 102, 201);
    CHECK(linker_person(linker, 101) != linker_person(linker, 102));
    CHECK(linker_person(linker, 201) == linker_person(linker, 11));
    CHECK_INT(linker_summary(linker).refused, 1);
    linker_free(linker);
}

static void limits_hold(void)
{
    struct linker *linker = linker_new();

    for (uint64_t email = 0; email < 8; email++)
        add(linker, 11, 101 + email, 0);
    CHECK_INT(linker_person(linker, 105), 11);
    CHECK_INT(linker_person(linker, 106), 106);
    CHECK_INT(linker_summary(linker).refused, 3);
    linker_free(linker);
}

/* Random links without conflicts of limits: every order gives the same persons. */
static void order_is_harmless(void)
{
    enum { LINKS = 400, ROUNDS = 20 };
    uint64_t links[LINKS][2], want[200];
    uint64_t seed = 42;
    bool same = true;

    for (int i = 0; i < LINKS; i++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        links[i][0] = 1 + (uint64_t)i % 100;                   /* login */
        links[i][1] = 1000 + links[i][0] + 100 * (seed >> 63); /* its own devices */
    }
    for (int round = 0; round < ROUNDS; round++) {
        struct linker *linker = linker_new();

        for (int i = 0; i < LINKS; i++) {
            int k = (i * 7 + round * 13) % LINKS;

            add(linker, links[k][0], 0, links[k][1]);
        }
        for (uint64_t device = 0; device < 200; device++) {
            uint64_t person = linker_person(linker, 1001 + device);

            same = same && (round == 0 || want[device] == person);
            want[device] = person;
        }
        linker_free(linker);
    }
    CHECK_MSG(same, "the order of links does not change who is who");
}

static void many(void)
{
    struct linker *linker = linker_new();
    bool right = true;

    for (uint64_t i = 1; i <= 300000; i++)
        add(linker, 0, i % 100000 + 1, 1000000 + i);
    for (uint64_t i = 1; i <= 300000; i += 1000)
        right = right && linker_person(linker, 1000000 + i) == i % 100000 + 1;
    CHECK_MSG(right, "300,000 devices find their 100,000 people");
    CHECK_INT(linker_summary(linker).persons, 100000);
    linker_free(linker);
}

/* What people decided stands above the records, whatever their order. */
static void decisions(void)
{
    struct linker *linker = linker_new();

    linker_keep_apart(linker, 101, 102);
    add(linker, 0, 101, 201);
    add(linker, 0, 102, 202);
    add(linker, 11, 101, 0);
    add(linker, 11, 102, 0); /* one account, two addresses: kept apart */
    CHECK(linker_person(linker, 101) != linker_person(linker, 102));
    CHECK_INT(linker_person(linker, 101), 11);
    CHECK_INT(linker_summary(linker).refused, 1);
    /* Over a third that both would join. */
    add(linker, 0, 0, 203);
    CHECK(linker_join(linker, 203, 101));
    CHECK(!linker_join(linker, 203, 102));
    CHECK(linker_person(linker, 203) == 11 && linker_person(linker, 202) == 102);
    /* Beyond the limits: two log-ins are one person when somebody says so. */
    add(linker, 12, 103, 0);
    CHECK(linker_person(linker, 103) == 12);
    CHECK(linker_join(linker, 103, 101));
    CHECK(linker_person(linker, 103) == 11);
    CHECK(!linker_join(linker, 11, 999));
    linker_free(linker);
}

/* However many links are made: who is kept apart stays apart. */
static void apart_always(void)
{
    enum { PEOPLE = 300, LINKS = 3000, KEPT = 60 };
    uint32_t seed = 3;
    int broken = 0;

    for (int round = 0; round < 20; round++) {
        struct linker *linker = linker_new();
        uint64_t kept[KEPT][2];

        for (int i = 0; i < KEPT; i++) {
            for (int side = 0; side < 2; side++) {
                seed = seed * 1664525u + 1013904223u;
                kept[i][side] = 1000 + (seed >> 16) % PEOPLE;
            }
            if (kept[i][0] == kept[i][1])
                kept[i][1] = kept[i][0] == 1000 ? 1001 : 1000;
            linker_keep_apart(linker, kept[i][0], kept[i][1]);
        }
        for (int i = 0; i < LINKS; i++) {
            seed = seed * 1664525u + 1013904223u;
            add(linker, 0, 1000 + (seed >> 16) % PEOPLE, 5000 + (seed >> 8) % (2 * PEOPLE));
        }
        for (int i = 0; i < KEPT; i++) {
            uint64_t a = linker_person(linker, kept[i][0]), b = linker_person(linker, kept[i][1]);

            broken += a != 0 && a == b;
        }
        linker_free(linker);
    }
    CHECK_INT(broken, 0);
}

int main(void)
{
    decisions();
    apart_always();
    joins_over_sources();
    shared_device();
    limits_hold();
    order_is_harmless();
    many();
    return tap_done();
}
