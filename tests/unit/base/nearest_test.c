/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which word was meant. */
#include "base/nearest.h"

#include "tap.h"

static const char *const words[] = {"orders", "order", "products", "json", "workspace", "th"};

static const char *meant(const char *word)
{
    const char *found = nearest_of(str_of(word), words, TM_COUNT(words));

    return found ? found : "";
}

static void words_meant(void)
{
    CHECK_STR(meant("orders"), "orders");
    CHECK_STR(meant("ordes"), "orders"); /* one edit each: the first of those equally near */
    CHECK_STR(meant("ORDR"), "order");
    CHECK_STR(meant("jsn"), "json");
    CHECK_STR(meant("productz"), "products");
    CHECK_STR(meant("wrkspc"), ""); /* three edits in six bytes */
    CHECK_STR(meant("wrokspaec"), "");
    CHECK_STR(meant("customers"), "");
    /* All of it would have to be written anew. */
    CHECK_STR(meant("xy"), "");
    CHECK_STR(meant(""), "");
}

static void long_words(void)
{
    char word[200];
    const char *const one[] = {"abandoned_checkout_recovery_rate"};

    CHECK_STR(nearest_of(str_of("abandonned_chekout_recovry_rate"), one, 1), one[0]);
    CHECK(nearest_of(str_of("abandon_rate"), one, 1) == NULL);
    memset(word, 'a', sizeof(word));
    CHECK(nearest_of((struct str){word, sizeof(word)}, words, TM_COUNT(words)) == NULL);
}

static void one_by_one(void)
{
    struct nearest n = nearest_to(str_of("ordr"));

    CHECK_INT(n.edits, 3);
    nearest_consider(&n, "orders");
    CHECK_INT(n.edits, 2);
    nearest_consider(&n, "order");
    CHECK_STR(n.best, "order");
    nearest_consider(&n, "orders");
    CHECK_STR(n.best, "order");
    CHECK_INT(n.edits, 1);
}

int main(void)
{
    words_meant();
    long_words();
    one_by_one();
    return tap_done();
}
