/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse_words.h"

/* English, German, French, Spanish, Arabic (Egypt and the Gulf), Thai: full names and the
 * abbreviations that ICU and Excel write, without points. */
static const struct {
    int month;
    const char *names[16];
} months[] = {
    {1,
     {"january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene", "يناير", "มกราคม",
      "ม.ค"}},
    {2,
     {"february", "feb", "februar", "février", "fevrier", "févr", "fevr", "fév", "febrero",
      "فبراير", "กุมภาพันธ์", "ก.พ"}},
    {3, {"march", "mar", "märz", "mär", "mrz", "maerz", "mars", "marzo", "مارس", "มีนาคม", "มี.ค"}},
    {4,
     {"april", "apr", "avril", "avr", "abril", "abr", "أبريل", "ابريل", "إبريل", "เมษายน", "เม.ย"}},
    {5, {"may", "mai", "mayo", "مايو", "พฤษภาคม", "พ.ค"}},
    {6, {"june", "jun", "juni", "juin", "junio", "يونيو", "يونية", "มิถุนายน", "มิ.ย"}},
    {7, {"july", "jul", "juli", "juillet", "juil", "julio", "يوليو", "يولية", "กรกฎาคม", "ก.ค"}},
    {8, {"august", "aug", "août", "aout", "agosto", "ago", "أغسطس", "اغسطس", "สิงหาคม", "ส.ค"}},
    {9,
     {"september", "sep", "sept", "septembre", "septiembre", "setiembre", "سبتمبر", "กันยายน",
      "ก.ย"}},
    {10,
     {"october", "oct", "oktober", "okt", "octobre", "octubre", "أكتوبر", "اكتوبر", "ตุลาคม",
      "ต.ค"}},
    {11, {"november", "nov", "novembre", "noviembre", "نوفمبر", "พฤศจิกายน", "พ.ย"}},
    {12,
     {"december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "diciembre", "dic",
      "ديسمبر", "ธันวาคม", "ธ.ค"}},
};

static struct str without_point(struct str word)
{
    if (word.n && word.p[word.n - 1] == '.')
        word.n--;
    return word;
}

int parse_month_word(struct str word)
{
    word = without_point(word);
    for (size_t i = 0; i < TM_COUNT(months); i++)
        for (size_t k = 0; k < TM_COUNT(months[i].names) && months[i].names[k]; k++)
            if (str_ieqz(word, months[i].names[k]))
                return months[i].month;
    return 0;
}

int parse_half_day_word(struct str word)
{
    static const struct {
        const char *word;
        int half;
    } words[] = {{"am", 1}, {"pm", 2}, {"a.m", 1}, {"p.m", 2},
                 {"a", 1},  {"p", 2},  {"ص", 1},   {"م", 2}};

    word = without_point(word);
    for (size_t i = 0; i < TM_COUNT(words); i++)
        if (str_ieqz(word, words[i].word))
            return words[i].half;
    return 0;
}

bool parse_is_filler(struct str word)
{
    static const char *const words[] = {
        "mon",    "monday", "tue",      "tues", "tuesday", "wed", "wednesday", "thu",
        "thur",   "thurs",  "thursday", "fri",  "friday",  "sat", "saturday",  "sun",
        "sunday", "st",     "nd",       "rd",   "th",      "of",  "at",        "the",
        "de",     "del",    "le",       "er",   "à",       "um",  "den",       "a las",
    };

    word = without_point(word);
    for (size_t i = 0; i < TM_COUNT(words); i++)
        if (str_ieqz(word, words[i]))
            return true;
    return false;
}
