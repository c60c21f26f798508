/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* suggest_values.c - values as they are compared: folded, kept once, and how alike two are. */
#include "identity/suggest_run.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { UNITS_MAX = DISTANCE_TEXT_MAX, RAW_UNITS_MAX = 1024 };

static const double NEARLY_WORD = .92, ALIKE_WORD = .82;

/* Accents and Arabic vowel signs, which people leave out; the marks of other scripts are letters.
 */
static bool dispensable_mark(UChar c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x064B && c <= 0x0652) || c == 0x0640;
}

/* Letters and digits; halves of rare letters (surrogates) pass as they are. */
static bool belongs(UChar c)
{
    return U16_IS_SURROGATE(c) || u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK ||
           u_charType(c) == U_COMBINING_SPACING_MARK;
}

/* Letters and digits without case, accents and width; a run of anything else is one blank within a
 * word field and nothing within a number. */
static size_t fold(enum suggest_kind kind, const UChar *text, int32_t n, uint16_t out[UNITS_MAX])
{
    size_t length = 0;
    bool gap = false;

    for (int32_t i = 0; i < n && length + 2 <= UNITS_MAX; i++) {
        if (dispensable_mark(text[i]))
            continue;
        if (!belongs(text[i])) {
            gap = length > 0 && kind == SUGGEST_WORD;
            continue;
        }
        if (gap)
            out[length++] = ' ';
        gap = false;
        out[length++] =
            (uint16_t)(u_charDigitValue(text[i]) >= 0 ? '0' + u_charDigitValue(text[i]) : text[i]);
    }
    return length;
}

static size_t fold_utf8(enum suggest_kind kind, struct str text, uint16_t out[UNITS_MAX])
{
    UChar raw[RAW_UNITS_MAX], folded[RAW_UNITS_MAX], plain[RAW_UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    int32_t n = 0;

    /* 300 bytes of UTF-8 stay within RAW_UNITS_MAX in each step but for a few ligatures; what is
     * longer than that is no name. */
    if (text.n > 300)
        text.n = 300;
    u_strFromUTF8WithSub(raw, RAW_UNITS_MAX, &n, text.p, (int32_t)text.n, 0xFFFD, NULL, &status);
    n = u_strFoldCase(folded, RAW_UNITS_MAX, raw, n, U_FOLD_CASE_DEFAULT, &status);
    n = unorm2_normalize(nfkd, folded, n, plain, RAW_UNITS_MAX, &status);
    return U_FAILURE(status) ? 0 : fold(kind, plain, n, out);
}

static struct text16 text_of(const struct suggest_values *values, uint32_t value)
{
    const struct suggest_value *v = &values->list[value];

    return (struct text16){values->units + v->offset, v->length};
}

static size_t slot_of(const struct suggest_values *values, const uint16_t *units, size_t n)
{
    size_t bytes = n * sizeof(*units);
    size_t at = (size_t)str_hash((struct str){(const char *)units, bytes});

    for (at &= values->slot_mask; values->slots[at]; at = (at + 1) & values->slot_mask) {
        struct text16 kept = text_of(values, values->slots[at]);

        if (kept.n == n && memcmp(kept.p, units, bytes) == 0)
            break;
    }
    return at;
}

static void grow_slots(struct suggest_values *values)
{
    size_t slots = values->slots ? (values->slot_mask + 1) * 2 : 1024;

    free(values->slots);
    values->slots = xcalloc(slots, sizeof(*values->slots));
    values->slot_mask = slots - 1;
    for (uint32_t i = 1; i < values->count; i++) {
        struct text16 t = text_of(values, i);

        values->slots[slot_of(values, t.p, t.n)] = i;
    }
}

static void make_room(struct suggest_values *values, size_t units)
{
    if (values->count == values->cap) {
        values->cap = values->cap ? values->cap * 2 : 256;
        values->list = xrealloc(values->list, values->cap * sizeof(*values->list));
    }
    if (values->unit_count + units > values->unit_cap) {
        values->unit_cap = values->unit_cap ? values->unit_cap * 2 : 4096;
        values->units = xrealloc(values->units, values->unit_cap * sizeof(*values->units));
    }
    if (values->count == 0)
        values->list[values->count++] = (struct suggest_value){0};
    if (!values->slots || values->count * 2u > values->slot_mask)
        grow_slots(values);
}

enum err_code suggest_values_add(struct suggest_values *values, enum suggest_kind kind,
                                 struct str text, uint32_t *out_value, struct err *err)
{
    uint16_t units[UNITS_MAX];
    size_t n = fold_utf8(kind, text, units), slot;

    *out_value = 0;
    if (n == 0)
        return ERR_OK;
    make_room(values, UNITS_MAX);
    slot = slot_of(values, units, n);
    if (!values->slots[slot]) {
        if (values->unit_count > UINT32_MAX - UNITS_MAX)
            return err_set(err, ERR_TOO_LARGE, "too many different names to compare");
        values->slots[slot] = values->count;
        values->list[values->count++] =
            (struct suggest_value){(uint32_t)values->unit_count, (uint16_t)n, 0};
        memcpy(values->units + values->unit_count, units, n * sizeof(*units));
        values->unit_count += n;
    }
    *out_value = values->slots[slot];
    values->list[*out_value].count++;
    return ERR_OK;
}

void suggest_values_free(struct suggest_values *values)
{
    free(values->list);
    free(values->slots);
    free(values->units);
}

struct text16 suggest_text(const struct suggester *s, const struct suggest_record *r, int field)
{
    return r->values[field] ? text_of(&s->fields[field], r->values[field]) : (struct text16){0};
}

static enum suggest_level compare_words(struct text16 a, struct text16 b)
{
    double alike = distance_jaro_winkler(a, b);

    return alike >= NEARLY_WORD  ? SUGGEST_NEARLY
           : alike >= ALIKE_WORD ? SUGGEST_ALIKE
                                 : SUGGEST_DIFFERENT;
}

static enum suggest_level compare_codes(struct text16 a, struct text16 b)
{
    unsigned edits = distance_edits(a, b);
    size_t shorter = a.n < b.n ? a.n : b.n;

    return edits <= 1 && shorter > 1    ? SUGGEST_NEARLY
           : edits == 2 && shorter >= 6 ? SUGGEST_ALIKE
                                        : SUGGEST_DIFFERENT;
}

/* Day and month in the wrong order: 19850409 and 19850904. */
static bool day_month_swapped(struct text16 a, struct text16 b)
{
    return a.n == 8 && b.n == 8 && memcmp(a.p, b.p, 4 * sizeof(*a.p)) == 0 &&
           memcmp(a.p + 4, b.p + 6, 2 * sizeof(*a.p)) == 0 &&
           memcmp(a.p + 6, b.p + 4, 2 * sizeof(*a.p)) == 0;
}

static enum suggest_level compare_dates(struct text16 a, struct text16 b)
{
    return day_month_swapped(a, b) ? SUGGEST_NEARLY : compare_codes(a, b);
}

static size_t digits_of(struct text16 t, uint16_t out[DISTANCE_TEXT_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] >= '0' && t.p[i] <= '9')
            out[n++] = t.p[i];
    return n;
}

/* What stands before the @: people build it from their name, so that two of one name resemble each
 * other; only a slip of the pen between equal figures tells anything. */
static enum suggest_level compare_handles(struct text16 a, struct text16 b)
{
    uint16_t in_a[DISTANCE_TEXT_MAX], in_b[DISTANCE_TEXT_MAX];
    size_t n = digits_of(a, in_a);

    if (n != digits_of(b, in_b) || memcmp(in_a, in_b, n * sizeof(*in_a)) != 0)
        return SUGGEST_DIFFERENT;
    return distance_edits(a, b) <= 1 && a.n > 4 ? SUGGEST_NEARLY : SUGGEST_DIFFERENT;
}

static enum suggest_level (*const compare_by_kind[])(struct text16, struct text16) = {
    [SUGGEST_WORD] = compare_words,
    [SUGGEST_CODE] = compare_codes,
    [SUGGEST_DATE] = compare_dates,
    [SUGGEST_HANDLE] = compare_handles,
};

/* Written into each other's place: both fit crosswise, and do not as they stand. */
static void compare_swapped(const struct suggester *s, const struct suggest_record *a,
                            const struct suggest_record *b, int field, struct suggest_levels *io)
{
    int other = suggest_field_rules[field].swaps_with;
    struct text16 a1 = suggest_text(s, a, field), a2 = suggest_text(s, a, other);
    struct text16 b1 = suggest_text(s, b, field), b2 = suggest_text(s, b, other);

    if (io->of[field] != SUGGEST_DIFFERENT || io->of[other] != SUGGEST_DIFFERENT)
        return;
    if (distance_jaro_winkler(a1, b2) >= NEARLY_WORD &&
        distance_jaro_winkler(a2, b1) >= NEARLY_WORD)
        io->of[field] = io->of[other] = SUGGEST_NEARLY;
}

void suggest_compare(const struct suggester *s, const struct suggest_record *a,
                     const struct suggest_record *b, struct suggest_levels *out)
{
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++) {
        if (!a->values[f] || !b->values[f])
            out->of[f] = SUGGEST_MISSING;
        else if (a->values[f] == b->values[f])
            out->of[f] = SUGGEST_SAME;
        else
            out->of[f] = (uint8_t)compare_by_kind[suggest_field_rules[f].kind](
                suggest_text(s, a, f), suggest_text(s, b, f));
    }
    for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
        if (suggest_field_rules[f].swaps_with > f)
            compare_swapped(s, a, b, f, out);
}
