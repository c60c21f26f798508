/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files for advertising places: hashes that the places publish, each one's way of writing, and who
 * is to be taken out again.
 */
#include "base/timestamp.h"
#include "outreach/ads/ads.h"
#include "store/advertised.h"
#include "tap.h"
#include "temp_dir.h"

#define TEST_AT_EXAMPLE "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
#define PHONE_PLUS "cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928"
#define PHONE_BARE "758fbf68945f21c416814c539ab578876c8d98fb69e6da692def92cd52417fe0"
#define JANE "81f8f6dde88365f3928796ec7aa53f72820b06db8664f5fe76a7eb13e24546a2"
#define US "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"

/* SHA-256 of "94105", "sw1a1aa", "newyork" and "saopaulo" with its tilde, as Meta writes them. */
#define ZIP_US "e73ac16e69f060ee98b0fda5f66f48c4648ee26950e9bab3a097389853fd859e"
#define ZIP_GB "830e1d4b9838bab1f5c2acdb23e0b502ff13a9832c4632e8d67a1d43d3b7f614"
#define NEW_YORK "350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5"
#define SAO_PAULO "3eda1428ae1aece064071f8d40f08fe2bc59ffa66c171a163caf15122ec4d7f0"

enum { HASH = 64 };

static struct err err;
static struct buf line;

static const char *written(enum ads_place place, struct ads_person person)
{
    buf_reset(&line);
    return ads_line(place, &person, &line) ? buf_cstr(&line) : "nobody";
}

static void test_lines(void)
{
    struct ads_person jane = {.email = STR_LIT(" Test@Example.com "),
                              .phone = STR_LIT("+14155552671"),
                              .first_name = STR_LIT("Ja ne"),
                              .country = STR_LIT("US")};
    struct buf head = BUF_INIT(1024);
    enum ads_place place;
    char plain[HASH + 1];

    line = BUF_INIT(4096);
    ads_head(ADS_META, &head);
    CHECK_STR(buf_cstr(&head), "email,phone,fn,ln,zip,country,ct\r\n");
    CHECK_STR(written(ADS_META, jane), TEST_AT_EXAMPLE "," PHONE_BARE "," JANE ",,," US ",\r\n");
    CHECK_STR(written(ADS_GOOGLE, jane), TEST_AT_EXAMPLE ",," PHONE_PLUS ",,,,\r\n");
    CHECK_STR(written(ADS_TIKTOK, jane), TEST_AT_EXAMPLE "," PHONE_BARE "\r\n");
    CHECK_STR(written(ADS_X, jane), TEST_AT_EXAMPLE "\r\n");
    jane.last_name = STR_LIT("O'Neil");
    jane.zip = STR_LIT("94105-1234");
    written(ADS_GOOGLE, jane);
    CHECK(strstr(buf_cstr(&line), JANE));
    CHECK(strstr(buf_cstr(&line), ",US,94105\r\n"));
    CHECK(!strstr(buf_cstr(&line), "Neil"));
    jane.city = STR_LIT("New York");
    written(ADS_META, jane);
    CHECK(strstr(buf_cstr(&line), "," ZIP_US "," US "," NEW_YORK "\r\n"));
    jane.country = STR_LIT("GB");
    jane.zip = STR_LIT("SW1A 1AA");
    jane.city = STR_LIT("S\303\243o-Paulo");
    written(ADS_META, jane);
    CHECK(strstr(buf_cstr(&line), "," ZIP_GB ","));
    CHECK(strstr(buf_cstr(&line), "," SAO_PAULO "\r\n"));
    written(ADS_GOOGLE, jane);
    CHECK(strstr(buf_cstr(&line), ",GB,sw1a1aa\r\n"));
    buf_reset(&head);
    ads_whole(ADS_META, STR_LIT("a,b,c,d,e,f\r\n"), &head);
    ads_whole(ADS_META, STR_LIT("a,b,c,d,e,f,g\r\n"), &head);
    CHECK_STR(buf_cstr(&head), "a,b,c,d,e,f,\r\na,b,c,d,e,f,g\r\n");
    jane.email = STR_LIT(TEST_AT_EXAMPLE); /* a hash is not hashed again */
    CHECK_STR(written(ADS_X, jane), TEST_AT_EXAMPLE "\r\n");
    CHECK_STR(written(ADS_X, (struct ads_person){.phone = STR_LIT("+14155552671")}), "nobody");
    CHECK_STR(written(ADS_META, (struct ads_person){.first_name = STR_LIT("Jane")}), "nobody");
    CHECK_STR(written(ADS_GOOGLE, (struct ads_person){0}), "nobody");

    /* Gmail's two ways stand side by side: the second is that of janedoe@gmail.com. */
    snprintf(plain, sizeof(plain), "%.64s",
             written(ADS_GOOGLE, (struct ads_person){.email = STR_LIT("janedoe@gmail.com")}));
    written(ADS_GOOGLE, (struct ads_person){.email = STR_LIT("Jane.Doe+shop@gmail.com")});
    CHECK(strncmp(buf_cstr(&line), plain, HASH) != 0);
    CHECK(strncmp(buf_cstr(&line) + HASH + 1, plain, HASH) == 0);

    CHECK(ads_place_of(STR_LIT("Meta"), &place) && place == ADS_META);
    CHECK(!ads_place_of(STR_LIT("nowhere"), &place));
    buf_release(&head);
    buf_release(&line);
}

/* ---- lists -------------------------------------------------------------------------------- */

static enum err_code take(void *ctx, struct str text, struct err *none)
{
    (void)none;
    buf_adds(ctx, text);
    buf_addc(ctx, ' ');
    return ERR_OK;
}

static const char *lines(struct advertised *a, const char *place, bool gone)
{
    static struct buf out;

    buf_release(&out);
    out = BUF_INIT(4096);
    CHECK_OK(advertised_each(a, place, 7, gone, take, &out, &err), err);
    return buf_cstr(&out);
}

static struct pseudonym who_of(char person)
{
    return (struct pseudonym){{(unsigned char)person, 1}};
}

static const struct advertised_made *made_on(int64_t day)
{
    static struct advertised_made made;

    made = (struct advertised_made){.made_us = day * US_PER_DAY,
                                    .by = "ann",
                                    .without = "Staff",
                                    .members = 9,
                                    .not_agreed = 4};
    return &made;
}

static struct advertised_counts list(struct advertised *a, const char *people, int64_t day)
{
    struct advertised_counts counts;
    char one[2] = "";

    CHECK_OK(advertised_begin(a, "meta", 7, &err), err);
    for (; *people; people++) {
        one[0] = *people;
        CHECK_OK(advertised_put(a,
                                &(struct advertised_person){
                                    .line = str_of(one),
                                    .who = {who_of((char)(*people - 'a' + 'A')), who_of(*people)},
                                    .who_count = 2},
                                &err),
                 err);
    }
    CHECK_OK(advertised_end(a, ERR_OK, made_on(day), &counts, &err), err);
    return counts;
}

static void check_counts(struct advertised_counts c, int on, int new, int gone)
{
    CHECK(c.on == on && c.new == new &&c.gone == gone);
}

static void test_lists(void)
{
    struct advertised *a = NULL;
    struct advertised_counts counts;
    struct store *store = NULL;
    struct pseudonym erased[2] = {who_of('c'), who_of('z')};
    struct advertised_made made;
    bool found = true;
    int64_t n;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(advertised_open_kept(store, &a, &err), err);
    CHECK(!a);
    CHECK_OK(advertised_open(store, &a, &err), err);
    CHECK_OK(advertised_last(a, "meta", 7, &found, &made, &err), err);
    CHECK(!found);
    check_counts(list(a, "abc", 1000), 3, 3, 0);
    check_counts(list(a, "bcdd", 1001), 3, 1, 1);
    CHECK_STR(lines(a, "meta", false), "b c d ");
    CHECK_STR(lines(a, "meta", true), "a ");
    CHECK_STR(lines(a, "google", false), "");
    check_counts(list(a, "abcd", 1002), 4, 1, 0); /* who comes back is taken out no more */
    CHECK_OK(advertised_begin(a, "meta", 7, &err), err);
    CHECK_INT(advertised_end(a, ERR_IO, made_on(0), &counts, &err), ERR_IO); /* all or nothing */
    CHECK_STR(lines(a, "meta", false), "a b c d ");
    CHECK_OK(advertised_forget(a, erased, 2, 1003 * US_PER_DAY, &n, &err), err);
    CHECK_INT(n, 1);
    CHECK_STR(lines(a, "meta", true), "c ");
    CHECK_OK(advertised_last(a, "meta", 7, &found, &made, &err), err);
    CHECK(found && made.made_us == 1002 * US_PER_DAY && made.members == 9 && made.not_agreed == 4);
    CHECK_STR(made.by, "ann");
    CHECK_STR(made.without, "Staff");
    check_counts(made.counts, 3, 1, 1); /* who was erased since is off it */
    CHECK_OK(advertised_last(a, "google", 7, &found, &made, &err), err);
    CHECK(!found);
    check_counts(list(a, "abd", 1004), 3, 0, 1);
    advertised_close(a);
    CHECK_OK(advertised_open_kept(store, &a, &err), err);
    CHECK_STR(lines(a, "meta", true), "c ");
    CHECK_OK(advertised_prune(a, 1033 * US_PER_DAY, &n, &err), err);
    CHECK_INT(n, 0);
    CHECK_OK(advertised_prune(a, 1034 * US_PER_DAY, &n, &err), err);
    CHECK_INT(n, 1);
    CHECK_STR(lines(a, "meta", true), "");
    advertised_close(a);
    store_close(store);
}

static void put_line(struct advertised *a, const char *text, const struct pseudonym *who, size_t n)
{
    struct advertised_person person = {.line = str_of(text), .who_count = n};

    memcpy(person.who, who, n * sizeof(*who));
    CHECK_OK(advertised_put(a, &person, &err), err);
}

/* Whose line has changed is not taken out by the old one: the same address stands on it. */
static void test_changed(void)
{
    const struct pseudonym mail[2] = {who_of('m'), who_of('p')}, phone[1] = {who_of('p')},
                           other[1] = {who_of('o')};
    struct advertised *a = NULL;
    struct advertised_counts counts;
    struct store *store = NULL;

    CHECK_OK(store_open(temp_path("changed"), &store, &err), err);
    CHECK_OK(advertised_open(store, &a, &err), err);
    CHECK_OK(advertised_begin(a, "meta", 7, &err), err);
    put_line(a, "old", mail, 2);
    put_line(a, "other", other, 1);
    CHECK_OK(advertised_end(a, ERR_OK, made_on(1000), &counts, &err), err);
    check_counts(counts, 2, 2, 0);
    CHECK_OK(advertised_begin(a, "meta", 7, &err), err);
    put_line(a, "new", phone, 1); /* the e-mail address is gone, the number is there */
    CHECK_OK(advertised_end(a, ERR_OK, made_on(1001), &counts, &err), err);
    check_counts(counts, 1, 1, 1);
    CHECK_STR(lines(a, "meta", false), "new ");
    CHECK_STR(lines(a, "meta", true), "other ");
    advertised_close(a);
    store_close(store);
}

int main(void)
{
    test_lines();
    test_lists();
    test_changed();
    return tap_done();
}
