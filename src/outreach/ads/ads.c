/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/ads/ads.h"

#include "base/digest.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

enum { TEXT = 512, COLUMNS = 8 };

enum field { EMAIL, EMAIL_PLAIN, PHONE, FIRST_NAME, LAST_NAME, COUNTRY, ZIP, CITY };
enum { HASHED = 1, WITHOUT_PLUS = 2, WITH_OTHERS = 4 };

struct column {
    const char *title;
    enum field field;
    unsigned how;
};

static const struct place {
    const char *word, *name;
    int least;
    struct column columns[COLUMNS];
} places[ADS_PLACES] = {
    [ADS_META] = {"meta",
                  "Meta",
                  100,
                  {{"email", EMAIL, HASHED},
                   {"phone", PHONE, HASHED | WITHOUT_PLUS},
                   {"fn", FIRST_NAME, HASHED},
                   {"ln", LAST_NAME, HASHED},
                   {"zip", ZIP, HASHED},
                   {"country", COUNTRY, HASHED},
                   {"ct", CITY, HASHED}}},
    /* Whoever writes to Gmail may leave out its dots and what follows a plus: both ways are told.
     * A postal address counts only whole. */
    [ADS_GOOGLE] = {"google",
                    "Google Ads",
                    100,
                    {{"Email", EMAIL, HASHED},
                     {"Email", EMAIL_PLAIN, HASHED},
                     {"Phone", PHONE, HASHED},
                     {"First Name", FIRST_NAME, HASHED | WITH_OTHERS},
                     {"Last Name", LAST_NAME, HASHED | WITH_OTHERS},
                     {"Country", COUNTRY, WITH_OTHERS},
                     {"Zip", ZIP, WITH_OTHERS}}},
    [ADS_TIKTOK] = {"tiktok",
                    "TikTok",
                    1000,
                    {{"Email_SHA256", EMAIL, HASHED},
                     {"Phone_SHA256", PHONE, HASHED | WITHOUT_PLUS}}},
    [ADS_X] = {"x", "X", 100, {{"email", EMAIL, HASHED}}},
};

const char *ads_place_word(enum ads_place place)
{
    return places[place].word;
}

const char *ads_place_name(enum ads_place place)
{
    return places[place].name;
}

int ads_least(enum ads_place place)
{
    return places[place].least;
}

bool ads_place_of(struct str word, enum ads_place *out)
{
    for (size_t i = 0; i < ADS_PLACES; i++)
        if (str_ieqz(word, places[i].word)) {
            *out = (enum ads_place)i;
            return true;
        }
    return false;
}

/* ---- one way of writing ------------------------------------------------------------------- */

static bool is_hash(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isdigit((unsigned char)s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
            return false;
    return s.n == DIGEST_HEX - 1;
}

/* Small letters without blanks; of names and places, without what is no letter or digit either. */
static void plain(struct str text, bool no_signs, char *out)
{
    UErrorCode code = U_ZERO_ERROR;
    UChar wide[TEXT], small[TEXT];
    int32_t n = 0, kept = 0;

    out[0] = '\0';
    u_strFromUTF8WithSub(wide, TEXT, &n, text.p, text.n > TEXT ? TEXT : (int32_t)text.n, 0xfffd,
                         NULL, &code);
    n = u_strToLower(small, TEXT, wide, n, "", &code);
    if (U_FAILURE(code))
        return;
    for (int32_t i = 0; i < n; i++) {
        bool letter = u_isalnum(small[i]) || U16_IS_SURROGATE(small[i]) ||
                      u_charType(small[i]) == U_NON_SPACING_MARK ||
                      u_charType(small[i]) == U_COMBINING_SPACING_MARK;

        if (!u_isUWhiteSpace(small[i]) && (letter || !no_signs))
            small[kept++] = small[i];
    }
    u_strToUTF8(out, TEXT * 4, NULL, small, kept, &code);
    if (U_FAILURE(code))
        out[0] = '\0';
}

/* Of a mailbox at Gmail the name that it has with or without dots; else nothing. */
static void plain_gmail(char *io)
{
    char *at = strchr(io, '@');
    size_t n = 0;

    if (!at || (strcmp(at, "@gmail.com") != 0 && strcmp(at, "@googlemail.com") != 0)) {
        io[0] = '\0';
        return;
    }
    for (const char *p = io; p < at && *p != '+'; p++)
        if (*p != '.')
            io[n++] = *p;
    memmove(io + n, at, strlen(at) + 1);
}

static struct str source(const struct ads_person *p, enum field field)
{
    const struct str all[] = {[EMAIL] = p->email,
                              [EMAIL_PLAIN] = p->email,
                              [PHONE] = p->phone,
                              [FIRST_NAME] = p->first_name,
                              [LAST_NAME] = p->last_name,
                              [COUNTRY] = p->country,
                              [ZIP] = p->zip,
                              [CITY] = p->city};

    return all[field];
}

static bool letters_only(const struct column *c)
{
    return c->field == FIRST_NAME || c->field == LAST_NAME || c->field == CITY ||
           (c->field == ZIP && (c->how & HASHED));
}

static void in_order(const struct ads_person *p, const struct column *column, char *out)
{
    struct str text = source(p, column->field);

    plain(text, letters_only(column), out);
    if (column->field == EMAIL_PLAIN)
        plain_gmail(out);
    if (column->field == PHONE && (column->how & WITHOUT_PLUS) && out[0] == '+')
        memmove(out, out + 1, strlen(out));
    if (column->field == COUNTRY && !(column->how & HASHED))
        for (char *c = out; *c; c++)
            *c = (char)toupper((unsigned char)*c);
    if (column->field == ZIP && str_ieqz(p->country, "US") && strlen(out) > 5)
        out[5] = '\0';
}

/* "" where the person does not have it. */
static void value(const struct ads_person *p, const struct column *column, char *out)
{
    bool whole = p->first_name.n && p->last_name.n && p->country.n && p->zip.n;
    struct str text = source(p, column->field);

    out[0] = '\0';
    if ((column->how & WITH_OTHERS) && !whole)
        return;
    if (is_hash(text)) {
        if (column->field != EMAIL_PLAIN)
            snprintf(out, TEXT, "%.*s", (int)text.n, text.p);
        return;
    }
    in_order(p, column, out);
    if (*out && (column->how & HASHED)) {
        char hash[DIGEST_HEX];

        digest_of(str_of(out), hash);
        snprintf(out, TEXT, "%s", hash);
    }
}

/* ---- lines -------------------------------------------------------------------------------- */

void ads_head(enum ads_place place, struct buf *out)
{
    for (const struct column *c = places[place].columns; c->title; c++)
        buf_addf(out, "%s%s", c == places[place].columns ? "" : ",", c->title);
    buf_addz(out, "\r\n");
}

bool ads_line(enum ads_place place, const struct ads_person *person, struct buf *out)
{
    const struct column *columns = places[place].columns;
    char values[COLUMNS][TEXT * 4];
    bool known = false;

    for (size_t i = 0; columns[i].title; i++) {
        value(person, &columns[i], values[i]);
        known = known || (values[i][0] && (columns[i].field == EMAIL || columns[i].field == PHONE ||
                                           (columns[i].how & WITH_OTHERS)));
    }
    for (size_t i = 0; known && columns[i].title; i++) {
        if (i)
            buf_addc(out, ',');
        buf_add_csv(out, str_of(values[i]));
    }
    if (known)
        buf_addz(out, "\r\n");
    return known;
}

void ads_whole(enum ads_place place, struct str line, struct buf *out)
{
    size_t missing = 0;

    while (places[place].columns[missing].title)
        missing++;
    while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    missing--;
    for (size_t i = 0; i < line.n && missing; i++)
        missing -= line.p[i] == ',';
    buf_adds(out, line);
    for (; missing; missing--)
        buf_addc(out, ',');
    buf_addz(out, "\r\n");
}
