/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/language.h"

#include "cmd/cmd.h"

static const struct option_row rows[] = {
    {"lang", 'l', "en|ar|th", N_("The language: English, Arabic or Thai.")},
    {"calendar", 0, "NAME", N_("Years in Thai texts: gregorian (2026) or buddhist (2569).")},
    {"digits", 0, "NAME", N_("Digits in Arabic texts: latn (0 to 9) or arab (٠ to ٩).")},
};

static struct locale_ways told; /* by the command line */
static bool calendar_told, digits_told;

static enum err_code take_language(const char *code, struct err *err)
{
    if (!code)
        return ERR_OK;
    if (language_of(code) == LANG_COUNT) {
        err_set(err, ERR_USAGE, "there is no language \"%s\"", code);
        err_hint(err, "Choose en (English), ar (Arabic) or th (Thai).");
        return ERR_USAGE;
    }
    i18n_use(language_of(code));
    return ERR_OK;
}

/* The number of `given` among two words. */
static enum err_code take_word(const char *option, const char *given, const char *const *words,
                               int *out, struct err *err)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(given, words[i]) == 0) {
            *out = i;
            return ERR_OK;
        }
    return err_set(err, ERR_USAGE, "--%s must be %s or %s, not \"%s\"", option, words[0], words[1],
                   given);
}

enum err_code language_take_options(int *argc, char **argv, struct err *err)
{
    struct options options;
    const char *last = *argc ? argv[*argc - 1] : "";
    enum err_code rc = options_take(rows, TM_COUNT(rows), argc, argv, &options, err);
    const char *const *values = options.values;
    int word = 0;

    /* The language first, even when another option is wrong: the error is told in it. */
    if (values[0] && language_of(values[0]) != LANG_COUNT)
        i18n_use(language_of(values[0]));
    if (rc != ERR_OK)
        return err_set(err, rc, "the option %s needs a value", last);
    TRY(take_language(values[0], err));
    if (values[1]) {
        TRY(take_word("calendar", values[1], calendar_words, &word, err));
        told.calendar = (enum calendar)word;
        calendar_told = true;
    }
    if (values[2]) {
        TRY(take_word("digits", values[2], digits_words, &word, err));
        told.digits = (enum digits)word;
        digits_told = true;
    }
    locale_use(told);
    return ERR_OK;
}

void language_take_settings(const struct settings *settings)
{
    struct locale_ways ways = settings_ways(settings);

    if (calendar_told)
        ways.calendar = told.calendar;
    if (digits_told)
        ways.digits = told.digits;
    locale_use(ways);
}

void language_add_help(struct buf *out)
{
    options_add_help(rows, TM_COUNT(rows), out);
}
