/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* By what people are known again whose identifiers are not kept. */
#include "store/pseudonym.h"

#include <pthread.h>
#include <sys/stat.h>

#include "tap.h"
#include "temp_dir.h"

static bool same(const struct pseudonym *a, const struct pseudonym *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static void forms(const struct pseudonyms *p)
{
    struct pseudonym a, b;

    CHECK(pseudonym_email(p, STR_LIT("ann@example.com"), &a));
    CHECK(pseudonym_email(p, STR_LIT(" mailto:Ann@Example.COM "), &b));
    CHECK_MSG(same(&a, &b), "an address is one however it is written");
    CHECK(pseudonym_email(p, STR_LIT("anne@example.com"), &b));
    CHECK_MSG(!same(&a, &b), "another is another");
    CHECK(pseudonym_phone(p, STR_LIT("081 234 5678"), "TH", &a));
    CHECK(pseudonym_phone(p, STR_LIT("+66 81-234-5678"), "", &b));
    CHECK_MSG(same(&a, &b), "so is a phone, at home and abroad");
    CHECK_MSG(!pseudonym_phone(p, STR_LIT("081 234 5678"), "", &b), "a local one needs a country");
    CHECK_MSG(!pseudonym_email(p, STR_LIT("nobody"), &b) && !pseudonym_email(p, STR_NONE, &b),
              "what names nobody has none");
}

static void kinds(const struct pseudonyms *p)
{
    struct pseudonym a, b;

    CHECK(pseudonym_of(p, IDENTIFIER_CUSTOMER, STR_LIT("shopify"), STR_LIT("1001"), "", &a));
    CHECK(pseudonym_of(p, IDENTIFIER_CUSTOMER, STR_LIT("shopify"), STR_LIT("1001.0"), "", &b));
    CHECK_MSG(same(&a, &b), "a number is one as spreadsheets write it");
    CHECK(pseudonym_of(p, IDENTIFIER_PROFILE, STR_LIT("shopify"), STR_LIT("1001"), "", &b));
    CHECK_MSG(!same(&a, &b), "the kind tells apart");
    CHECK(pseudonym_of(p, IDENTIFIER_CUSTOMER, STR_LIT("woocommerce"), STR_LIT("1001"), "", &b));
    CHECK_MSG(!same(&a, &b), "so does the source");
    CHECK(pseudonym_of(p, IDENTIFIER_CUSTOMER, STR_LIT("a"), STR_LIT("bc"), "", &a));
    CHECK(pseudonym_of(p, IDENTIFIER_CUSTOMER, STR_LIT("ab"), STR_LIT("c"), "", &b));
    CHECK_MSG(!same(&a, &b), "parts do not run together");
    pseudonym_digest(p, "fact", STR_LIT("x"), &a);
    pseudonym_digest(p, "other", STR_LIT("x"), &b);
    CHECK_MSG(!same(&a, &b), "digests of other purposes differ");
}

struct work {
    const struct pseudonyms *p;
    struct pseudonym want;
    bool good;
};

static void *again_and_again(void *arg)
{
    struct work *w = arg;

    w->good = true;
    for (int i = 0; i < 2000; i++) {
        struct pseudonym got;

        w->good = pseudonym_email(w->p, STR_LIT("ann@example.com"), &got) && w->good;
        w->good = same(&got, &w->want) && w->good;
    }
    return NULL;
}

static void threads(const struct pseudonyms *p)
{
    pthread_t ids[4];
    struct work work[4];

    for (size_t i = 0; i < TM_COUNT(ids); i++) {
        work[i].p = p;
        CHECK(pseudonym_email(p, STR_LIT("ann@example.com"), &work[i].want));
        CHECK(pthread_create(&ids[i], NULL, again_and_again, &work[i]) == 0);
    }
    for (size_t i = 0; i < TM_COUNT(ids); i++) {
        pthread_join(ids[i], NULL);
        CHECK_MSG(work[i].good, "threads may ask at the same time");
    }
}

static void key_stays(const char *dir, const struct pseudonym *want)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *p = NULL;
    struct err err = ERR_INIT;
    char path[1100], aside[1110];
    struct pseudonym got;
    struct stat st;
    FILE *f;

    CHECK_OK(store_open(dir, &store, &err), err);
    CHECK_OK(pseudonyms_open(store, &p, &err), err);
    CHECK(pseudonym_email(p, STR_LIT("ann@example.com"), &got));
    CHECK_MSG(same(&got, want), "opened again it is the same key");
    pseudonyms_close(p);
    p = NULL;
    snprintf(path, sizeof(path), "%s/pseudonym.key", dir);
    snprintf(aside, sizeof(aside), "%s.aside", path);
    CHECK_MSG(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "only the owner reads the key");
    CHECK(rename(path, aside) == 0);
    CHECK_MSG(pseudonyms_open(store, &p, &err) == ERR_STORE && strstr(err.msg, "is missing"),
              "a lost key is not made anew");
    CHECK_MSG(access(path, F_OK) != 0, "nothing stands in its place");
    f = fopen(path, "w");
    CHECK(f && fputs("0123456789abcdef0123456789abcdef", f) >= 0 && fclose(f) == 0);
    CHECK_MSG(pseudonyms_open(store, &p, &err) == ERR_STORE && strstr(err.msg, "not this"),
              "another key is told");
    CHECK(rename(aside, path) == 0);
    CHECK_OK(pseudonyms_open(store, &p, &err), err);
}

int main(void)
{
    TM_CLEANUP(store_closep) struct store *store = NULL, *second = NULL;
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *p = NULL, *q = NULL;
    struct pseudonym here, there;
    struct err err = ERR_INIT;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(pseudonyms_open(store, &p, &err), err);
    forms(p);
    kinds(p);
    threads(p);
    CHECK_OK(store_open(temp_path("other"), &second, &err), err);
    CHECK_OK(pseudonyms_open(second, &q, &err), err);
    CHECK(pseudonym_email(p, STR_LIT("ann@example.com"), &here));
    CHECK(pseudonym_email(q, STR_LIT("ann@example.com"), &there));
    CHECK_MSG(!same(&here, &there), "two shops know a person by other pseudonyms");
    store_close(store);
    store = NULL;
    key_stays(temp_path("shop"), &here);
    return tap_done();
}
