/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/country.h"

#include "tap.h"

static void codes(void)
{
    static const char *const all[][2] = {
        {"th", "TH"},        {"Thailand", "TH"},
        {"UK", "GB"},        {"germany", "DE"},
        {"deu", "DE"},       {"", ""},
        {"D", ""},           {"Atlantis", ""},
        {" US ", "US"},      {"ZZ", ""},
        {"USA", "US"},       {"United States of America", "US"},
        {"Turkey", "TR"},    {"Czech Republic", "CZ"},
        {"HONG KONG", "HK"},
    };

    for (size_t i = 0; i < TM_COUNT(all); i++) {
        char code[3] = "?";

        CHECK_MSG(country_code(str_of(all[i][0]), code) == (all[i][1][0] != '\0'), "\"%s\"",
                  all[i][0]);
        CHECK_STR(code, all[i][1]);
    }
}

/* No word is one for two countries: each that a country has leads back to it. */
static void words_lead_back(void)
{
    static const char *const some[] = {"DE", "US", "GB", "TR", "KR", "KP", "CD", "CG", "HK", "MM"};

    for (size_t i = 0; i < TM_COUNT(some); i++) {
        struct str words[COUNTRY_WORDS_MAX];
        size_t n = country_words(str_of(some[i]), words, TM_COUNT(words));

        CHECK(n >= 3);
        for (size_t k = 0; k < n; k++) {
            char code[3];

            CHECK_MSG(country_code(words[k], code) && strcmp(code, some[i]) == 0,
                      "\"%.*s\" is %s, not %s", (int)words[k].n, words[k].p, code, some[i]);
        }
    }
    CHECK_INT(country_words(STR_LIT("Atlantis"), NULL, 0), 0);
}

int main(void)
{
    codes();
    words_lead_back();
    return tap_done();
}
