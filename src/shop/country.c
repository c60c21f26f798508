/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/country.h"

#include <pthread.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

enum { COUNTRIES_MAX = 300, COUNTRY_NAME_MAX = 128 };

static const struct {
    const char *code, *name;
} other_names[] = {
#define NAME(code, name) {code, name},
#include "shop/country_names.def"
};

/* In the order of uloc_getISOCountries(). */
static char english_names[COUNTRIES_MAX][COUNTRY_NAME_MAX];
static char long_codes[COUNTRIES_MAX][4];
static pthread_once_t countries_once = PTHREAD_ONCE_INIT;

static void read_countries(void)
{
    const char *const *codes = uloc_getISOCountries();

    for (size_t i = 0; i < COUNTRIES_MAX && codes[i]; i++) {
        UErrorCode status = U_ZERO_ERROR;
        UChar wide[COUNTRY_NAME_MAX];
        char locale[4];

        snprintf(locale, sizeof(locale), "_%s", codes[i]);
        snprintf(long_codes[i], sizeof(long_codes[i]), "%s", uloc_getISO3Country(locale));
        uloc_getDisplayCountry(locale, "en", wide, TM_COUNT(wide), &status);
        u_strToUTF8(english_names[i], COUNTRY_NAME_MAX, NULL, wide, -1, &status);
        if (U_FAILURE(status))
            english_names[i][0] = '\0';
    }
}

static bool is_called(const char *code, struct str name)
{
    for (size_t i = 0; i < TM_COUNT(other_names); i++)
        if (strcmp(other_names[i].code, code) == 0 && str_ieqz(name, other_names[i].name))
            return true;
    return false;
}

/* Its place; COUNTRIES_MAX: there is none. */
static size_t find_country(struct str name)
{
    const char *const *codes = uloc_getISOCountries();
    size_t i = 0;

    pthread_once(&countries_once, read_countries);
    if (name.n < 2)
        return COUNTRIES_MAX;
    while (i < COUNTRIES_MAX && codes[i] && !str_ieqz(name, codes[i]) &&
           !str_ieqz(name, long_codes[i]) && !str_ieqz(name, english_names[i]) &&
           !is_called(codes[i], name))
        i++;
    return i < COUNTRIES_MAX && codes[i] ? i : COUNTRIES_MAX;
}

bool country_code(struct str said, char out[3])
{
    const size_t i = find_country(str_trim(said));

    out[0] = '\0';
    if (i == COUNTRIES_MAX)
        return false;
    snprintf(out, 3, "%s", uloc_getISOCountries()[i]);
    return true;
}

size_t country_words(struct str said, struct str *out, size_t cap)
{
    const size_t at = find_country(str_trim(said));
    const char *words[COUNTRY_WORDS_MAX];
    size_t n = 0;

    if (at == COUNTRIES_MAX)
        return 0;
    words[n++] = uloc_getISOCountries()[at];
    words[n++] = long_codes[at];
    words[n++] = english_names[at];
    for (size_t i = 0; i < TM_COUNT(other_names) && n < COUNTRY_WORDS_MAX; i++)
        if (strcmp(other_names[i].code, words[0]) == 0)
            words[n++] = other_names[i].name;
    n = n < cap ? n : cap;
    for (size_t i = 0; i < n; i++)
        out[i] = str_of(words[i]);
    return n;
}
