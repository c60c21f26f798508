/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/whose.h"

#include "base/log.h"
#include "intake/live/glance.h"
#include "web/live.h"
#include "web/request.h"

struct whose {
    struct live_people *people; /* owned */
    struct store *store;        /* owned: a connection of its own, for the worker */
    struct live *live;
    bool filled;             /* from the figures as they are; the worker's */
    atomic_llong in_figures; /* the last message that they hold */
};

static bool find_source(void *ctx, int64_t id, struct source_entry *out)
{
    struct whose *whose = ctx;

    return live_source(whose->live, id, out);
}

enum err_code whose_open(struct web *web, struct whose **out, struct err *err)
{
    const size_t share = WHOSE_BYTES / web->site->shop_count;
    struct whose *whose = xcalloc(1, sizeof(*whose));
    const struct live_people_ctx ctx = {.journal = live_journal(web->live),
                                        .source = find_source,
                                        .ctx = whose,
                                        .bytes_max =
                                            share > WHOSE_BYTES_LEAST ? share : WHOSE_BYTES_LEAST};
    enum err_code rc = store_again(web->store, &whose->store, err);

    whose->live = web->live;
    if (rc == ERR_OK)
        rc = live_people_new(&ctx, &whose->people, err);
    if (rc == ERR_OK)
        *out = whose;
    else
        whose_close(whose);
    return rc;
}

void whose_close(struct whose *whose)
{
    if (!whose)
        return;
    live_people_free(whose->people);
    store_close(whose->store);
    free(whose);
}

struct live_people *whose_people(struct whose *whose)
{
    return whose->people;
}

void whose_figures(struct whose *whose, int64_t seq)
{
    whose->in_figures = seq;
    whose->filled = false;
}

void whose_fill(struct whose *whose, struct engine *engine, int64_t seq)
{
    struct settings settings;
    struct err err = ERR_INIT;
    enum err_code rc;

    if (whose->filled)
        return;
    rc = settings_of(whose->store, &settings, &err);
    if (rc == ERR_OK)
        rc = live_people_fill(whose->people, engine, whose->store, &settings, seq, &err);
    whose->filled = rc == ERR_OK;
    if (rc != ERR_OK)
        log_line(LOG_ERROR, "web", "whose live messages are is not known: %s", err.msg);
}

void whose_forget(struct whose *whose)
{
    live_people_forget(whose->people);
    whose->filled = false;
}

/* ---- telling ------------------------------------------------------------------------------ */

/* As all numbers of people: too large for a number of JSON. */
static void show_number(struct json_writer *w, const char *key, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, number);
    json_key_stringz(w, key, text);
}

void whose_show_state(struct whose *whose, struct json_writer *w)
{
    struct live_people_state state;

    live_people_state(whose->people, &state);
    json_key(w, "people");
    json_begin_object(w);
    json_key_stringz(w, "state", live_people_ready_names[state.ready]);
    json_key_int(w, "identifiers", (int64_t)state.identifiers);
    json_key_int(w, "bytes", (int64_t)state.bytes);
    json_key_int(w, "filled_in_ms", state.filling_us / 1000);
    json_key_int(w, "waiting", state.behind);
    json_end_object(w);
}

void whose_show(const struct live_whose *told, bool people, struct json_writer *w)
{
    static const char *const states[] = {"unknown", "soon", "nobody", "visitor", "person"};

    json_key(w, "whose");
    json_begin_object(w);
    json_key_stringz(w, "state", states[told->state]);
    if (told->state == WHOSE_PERSON) {
        json_key_bool(w, "new", told->created);
        json_key_int(w, "joined", (int64_t)told->joined_count);
    }
    if (people && told->state == WHOSE_PERSON) {
        show_number(w, "id", told->person);
        if (told->page)
            show_number(w, "page", told->page);
        if (told->label[0])
            json_key_stringz(w, "label", told->label);
    }
    json_end_object(w);
}

struct showing {
    struct whose *whose;
    struct settings settings;
    struct json_parser *parser;
    struct json_writer *w;
};

static enum err_code show_event(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct showing *s = ctx;
    struct glance about;

    (void)err;
    if (entry->damaged)
        return ERR_OK;
    glance_at(s->parser, entry->body, s->settings.currency, &about);
    json_begin_object(s->w);
    json_key_time(s->w, "at", entry->received_us);
    json_key_int(s->w, "source", entry->source);
    glance_json(&about, s->w);
    json_end_object(s->w);
    return ERR_OK;
}

static enum err_code show_events(struct whose *whose, const int64_t *seqs, size_t n,
                                 struct json_writer *w, struct err *err)
{
    struct showing s = {.whose = whose, .w = w};
    struct journal_follower *follower;
    enum err_code rc = ERR_OK;

    TRY(settings_of(whose->store, &s.settings, err));
    TRY(journal_follow(live_journal(whose->live), &follower, err));
    s.parser = json_parser_new(JOURNAL_BODY_MAX);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = journal_follow_each(follower, seqs[i] - 1, 1, show_event, &s, err);
    json_parser_free(s.parser);
    journal_unfollow(follower);
    return rc;
}

enum err_code whose_waiting(struct whose *whose, uint64_t person, struct json_writer *w,
                            struct err *err)
{
    struct live_people_state state;
    int64_t seqs[WHOSE_WAITING], all = 0;
    enum err_code rc;
    size_t n;

    live_people_state(whose->people, &state);
    n = live_people_waiting(whose->people, person, whose->in_figures, seqs, WHOSE_WAITING, &all);
    json_key_stringz(w, "state", live_people_ready_names[state.ready]);
    json_key_int(w, "n", all);
    json_key(w, "events");
    json_begin_array(w);
    rc = n ? show_events(whose, seqs, n, w, err) : ERR_OK;
    json_end_array(w);
    return rc;
}
