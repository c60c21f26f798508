/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/i18n.h"

#include "base/digits.h"
#include "base/embedded.h"

#include <pthread.h>

/* The compiled catalogues, named by language code (src/base/meson.build). */
extern const struct embedded_file catalogue_files[];

const char *const language_codes[LANG_COUNT] = {"en", "ar", "th"};

static _Thread_local enum language current = LANG_EN;
static _Thread_local bool digits_wished;

enum language language_of(const char *code)
{
    if (!code)
        return LANG_COUNT;
    for (size_t i = 0; i < LANG_COUNT; i++) {
        size_t n = strlen(language_codes[i]);

        if (str_ieq((struct str){code, strnlen(code, n)}, str_of(language_codes[i])) &&
            (code[n] == '\0' || strchr("-_.@", code[n])))
            return (enum language)i;
    }
    return LANG_COUNT;
}

/* The first known language of a list joined by colons. */
static enum language language_of_list(const char *list)
{
    while (list && *list) {
        size_t n = strcspn(list, ":");
        char code[32];

        if (n < sizeof(code)) {
            enum language language;

            memcpy(code, list, n);
            code[n] = '\0';
            language = language_of(code);
            if (language != LANG_COUNT)
                return language;
        }
        list += n + (list[n] == ':');
    }
    return LANG_COUNT;
}

enum language language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    enum language language = language_of_list(getenv("LANGUAGE"));

    if (language != LANG_COUNT)
        return language;
    for (size_t i = 0; i < TM_COUNT(names); i++) {
        const char *value = getenv(names[i]);

        if (!value || !*value)
            continue;
        language = language_of(value);
        return language == LANG_COUNT ? LANG_EN : language;
    }
    return LANG_EN;
}

bool language_is_rtl(enum language language)
{
    return language == LANG_AR;
}

enum language i18n_use(enum language language)
{
    enum language before = current;

    assert(language < LANG_COUNT);
    current = language;
    return before;
}

enum language i18n_current(void)
{
    return current;
}

bool i18n_use_arabic_digits(bool arabic)
{
    bool before = digits_wished;

    digits_wished = arabic;
    return before;
}

bool i18n_arabic_digits(void)
{
    return digits_wished && current == LANG_AR;
}

static uint32_t little_endian(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

enum { TEXT_MAX = 1 << 20 };

/* A catalogue in the format of GNU gettext's .mo files: a header of seven 32-bit numbers, two
 * tables of (length, offset), English and translated, the English one sorted. */
enum { MO_MAGIC = 0, MO_COUNT = 8, MO_ENGLISH = 12, MO_TRANSLATED = 16, MO_HEADER = 28 };

static struct str mo_entry(const struct embedded_file *mo, uint32_t table, uint32_t i)
{
    uint64_t at = (uint64_t)table + 8 * (uint64_t)i;
    uint64_t n, offset;

    if (at + 8 > mo->n)
        return STR_NONE;
    n = little_endian(mo->text + at);
    offset = little_endian(mo->text + at + 4);
    if (offset + n >= mo->n || mo->text[offset + n])
        return STR_NONE;
    return (struct str){mo->text + offset, (size_t)n};
}

/* The place of `english`; UINT32_MAX when it is not there. */
static uint32_t mo_place(const struct embedded_file *mo, const char *english)
{
    uint32_t low = 0, high;

    if (mo->n < MO_HEADER || little_endian(mo->text + MO_MAGIC) != 0x950412DE)
        return UINT32_MAX;
    high = little_endian(mo->text + MO_COUNT);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(english, mo_entry(mo, little_endian(mo->text + MO_ENGLISH), middle).p);

        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return UINT32_MAX;
}

static struct str mo_translated(const struct embedded_file *mo, uint32_t i)
{
    return mo_entry(mo, little_endian(mo->text + MO_TRANSLATED), i);
}

static const struct embedded_file *catalogue(enum language language)
{
    for (const struct embedded_file *mo = catalogue_files; mo->name; mo++)
        if (strcmp(mo->name, language_codes[language]) == 0)
            return mo;
    return NULL;
}

/* The Arabic texts with Arabic-Indic digits, by place; made once, kept as long as the program. */
static struct str *arabic;
static pthread_once_t arabic_once = PTHREAD_ONCE_INIT;

static void make_arabic(void)
{
    const struct embedded_file *mo = catalogue(LANG_AR);
    uint32_t n = mo && mo->n >= MO_HEADER ? little_endian(mo->text + MO_COUNT) : 0;

    arabic = xcalloc((size_t)n + 1, sizeof(*arabic));
    for (uint32_t i = 0; i < n; i++) {
        struct buf out = BUF_INIT(TEXT_MAX);

        digits_add_arabic(&out, mo_translated(mo, i));
        arabic[i].n = out.n;
        arabic[i].p = buf_detach(&out);
    }
}

/* All plural forms one after the other; n = 0 when there is none. */
static struct str translation(const char *english)
{
    const struct embedded_file *mo = catalogue(current);
    uint32_t i = mo ? mo_place(mo, english) : UINT32_MAX;

    if (i == UINT32_MAX)
        return STR_NONE;
    if (!i18n_arabic_digits())
        return mo_translated(mo, i);
    pthread_once(&arabic_once, make_arabic);
    return arabic[i];
}

const char *i18n_text(const char *english)
{
    struct str found = *english ? translation(english) : STR_NONE;

    return found.n ? found.p : english;
}

size_t i18n_plural_form(enum language language, uint64_t n)
{
    if (language == LANG_TH)
        return 0;
    if (language == LANG_EN)
        return n != 1;
    if (n < 3)
        return (size_t)n;
    if (n % 100 >= 3 && n % 100 <= 10)
        return 3;
    return n % 100 >= 11 ? 4 : 5;
}

const char *i18n_plural(const char *one, const char *many, uint64_t n)
{
    struct str found = translation(one);
    size_t form = i18n_plural_form(current, n);

    for (; found.n && form; form--) {
        size_t length = strlen(found.p);

        if (length >= found.n)
            return n == 1 ? one : many;
        found = (struct str){found.p + length + 1, found.n - length - 1};
    }
    if (found.n)
        return found.p;
    return n == 1 ? one : many;
}
