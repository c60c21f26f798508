/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "simulate/people.h"

static const char *const first_names[] = {
    "Ada",   "Amal", "Anan", "Bela",  "Carmen", "Chai",  "Dana",   "Dario",  "Elif",  "Emil",
    "Farah", "Finn", "Gaia", "Hana",  "Ines",   "Ivo",   "Jana",   "Jonas",  "Kanya", "Karim",
    "Lena",  "Liam", "Mali", "Mara",  "Nadia",  "Niko",  "Olga",   "Omar",   "Paula", "Pim",
    "Rania", "Rosa", "Sami", "Sofia", "Tarik",  "Tessa", "Ursula", "Viktor", "Yara",  "Zoe",
};
static const char *const last_names[] = {
    "Adler",   "Aziz",    "Berger", "Bianchi", "Chan",   "Costa", "Daher",  "Dubois",
    "Eriksen", "Fischer", "Garcia", "Haddad",  "Hansen", "Ito",   "Jansen", "Kaya",
    "Khoury",  "Kim",     "Larsen", "Lopez",   "Malek",  "Meyer", "Moreau", "Nasser",
    "Novak",   "O'Brien", "Okafor", "Petrov",  "Quist",  "Rossi", "Saad",   "Schulz",
    "Silva",   "Suk",     "Tan",    "Torres",  "Ueda",   "Vogel", "Wong",   "Zanetti",
};

uint64_t person_hash(const struct world *w, uint32_t person, uint64_t what)
{
    return rng_mix(w->seed ^ what * UINT64_C(0x9E3779B97F4A7C15), person);
}

bool person_is(const struct world *w, uint32_t person, uint64_t what, double share)
{
    return (double)(person_hash(w, person, what) >> 11) * 0x1p-53 < share;
}

static void lower(char *s)
{
    char *to = s;

    for (; *s; s++)
        if (*s != '\'')
            *to++ = (char)tolower((unsigned char)*s);
    *to = '\0';
}

void person_email(const struct world *w, uint32_t person, char out[80])
{
    static const char *const hosts[] = {"example.com", "example.net", "example.org"};
    uint64_t h = person_hash(w, person, 1);
    char name[48];

    snprintf(name, sizeof(name), "%s.%s", first_names[h % TM_COUNT(first_names)],
             last_names[(h >> 16) % TM_COUNT(last_names)]);
    lower(name);
    snprintf(out, 80, "%s%u@%s", name, person + 1, hosts[(h >> 32) % TM_COUNT(hosts)]);
}

void person_contact(const struct world *w, uint32_t person, struct contact *out)
{
    static const char *const streets[] = {"Harbour Road",  "Mill Lane",   "Station Street",
                                          "Garden Walk",   "Palm Avenue", "River View",
                                          "Market Square", "North Parade"};
    uint64_t h = person_hash(w, person, 1), g = person_hash(w, person, 2);

    out->first = first_names[h % TM_COUNT(first_names)];
    out->last = last_names[(h >> 16) % TM_COUNT(last_names)];
    out->city = w->country->cities[g % 4];
    person_email(w, person, out->email);
    snprintf(out->phone, sizeof(out->phone), "+%s%09u", w->country->dial,
             500000000U + person % 400000000U);
    snprintf(out->street, sizeof(out->street), "%u %s", (unsigned)(g >> 8) % 180 + 1,
             streets[(g >> 40) % TM_COUNT(streets)]);
    snprintf(out->zip, sizeof(out->zip), "%05u", (unsigned)(g >> 20) % 90000 + 10000);
}

int64_t person_customer_id(uint32_t person)
{
    return INT64_C(7210400000000) + (int64_t)person * 37 + 11;
}

void person_profile_id(uint32_t person, char out[16])
{
    snprintf(out, 16, "K%07u", person + 1);
}

void device_id(uint64_t hash, int64_t first_seen_s, char out[32])
{
    snprintf(out, 32, "%u.%" PRId64, (unsigned)(hash >> 32), first_seen_s);
}

void add_int(struct buf *b, int64_t v)
{
    char text[24];
    char *p = text + sizeof(text);
    uint64_t rest = v < 0 ? (uint64_t)-v : (uint64_t)v;

    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        *--p = '-';
    buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

void add_padded(struct buf *b, int64_t v, int digits)
{
    char text[24];

    for (int i = digits - 1; i >= 0; i--, v /= 10)
        text[i] = (char)('0' + v % 10);
    buf_add(b, text, (size_t)digits);
}

static void add_civil(struct buf *b, const struct civil *c, char between)
{
    add_padded(b, c->year, 4);
    buf_addc(b, '-');
    add_padded(b, c->month, 2);
    buf_addc(b, '-');
    add_padded(b, c->day, 2);
    buf_addc(b, between);
    add_padded(b, c->hour, 2);
    buf_addc(b, ':');
    add_padded(b, c->minute, 2);
    buf_addc(b, ':');
    add_padded(b, c->second, 2);
}

void add_utc(struct buf *b, int64_t at_us)
{
    struct civil c = civil_from_utc(at_us);

    add_civil(b, &c, 'T');
    buf_addc(b, 'Z');
}

void add_local(const struct world *w, struct buf *b, int day, int second, bool with_zone)
{
    struct civil c = civil_from_utc((w->first_day + day) * US_PER_DAY + second * US_PER_SECOND);
    int64_t minutes = w->offset_s[day] / 60;

    add_civil(b, &c, ' ');
    if (!with_zone)
        return;
    buf_addz(b, minutes < 0 ? " -" : " +");
    minutes = minutes < 0 ? -minutes : minutes;
    add_padded(b, minutes / 60, 2);
    add_padded(b, minutes % 60, 2);
}

void add_day(const struct world *w, struct buf *b, int day)
{
    timestamp_add_date(b, (w->first_day + day) * US_PER_DAY);
}

/* As money_add_plain(), for the many amounts of a simulation. */
void add_money(const struct world *w, struct buf *b, int64_t minor)
{
    int64_t unit = w->decimals == 3 ? 1000 : w->decimals == 2 ? 100 : 1;

    if (minor < 0) {
        buf_addc(b, '-');
        minor = -minor;
    }
    add_int(b, minor / unit);
    if (w->decimals > 0) {
        buf_addc(b, '.');
        add_padded(b, minor % unit, w->decimals);
    }
}
