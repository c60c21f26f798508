/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stop.c - what a person means who answers a text message. */
#include "outreach/sms/sms.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sodium.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { LETTERS = 2048 };

/* ---- words -------------------------------------------------------------------------------- */

/* Compatibility forms are the plain ones, marks and letters' marks go, and so does what is no
 * letter and no digit but single blanks between words. Thai and Indic vowels are marks of another
 * kind, without which words would be others: only marks that do not space in Latin, Greek,
 * Cyrillic, Hebrew and Arabic go. */
static bool falls(UChar32 c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x591 && c <= 0x5c7) || (c >= 0x610 && c <= 0x61a) ||
           (c >= 0x64b && c <= 0x65f) || c == 0x670 || c == 0x640 || (c >= 0xfe00 && c <= 0xfe0f);
}

static bool belongs(UChar32 c)
{
    return u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK ||
           u_charType(c) == U_COMBINING_SPACING_MARK;
}

static UChar32 char_at(const UChar *text, int32_t *io_at, int32_t n)
{
    const UChar first = text[(*io_at)++];

    if (!U16_IS_LEAD(first) || *io_at >= n || !U16_IS_TRAIL(text[*io_at]))
        return first;
    return U16_GET_SUPPLEMENTARY(first, text[(*io_at)++]);
}

static int32_t add_char(UChar *out, int32_t n, UChar32 c)
{
    if (c > 0xffff) {
        out[n++] = (UChar)U16_LEAD(c);
        out[n++] = (UChar)U16_TRAIL(c);
    } else {
        out[n++] = (UChar)c;
    }
    return n;
}

/* Into `out`; how many. */
static int32_t plain(struct str text, UChar *out)
{
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *forms = unorm2_getNFKDInstance(&code);
    UChar raw[LETTERS], apart[LETTERS];
    int32_t n = 0, raw_n = 0, apart_n;
    bool blank = false;

    u_strFromUTF8WithSub(raw, LETTERS, &raw_n, text.p, text.n > LETTERS ? LETTERS : (int32_t)text.n,
                         ' ', NULL, &code);
    raw_n = u_strFoldCase(apart, LETTERS, raw, raw_n, U_FOLD_CASE_DEFAULT, &code);
    apart_n = unorm2_normalize(forms, apart, raw_n, raw, LETTERS, &code);
    if (U_FAILURE(code))
        return 0;
    for (int32_t i = 0; i < apart_n;) {
        UChar32 c = char_at(raw, &i, apart_n);

        if (falls(c) || c == '\'' || c == 0x2019)
            continue;
        if (!belongs(c)) {
            blank = n > 0;
            continue;
        }
        if (n + 3 >= LETTERS)
            break;
        if (blank)
            out[n++] = ' ';
        blank = false;
        n = add_char(out, n, c);
    }
    return n;
}

static const struct {
    const char *text;
    enum sms_wish wish;
} words[] = {
#define STOP(text) {text, SMS_STOP},
#define START(text) {text, SMS_START},
#define HELP(text) {text, SMS_HELP},
#define MAYBE(text)
#include "outreach/sms/stop.def"
#undef STOP
#undef START
#undef HELP
#undef MAYBE
};

static const char *const hints[] = {
#define STOP(text)
#define START(text)
#define HELP(text)
#define MAYBE(text) text,
#include "outreach/sms/stop.def"
#undef STOP
#undef START
#undef HELP
#undef MAYBE
};

enum { WORD_LETTERS = 48 };
struct plain_word {
    UChar letters[WORD_LETTERS];
    int32_t n;
};
static struct plain_word plain_words[TM_COUNT(words)], plain_hints[TM_COUNT(hints)];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_one(const char *text, struct plain_word *out)
{
    UChar letters[LETTERS];

    out->n = plain((struct str){text, strlen(text)}, letters);
    assert(out->n > 0 && out->n <= WORD_LETTERS);
    u_memcpy(out->letters, letters, out->n);
}

static void make_words(void)
{
    for (size_t i = 0; i < TM_COUNT(words); i++)
        make_one(words[i].text, &plain_words[i]);
    for (size_t i = 0; i < TM_COUNT(hints); i++)
        make_one(hints[i], &plain_hints[i]);
}

/* Letter by letter, blanks aside: "s t o p" and "optout" are the words, too. */
static bool same_letters(const UChar *a, int32_t a_n, const struct plain_word *word)
{
    int32_t i = 0, k = 0;

    for (;;) {
        while (i < a_n && a[i] == ' ')
            i++;
        while (k < word->n && word->letters[k] == ' ')
            k++;
        if (i == a_n || k == word->n)
            return i == a_n && k == word->n;
        if (a[i++] != word->letters[k++])
            return false;
    }
}

/* What people add without meaning anything else by it. */
static int32_t without_please(UChar *text, int32_t n)
{
    static const char *const polite[] = {"please", "pls",   "thanks",    "thank you",
                                         "now",    "bitte", "por favor", "svp"};
    UChar word[WORD_LETTERS];

    for (size_t i = 0; i < TM_COUNT(polite); i++) {
        int32_t m = (int32_t)strlen(polite[i]);

        u_charsToUChars(polite[i], word, m);
        if (n > m + 1 && text[n - m - 1] == ' ' && u_memcmp(text + n - m, word, m) == 0)
            return n - m - 1;
        if (n > m + 1 && text[m] == ' ' && u_memcmp(text, word, m) == 0) {
            u_memmove(text, text + m + 1, n - m - 1);
            return n - m - 1;
        }
    }
    return n;
}

enum sms_wish sms_word(struct str text)
{
    UChar letters[LETTERS];
    int32_t n;

    pthread_once(&made, make_words);
    n = without_please(letters, plain(text, letters));
    for (size_t i = 0; n > 0 && i < TM_COUNT(words); i++)
        if (same_letters(letters, n, &plain_words[i]))
            return words[i].wish;
    for (size_t i = 0; i < TM_COUNT(hints); i++)
        if (u_strFindFirst(letters, n, plain_hints[i].letters, plain_hints[i].n))
            return SMS_MAYBE;
    return SMS_OTHER;
}

/* ---- whose it is -------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct sms_field *x = a, *y = b;
    size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
    int c = memcmp(x->name.p, y->name.p, n);

    return c ? c : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

/* Twilio, "Validating signatures": the address, then name and value of each field, by name. */
static bool digest_of_fields(const char *token, struct str url, const struct sms_field *fields,
                             size_t n, unsigned char out[20])
{
    struct sms_field *sorted = xcalloc(n + 1, sizeof(*sorted));
    struct buf text = BUF_INIT(1 << 20);
    unsigned size = 20;
    bool done;

    for (size_t i = 0; i < n; i++)
        sorted[i] = fields[i];
    qsort(sorted, n, sizeof(*sorted), by_name);
    buf_adds(&text, url);
    for (size_t i = 0; i < n; i++) {
        buf_adds(&text, sorted[i].name);
        buf_adds(&text, sorted[i].value);
    }
    done = !text.failed && HMAC(EVP_sha1(), token, (int)strlen(token),
                                (const unsigned char *)text.p, text.n, out, &size);
    buf_release(&text);
    free(sorted);
    return done && size == 20;
}

bool sms_verify(const char *token, struct str url, const struct sms_field *fields, size_t n,
                struct str signature)
{
    char expected[32]; /* 28 and a NUL */
    unsigned char mac[20];

    if (!token[0] || !digest_of_fields(token, url, fields, n, mac))
        return false;
    sodium_bin2base64(expected, sizeof(expected), mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
    return signature.n == strlen(expected) &&
           sodium_memcmp(signature.p, expected, signature.n) == 0;
}
