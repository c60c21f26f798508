/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/knowing.h"

#include "audience/members.h"
#include "base/json_read.h"

/* One more person in mind than these: the first ones are asked for again. */
enum { PEOPLE_MAX = PERSON_BATCH, CONDITIONS_MAX = 256 };
#define CONDITIONS_US (60 * US_PER_SECOND)

/* A person of whom something was asked. */
struct minded {
    uint64_t person;
    bool wants_facts, has_known;
    uint64_t page; /* under which the figures have the person; 0: they do not */
    struct person_known known;
    struct audience_facts *facts; /* owned; NULL: not fetched */
};

struct condition {
    char *text;                  /* owned */
    struct audience_shelf shelf; /* its segment is the last */
};

struct knowing {
    struct store *store;
    struct knowing_door door;
    struct pseudonyms *pseudonyms;
    char country[3];
    struct minded *people; /* PEOPLE_MAX */
    size_t people_count;
    bool lacks;
    struct condition *conditions; /* CONDITIONS_MAX */
    size_t condition_count;
    int64_t read_us; /* when the shop's segments were */
    struct audience_now now;
};

enum err_code knowing_new(struct store *store, const char *country, const struct knowing_door *door,
                          struct knowing **out, struct err *err)
{
    struct knowing *k = xcalloc(1, sizeof(*k));
    enum err_code rc = pseudonyms_open(store, &k->pseudonyms, err);

    k->store = store;
    k->door = *door;
    snprintf(k->country, sizeof(k->country), "%s", country);
    k->people = xcalloc(PEOPLE_MAX, sizeof(*k->people));
    k->conditions = xcalloc(CONDITIONS_MAX, sizeof(*k->conditions));
    if (rc == ERR_OK)
        *out = k;
    else
        knowing_free(k);
    return rc;
}

static void drop_people(struct knowing *k)
{
    for (size_t i = 0; i < k->people_count; i++)
        audience_facts_free(k->people[i].facts);
    k->people_count = 0;
    k->lacks = false;
}

static void drop_conditions(struct knowing *k)
{
    for (size_t i = 0; i < k->condition_count; i++) {
        audience_shelf_close(&k->conditions[i].shelf);
        free(k->conditions[i].text);
    }
    k->condition_count = 0;
}

void knowing_free(struct knowing *k)
{
    if (!k)
        return;
    drop_people(k);
    drop_conditions(k);
    pseudonyms_close(k->pseudonyms);
    free(k->people);
    free(k->conditions);
    free(k);
}

void knowing_done(struct knowing *k)
{
    drop_people(k);
}

bool knowing_lacks(const struct knowing *k)
{
    return k->lacks;
}

/* ---- within a transaction ----------------------------------------------------------------- */

static struct minded *mind(struct knowing *k, uint64_t person)
{
    for (size_t i = 0; i < k->people_count; i++)
        if (k->people[i].person == person)
            return &k->people[i];
    if (k->people_count == PEOPLE_MAX)
        drop_people(k);
    k->people[k->people_count] = (struct minded){.person = person};
    return &k->people[k->people_count++];
}

void knowing_expect(struct knowing *k, uint64_t person)
{
    (void)mind(k, person);
}

static enum err_code lacking(struct knowing *k, struct err *err)
{
    k->lacks = true;
    return err_set(err, ERR_UNAVAILABLE, "what is known of a person was not fetched yet");
}

static enum err_code add_condition(struct knowing *k, const char *text, struct condition **out,
                                   struct err *err)
{
    const struct audience_draft draft = {.name = "", .text = str_of(text)};

    if (k->condition_count == CONDITIONS_MAX)
        drop_conditions(k);
    *out = &k->conditions[k->condition_count];
    TRY(audience_shelf_open(k->store, NULL, &draft, &(*out)->shelf, err));
    (*out)->text = xstrdup(text);
    k->condition_count++;
    return ERR_OK;
}

/* The shop's own segments, of which a condition may speak, are read again once in a while. */
static enum err_code find_condition(struct knowing *k, const char *text, struct condition **out,
                                    struct err *err)
{
    const int64_t now_us = timestamp_now();

    if (now_us - k->read_us > CONDITIONS_US || now_us < k->read_us) {
        drop_conditions(k);
        k->read_us = now_us;
    }
    for (size_t i = 0; i < k->condition_count; i++)
        if (strcmp(k->conditions[i].text, text) == 0) {
            *out = &k->conditions[i];
            return ERR_OK;
        }
    return add_condition(k, text, out, err);
}

enum err_code knowing_holds(struct knowing *k, uint64_t person, const char *condition, bool *out,
                            struct err *err)
{
    const struct audience_segment *segment;
    struct minded *minded;
    struct condition *c = NULL;

    TRY(find_condition(k, condition, &c, err));
    segment = &c->shelf.set.segments[c->shelf.set.n - 1];
    if (segment->err.code != ERR_OK) {
        *err = segment->err;
        return ERR_INVALID;
    }
    minded = mind(k, person);
    if (!minded->facts) { /* of the others it will be asked, too */
        for (size_t i = 0; i < k->people_count; i++)
            k->people[i].wants_facts = true;
        return lacking(k, err);
    }
    *out = audience_holds(&c->shelf.set, c->shelf.set.n - 1, minded->facts, &k->now);
    return ERR_OK;
}

static struct person_reader reader_of(const struct knowing *k)
{
    return (struct person_reader){.pseudonyms = k->pseudonyms, .country = k->country};
}

/* A browser tells its zone; who is not known yet has no other. */
static enum err_code contact_zone(struct str data, struct outbox_message *io)
{
    struct json_parser *parser;
    struct json_value root;
    struct err why = ERR_INIT;

    if (*io->zone || !data.n)
        return ERR_OK;
    parser = json_parser_new(OUTBOX_DATA_MAX);
    if (json_parse(parser, data, &root, &why) == ERR_OK) {
        struct str zone = json_text(json_get(json_get(root, "contact"), "zone"), STR_NONE);

        if (zone.n < sizeof(io->zone))
            snprintf(io->zone, sizeof(io->zone), "%.*s", (int)zone.n, zone.p);
    }
    json_parser_free(parser);
    return ERR_OK;
}

enum err_code knowing_reach(struct knowing *k, uint64_t person, struct str data,
                            struct outbox_message *io, bool *out_found, struct err *err)
{
    const struct person_reader reader = reader_of(k);
    struct minded *minded = mind(k, person);

    if (!minded->has_known) {
        return lacking(k, err);
    }
    *out_found = person_address(&reader, &minded->known, io);
    if (!*out_found)
        TRY(person_reach_contact(&reader, data, io, out_found, err));
    return *out_found ? contact_zone(data, io) : ERR_OK;
}

/* A zone that is not known is the shop's: nobody waits for it. */
enum err_code knowing_zone(struct knowing *k, uint64_t person, char *out, size_t size,
                           struct err *err)
{
    struct minded *minded = mind(k, person);

    if (!minded->has_known) {
        return lacking(k, err);
    }
    snprintf(out, size, "%s", minded->known.zone);
    return ERR_OK;
}

/* ---- outside ------------------------------------------------------------------------------ */

/* Each has what was fetched, those whom the figures do not know nothing. */
static enum err_code fetch_known(struct knowing *k, struct engine *engine, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *consents = NULL;
    struct person_reader reader = reader_of(k);
    struct person_known *known = xcalloc(PEOPLE_MAX, sizeof(*known));
    uint64_t *pages = xcalloc(PEOPLE_MAX, sizeof(*pages));
    enum err_code rc = consents_open_kept(k->store, &consents, err);

    reader.engine = engine;
    reader.consents = consents;
    for (size_t i = 0; i < k->people_count; i++)
        pages[i] = k->people[i].page;
    if (rc == ERR_OK)
        rc = person_look_up(&reader, pages, k->people_count, known, err);
    for (size_t i = 0; rc == ERR_OK && i < k->people_count; i++) {
        k->people[i].known = known[i];
        k->people[i].has_known = true;
    }
    free(known);
    free(pages);
    return rc;
}

static enum err_code fetch_facts(struct minded *m, struct engine *engine, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code rc = ERR_NOT_FOUND;

    if (m->page)
        rc = audience_load(engine, m->page, &m->facts, &why);
    if (rc == ERR_NOT_FOUND)
        m->facts = audience_facts_new(); /* of whom nothing is known */
    else if (rc != ERR_OK)
        *err = why;
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static enum err_code fetch_all_facts(struct knowing *k, struct engine *engine, struct err *err)
{
    TRY(audience_prepare(engine, err));
    TRY(audience_now_read(engine, &k->now, err));
    for (size_t i = 0; i < k->people_count; i++)
        if (k->people[i].wants_facts && !k->people[i].facts)
            TRY(fetch_facts(&k->people[i], engine, err));
    return ERR_OK;
}

enum err_code knowing_fetch(struct knowing *k, struct err *err)
{
    bool facts = false, known = false;
    struct engine *engine = NULL;
    enum err_code rc;

    k->lacks = false;
    for (size_t i = 0; i < k->people_count; i++) {
        struct minded *m = &k->people[i];

        m->page = k->door.page(k->door.ctx, m->person);
        known |= m->page != 0;
        facts |= m->wants_facts && !m->facts;
    }
    if (!known && !facts) /* people who have just come wait for no engine */
        return fetch_known(k, NULL, err);
    TRY(k->door.enter(k->door.ctx, &engine, err));
    rc = fetch_known(k, engine, err);
    if (rc == ERR_OK && facts)
        rc = fetch_all_facts(k, engine, err);
    k->door.leave(k->door.ctx, engine);
    return rc;
}

/* ---- everybody of a segment --------------------------------------------------------------- */

struct asking {
    struct person_reader reader;
    struct person_known *known; /* PERSON_BATCH */
    acting_person_fn *each;
    void *each_ctx;
};

static enum err_code tell_people(void *ctx, const uint64_t *people, size_t n, struct err *err)
{
    struct asking *a = ctx;

    for (size_t at = 0; at < n; at += PERSON_BATCH) {
        const size_t some = n - at < PERSON_BATCH ? n - at : PERSON_BATCH;

        TRY(person_look_up(&a->reader, &people[at], some, a->known, err));
        for (size_t i = 0; i < some; i++)
            a->each(a->each_ctx, people[at + i], a->known[i].zone, a->known[i].country);
    }
    return ERR_OK;
}

static enum err_code ask_everybody(struct knowing *k, struct engine *engine, const char *condition,
                                   struct asking *asking, struct err *err)
{
    const struct audience_draft draft = {.name = "", .text = str_of(condition)};
    struct audience_shelf shelf = {0};
    struct audience_now now;
    int64_t left;
    enum err_code rc;

    TRY(audience_prepare(engine, err));
    TRY(audience_now_read(engine, &now, err));
    TRY(audience_shelf_open(k->store, &now, &draft, &shelf, err));
    rc = audience_list(engine, &shelf.set, &now, shelf.set.n - 1, AUDIENCE_ALL, tell_people, asking,
                       &left, err);
    audience_shelf_close(&shelf);
    return rc;
}

enum err_code knowing_everybody(struct knowing *k, const char *condition, acting_person_fn *each,
                                void *each_ctx, struct err *err)
{
    struct asking asking = {.reader = reader_of(k), .each = each, .each_ctx = each_ctx};
    struct engine *engine = NULL;
    struct err why = ERR_INIT;
    enum err_code rc;

    TRY(k->door.enter(k->door.ctx, &engine, err));
    asking.reader.engine = engine;
    asking.known = xcalloc(PERSON_BATCH, sizeof(*asking.known));
    rc = ask_everybody(k, engine, condition, &asking, &why);
    free(asking.known);
    k->door.leave(k->door.ctx, engine);
    if (rc == ERR_OK || rc == ERR_NOT_FOUND) /* no records yet: nobody */
        return ERR_OK;
    *err = why;
    return rc;
}
