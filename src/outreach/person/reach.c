/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/person/person.h"

#include "base/json_read.h"
#include "outreach/person/tables.h"
#include "shop/country.h"
#include "shop/identifier.h"

/* ---- words of sources --------------------------------------------------------------------- */

/* Countries of one look-up: to ask for each person what zones there are takes longer than all
 * else that is done for one. */
struct zones_seen {
    struct {
        char country[3], zone[ZONE_NAME_MAX];
    } list[32];
    size_t n;
};

/* A country of one zone tells it; of several, none is guessed. */
static void zone_of_country(struct zones_seen *seen, const char *country, char *out, size_t size)
{
    char names[ZONES_OF_COUNTRY_MAX][ZONE_NAME_MAX];
    size_t i = 0;

    while (i < seen->n && strcmp(seen->list[i].country, country) != 0)
        i++;
    if (i == seen->n) {
        if (seen->n == TM_COUNT(seen->list))
            i = seen->n = 0;
        memcpy(seen->list[i].country, country, sizeof(seen->list[i].country));
        snprintf(seen->list[i].zone, sizeof(seen->list[i].zone), "%s",
                 zones_of_country(country, names, ZONES_OF_COUNTRY_MAX) == 1 ? names[0] : "");
        seen->n++;
    }
    snprintf(out, size, "%s", seen->list[i].zone);
}

static void set_text(char *out, size_t size, struct str s)
{
    snprintf(out, size, "%.*s", s.n < size ? (int)s.n : 0, s.p);
}

/* By the source's word, else by the phone number. */
static void set_country(struct person_known *known, const char *shops, struct str said,
                        struct zones_seen *seen)
{
    struct identifier phone;

    (void)country_code(said, known->country);
    identifier_phone(str_of(known->phone), shops, &phone);
    if (!*known->country)
        identifier_phone_country(&phone, known->country);
    zone_of_country(seen, known->country, known->zone, sizeof(known->zone));
}

/* ---- asking ------------------------------------------------------------------------------- */

static void take(struct person_known *out, const char *shops, struct result *res,
                 struct zones_seen *seen)
{
    if (out->found && out->person >= result_uint(res, 1))
        return;
    *out = (struct person_known){.found = true, .person = result_uint(res, 1)};
    set_text(out->email, sizeof(out->email), result_text(res, 2));
    set_text(out->phone, sizeof(out->phone), result_text(res, 3));
    set_text(out->first_name, sizeof(out->first_name), result_text(res, 4));
    set_text(out->last_name, sizeof(out->last_name), result_text(res, 5));
    set_country(out, shops, result_text(res, 6), seen);
    set_text(out->city, sizeof(out->city), result_text(res, 7));
    set_text(out->language, sizeof(out->language), result_text(res, 8));
    out->orders = (int64_t)result_uint(res, 9);
    out->spent = result_int(res, 10);
    set_text(out->zip, sizeof(out->zip), result_text(res, 11));
}

/* An address that was erased is nobody's, and who has no other was erased. */
static enum err_code forget_erased(const struct person_reader *r, struct person_known *io,
                                   struct err *err)
{
    const struct {
        const char *channel;
        char *address;
    } addresses[] = {{"email", io->email}, {"sms", io->phone}};
    size_t erased = 0, left = 0;

    for (size_t i = 0; r->consents && io->found && i < TM_COUNT(addresses); i++) {
        enum suppression_reason reason = SUPPRESSED_NOT;
        struct pseudonym who;

        if (suppression_address(r->pseudonyms, addresses[i].channel, str_of(addresses[i].address),
                                r->country, &who))
            TRY(suppression_check_known(r->consents, addresses[i].channel, &who, &reason, err));
        if (reason == SUPPRESSED_ERASED)
            addresses[i].address[0] = '\0';
        erased += reason == SUPPRESSED_ERASED;
        left += addresses[i].address[0] != '\0';
    }
    if (erased && !left)
        *io = (struct person_known){.found = false};
    return ERR_OK;
}

/* People by their numbers, so that many are found without walking over all of them for each. */
struct asked {
    uint64_t person;
    size_t at;
};

static int by_person(const void *a, const void *b)
{
    const struct asked *x = a, *y = b;

    return (x->person > y->person) - (x->person < y->person);
}

static struct asked *in_order(const uint64_t *people, size_t n)
{
    struct asked *list = xcalloc(n, sizeof(*list));

    for (size_t i = 0; i < n; i++)
        list[i] = (struct asked){people[i], i};
    qsort(list, n, sizeof(*list), by_person);
    return list;
}

static size_t first_of(const struct asked *list, size_t n, uint64_t person)
{
    size_t low = 0;

    while (low < n) {
        size_t middle = low + (n - low) / 2;

        if (list[middle].person < person)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

static enum err_code take_all(const uint64_t *people, size_t n, const char *shops,
                              struct result *res, struct person_known *out, struct err *err)
{
    struct asked *list = in_order(people, n);
    struct zones_seen seen = {.n = 0};

    while (result_next(res)) {
        uint64_t person = result_uint(res, 0);

        for (size_t i = first_of(list, n, person); i < n && list[i].person == person; i++)
            take(&out[list[i].at], shops, res, &seen);
    }
    free(list);
    return result_status(res, err);
}

enum err_code person_look_up(const struct person_reader *r, const uint64_t *people, size_t n,
                             struct person_known *out, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    enum err_code rc;

    memset(out, 0, n * sizeof(*out));
    if (!r->engine || !n)
        return ERR_OK;
    TRY(person_prepare(r->engine, err));
    TRY(query_numbers(r->engine, "outreach/reach", "people", people, n, &res, err));
    rc = take_all(people, n, r->country, res, out, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        rc = forget_erased(r, &out[i], err);
    return rc;
}

/* ---- addresses ---------------------------------------------------------------------------- */

static const char *address_of(const struct person_known *known, const char *channel)
{
    static const struct {
        const char *channel;
        size_t at;
    } kinds[] = {
        {"email", offsetof(struct person_known, email)},
        {"sms", offsetof(struct person_known, phone)},
        {"whatsapp", offsetof(struct person_known, phone)},
    };

    for (size_t i = 0; i < TM_COUNT(kinds); i++)
        if (strcmp(channel, kinds[i].channel) == 0)
            return (const char *)known + kinds[i].at;
    return "";
}

/* The address as it is compared: what is no address reaches nobody. */
bool person_address(const struct person_reader *r, const struct person_known *known,
                    struct outbox_message *io)
{
    const char *address = address_of(known, io->channel);
    struct identifier normal;
    struct pseudonym who;

    if (strcmp(io->channel, "email") == 0)
        identifier_email(str_of(address), &normal);
    else
        identifier_phone(str_of(address), r->country, &normal);
    if (!known->found || !normal.n ||
        !suppression_address(r->pseudonyms, io->channel, identifier_str(&normal), r->country, &who))
        return false;
    io->who = who;
    snprintf(io->address, sizeof(io->address), "%s", normal.text);
    memcpy(io->zone, known->zone, sizeof(io->zone));
    memcpy(io->country, known->country, sizeof(io->country));
    memcpy(io->language, known->language, sizeof(io->language));
    return true;
}

enum err_code person_reach(const struct person_reader *r, struct outbox_message *io,
                           bool *out_found, size_t n, struct err *err)
{
    struct person_known *known = xcalloc(n + 1, sizeof(*known));
    uint64_t *people = xcalloc(n + 1, sizeof(*people));
    enum err_code rc;

    for (size_t i = 0; i < n; i++)
        people[i] = io[i].person;
    rc = person_look_up(r, people, n, known, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        out_found[i] = person_address(r, &known[i], &io[i]);
    free(people);
    free(known);
    return rc;
}

static struct str contact_text(struct json_value contact, const char *key)
{
    return json_text(json_get(contact, key), STR_NONE);
}

enum err_code person_reach_contact(const struct person_reader *r, struct str data,
                                   struct outbox_message *io, bool *out_found, struct err *err)
{
    struct person_known known = {.found = true, .person = io->person};
    struct json_parser *parser = json_parser_new(OUTBOX_DATA_MAX);
    struct json_value root, contact;
    struct zones_seen seen = {.n = 0};
    enum err_code rc = ERR_OK;

    *out_found = false;
    if (data.n)
        rc = json_parse(parser, data, &root, err);
    if (rc == ERR_OK && data.n) {
        contact = json_get(root, "contact");
        set_text(known.email, sizeof(known.email), contact_text(contact, "email"));
        set_text(known.phone, sizeof(known.phone), contact_text(contact, "phone"));
        set_text(known.language, sizeof(known.language), contact_text(contact, "language"));
        set_country(&known, r->country, contact_text(contact, "country"), &seen);
        rc = forget_erased(r, &known, err);
    }
    if (rc == ERR_OK && data.n)
        *out_found = person_address(r, &known, io);
    json_parser_free(parser);
    return rc;
}

enum err_code person_zone(const struct person_reader *r, uint64_t person, char *out, size_t size,
                          struct err *err)
{
    struct person_known known;

    TRY(person_look_up(r, &person, 1, &known, err));
    snprintf(out, size, "%s", known.zone);
    return ERR_OK;
}
