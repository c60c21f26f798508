/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* i18n.h - the languages of the program and its translated texts.
 *
 * Texts stand in the source in English, marked for xgettext by _(), N_(), P_() or NP_(). The
 * gettext catalogues of po/ are compiled and built into the program, so every language is always
 * there: no system locale has to be installed, no folder has to be found, and the C library's
 * locale is neither read nor set. A text without a translation is shown in English.
 *
 * Errors, hints, reasons of rejected rows and notes of imports need no mark: err_set() and the
 * like look their format up themselves, and po/update.sh knows them by name.
 *
 * The language is one per thread, English at first: a thread whose errors people read begins with
 * i18n_use() of its maker's. Reasons that are stored stay in the language of the run. Returned
 * texts live as long as the program. po/README.md tells how to bring the catalogues up to date.
 * Numbers, money and dates: locale.h.
 */
#ifndef TM_BASE_I18N_H
#define TM_BASE_I18N_H

#include "base/base.h"

/* Between these a piece of another writing direction starts afresh (U+2068, U+2069). */
#define FIRST_STRONG_ISOLATE "\xE2\x81\xA8"
#define POP_DIRECTIONAL_ISOLATE "\xE2\x81\xA9"

enum language { LANG_EN, LANG_AR, LANG_TH, LANG_COUNT };

extern const char *const language_codes[LANG_COUNT]; /* "en", "ar", "th" */

/* "en", "ar-EG" or "th_TH.UTF-8" to a language; LANG_COUNT when it is none of ours. */
enum language language_of(const char *code);
/* As gettext chooses: the first known one of LANGUAGE (a list joined by colons), LC_ALL,
 * LC_MESSAGES, LANG; English when none is. */
enum language language_of_environment(void);
bool language_is_rtl(enum language language);

/* Sets the calling thread's language and returns the one before. */
enum language i18n_use(enum language language);
enum language i18n_current(void);

/* Whether the digits that stand in Arabic texts are Arabic-Indic (digits.h), for the calling
 * thread; returns whether they were. A report switches it on; what tells people how to type does
 * not. */
bool i18n_use_arabic_digits(bool arabic);
bool i18n_arabic_digits(void); /* it is on, and the language is Arabic */

/* The text in the thread's language. */
const char *i18n_text(const char *english) __attribute__((format_arg(1)));
/* The form for `n` things; English: `one` for 1, `many` for all else. */
const char *i18n_plural(const char *one, const char *many, uint64_t n)
    __attribute__((format_arg(1), format_arg(2)));

/* Which of the language's plural forms `n` takes: the Plural-Forms line of its catalogue. */
size_t i18n_plural_form(enum language language, uint64_t n);

#define _(english) i18n_text(english)
#define N_(english) english /* marked here, translated where it is used */
#define P_(one, many, n) i18n_plural((one), (many), (n))
#define NP_(one, many)                                                                             \
    {                                                                                              \
        one, many                                                                                  \
    } /* the same for P_(): an initialiser of two texts */

#endif
