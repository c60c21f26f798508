/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/acting/knowing.h"

#include "audience/members.h"
#include "base/json_read.h"
#include "base/json_write.h"

/* One more person in mind than these: the first ones are asked for again. */
enum { PEOPLE_MAX = PERSON_BATCH, CONDITIONS_MAX = 256, RECENT_MAX = 2000 };
#define CONDITIONS_US (60 * US_PER_SECOND)

/* A person of whom something was asked. */
struct minded {
    uint64_t person;
    bool wants_facts, has_known;
    uint64_t page; /* under which the figures have the person; 0: they do not */
    struct person_known known;
    struct audience_facts *facts; /* owned; NULL: not fetched */
    int64_t *recent;              /* owned: messages that the figures do not have */
    size_t recent_count, recent_room;
    struct recent_contact contact; /* as these tell it */
};

struct condition {
    char *text;                  /* owned */
    struct audience_shelf shelf; /* its segment is the last */
};

struct knowing {
    struct store *store;
    struct knowing_door door;
    struct pseudonyms *pseudonyms;
    struct minded *people; /* PEOPLE_MAX */
    size_t people_count;
    bool lacks;
    struct condition *conditions; /* CONDITIONS_MAX */
    size_t condition_count;
    int64_t read_us; /* when the shop's segments were */
    struct settings settings;
    struct audience_recent *recent; /* owned */
    struct audience_terms *terms;   /* owned; NULL before the first facts */
    struct audience_now now;        /* of the figures, as the next */
    struct audience_now present;
};

enum err_code knowing_new(struct store *store, struct journal *journal,
                          const struct settings *settings, const struct knowing_door *door,
                          struct knowing **out, struct err *err)
{
    struct knowing *k = xcalloc(1, sizeof(*k));
    enum err_code rc = pseudonyms_open(store, &k->pseudonyms, err);

    k->store = store;
    k->door = *door;
    k->settings = *settings;
    if (rc == ERR_OK)
        rc = audience_recent_open(journal, door->source, door->ctx, &k->recent, err);
    if (rc == ERR_OK)
        rc = audience_recent_set(k->recent, settings, settings->currency, NULL, err);
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
    for (size_t i = 0; i < k->people_count; i++) {
        audience_facts_free(k->people[i].facts);
        free(k->people[i].recent);
    }
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
    audience_recent_close(k->recent);
    audience_terms_free(k->terms);
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
    *out = audience_holds(&c->shelf.set, c->shelf.set.n - 1, minded->facts,
                          minded->recent_count ? &k->present : &k->now);
    return ERR_OK;
}

static struct person_reader reader_of(const struct knowing *k)
{
    return (struct person_reader){.pseudonyms = k->pseudonyms, .country = k->settings.country};
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

/* Where live messages tell that a person is reached, as that which somebody comes by tells it. */
static enum err_code reach_recent(const struct person_reader *reader, const struct minded *minded,
                                  struct outbox_message *io, bool *out_found, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(OUTBOX_DATA_MAX);
    const struct recent_contact *c = &minded->contact;
    struct json_writer w = JSON_WRITER(&text);

    if (!*c->email && !*c->phone)
        return ERR_OK;
    json_begin_object(&w);
    json_key(&w, "contact");
    json_begin_object(&w);
    json_key_stringz(&w, "email", c->email);
    json_key_stringz(&w, "phone", c->phone);
    json_key_stringz(&w, "language", c->language);
    json_key_stringz(&w, "country", c->country);
    json_end_object(&w);
    json_end_object(&w);
    return person_reach_contact(reader, buf_str(&text), io, out_found, err);
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
    if (!*out_found)
        TRY(reach_recent(&reader, minded, io, out_found, err));
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

static enum err_code load_facts(struct minded *m, struct engine *engine, struct err *err)
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

static enum err_code fetch_facts(struct knowing *k, struct minded *m, struct engine *engine,
                                 struct err *err)
{
    enum err_code rc = load_facts(m, engine, err);

    if (rc == ERR_OK)
        rc = audience_recent_apply(k->recent, m->facts, m->recent, m->recent_count, NULL,
                                   &m->contact, err);
    if (rc != ERR_OK) { /* half of them is no answer */
        audience_facts_free(m->facts);
        m->facts = NULL;
    }
    return rc;
}

static enum err_code fetch_all_facts(struct knowing *k, struct engine *engine, struct err *err)
{
    TRY(audience_prepare(engine, err));
    TRY(audience_now_read(engine, &k->now, err));
    TRY(audience_terms_read(engine, &k->terms, err));
    TRY(audience_recent_set(k->recent, &k->settings, k->now.currency, k->terms, err));
    k->present = k->now;
    audience_recent_now(k->recent, &k->present);
    for (size_t i = 0; i < k->people_count; i++)
        if (k->people[i].wants_facts && !k->people[i].facts)
            TRY(fetch_facts(k, &k->people[i], engine, err));
    return ERR_OK;
}

/* Of whom the figures have no address. */
static enum err_code fetch_contacts(struct knowing *k, struct err *err)
{
    for (size_t i = 0; i < k->people_count; i++) {
        struct minded *m = &k->people[i];
        struct audience_facts *unused;
        enum err_code rc;

        if (m->facts || !m->recent_count || *m->known.email)
            continue;
        unused = audience_facts_new();
        rc = audience_recent_apply(k->recent, unused, m->recent, m->recent_count, NULL, &m->contact,
                                   err);
        audience_facts_free(unused);
        TRY(rc);
    }
    return ERR_OK;
}

/* ---- messages that the figures do not have ------------------------------------------------ */

static void note_recent(void *ctx, int64_t seq, uint64_t person)
{
    struct knowing *k = ctx;
    struct minded *m = NULL;

    for (size_t i = 0; i < k->people_count && !m; i++)
        if (k->people[i].person == person)
            m = &k->people[i];
    if (!m || m->recent_count == RECENT_MAX)
        return;
    if (m->recent_count == m->recent_room) {
        m->recent_room = m->recent_room ? 2 * m->recent_room : 8;
        m->recent = xrealloc(m->recent, m->recent_room * sizeof(*m->recent));
    }
    m->recent[m->recent_count++] = seq;
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Read with the figures that they are beside. */
static void find_recent(struct knowing *k)
{
    for (size_t i = 0; i < k->people_count; i++)
        k->people[i].recent_count = 0;
    k->door.recent(k->door.ctx, note_recent, k);
    for (size_t i = 0; i < k->people_count; i++)
        if (k->people[i].recent_count)
            qsort(k->people[i].recent, k->people[i].recent_count, sizeof(int64_t), by_number);
}

static enum err_code fetch_with(struct knowing *k, struct engine *engine, bool facts,
                                struct err *err)
{
    find_recent(k);
    TRY(fetch_known(k, engine, err));
    if (facts)
        TRY(fetch_all_facts(k, engine, err));
    return fetch_contacts(k, err);
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
        return fetch_with(k, NULL, false, err);
    TRY(k->door.enter(k->door.ctx, &engine, err));
    rc = fetch_with(k, engine, facts, err);
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
