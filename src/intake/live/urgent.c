/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/urgent.h"

#include "intake/consents_parts.h"
#include "intake/live/duties.h"

enum { AT_ONCE = 2000 };

struct noting {
    struct store *store;
    struct journal *journal;
    struct consents *ledger; /* owned; open, and in a transaction, from the first message on */
    struct live_run run;
    struct arena arena;
    struct source_entry *sources; /* owned */
    size_t source_count;
    const struct live_message *message;
    char source[32];
    bool of_messages; /* what became of messages is looked at; else what is told of consent */
    int64_t last, n;
};

/* What import/consent_messages looks for. */
static bool is_last_word(struct str name)
{
    return str_eqz(name, "unsubscribed") || str_eqz(name, "complained") || str_eqz(name, "bounced");
}

static enum err_code note(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct noting *n = ctx;
    struct consent_told told = {.line = n->message->seq, .source = str_of(n->source)};
    bool added = false;

    if (kind == RECORD_CONSENT && !n->of_messages) {
        const struct consent_record *r = record;

        told.at_us = r->changed_at;
        told.profile = r->profile_key;
        told.email = r->email;
        told.phone = r->phone;
        told.customer = r->customer_id;
        told.channel = r->channel;
        told.state = r->state;
        told.method = r->method;
        told.proof = r->proof;
        told.wording = r->wording;
        told.page = r->page;
        told.ip = r->ip;
        told.agent = r->agent;
    } else if (kind == RECORD_MESSAGE && n->of_messages) {
        const struct message_record *r = record;

        if (!is_last_word(r->name))
            return ERR_OK;
        told.at_us = r->occurred_at;
        told.profile = r->profile_key;
        told.email = r->email;
        told.phone = r->phone;
        told.customer = r->customer_id;
        told.channel = r->channel;
        told.state = told.method = r->name;
        told.proof = r->message_key;
        told.of_message = true;
    } else {
        return ERR_OK;
    }
    return consent_take_told(n->ledger, &told, &added, err);
}

static enum err_code open_ledger(struct noting *n, struct err *err)
{
    if (n->ledger)
        return ERR_OK;
    n->sources = xcalloc(STORE_SOURCES_MAX, sizeof(*n->sources));
    TRY(store_sources_list(n->store, 0, n->sources, STORE_SOURCES_MAX, &n->source_count, err));
    TRY(consents_open(n->store, &n->ledger, err));
    return consents_begin_first(n->ledger, err);
}

/* What is wrong with a message is told by the drain, which comes by it. */
static bool is_of_ledger(enum err_code rc)
{
    return rc == ERR_STORE || rc == ERR_BUSY || rc == ERR_NO_SPACE || rc == ERR_MEMORY;
}

static enum err_code take(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct noting *n = ctx;
    struct live_message message = {
        .seq = entry->seq, .received_us = entry->received_us, .id = entry->id, .body = entry->body};
    enum err_code rc;

    TRY(open_ledger(n, err));
    n->last = entry->seq;
    n->n++;
    message.source = source_of_list(n->sources, n->source_count, entry->source);
    if (!message.source || entry->damaged)
        return ERR_OK;
    live_source_name(message.source, n->source);
    TRY(duty_note(n->store, message.source, entry, n->run.country, n->run.parser, err));
    n->message = &message;
    /* As the drain takes them: the word itself before what it did to a message, which is no fact of
     * its own then. */
    n->of_messages = false;
    arena_reset(&n->arena);
    rc = live_records(&n->run, &message, err);
    n->of_messages = true;
    arena_reset(&n->arena);
    if (rc == ERR_OK)
        rc = live_records(&n->run, &message, err);
    if (rc == ERR_OK || is_of_ledger(rc))
        return rc;
    *err = ERR_INIT;
    return ERR_OK;
}

static enum err_code note_some(struct noting *n, struct err *err)
{
    enum err_code rc;

    n->n = 0;
    rc = journal_urgent(n->journal, n->last, AT_ONCE, take, n, err);
    if (n->ledger)
        rc = consents_end(n->ledger, rc, err);
    consents_close(n->ledger);
    free(n->sources);
    n->ledger = NULL;
    n->sources = NULL;
    return rc;
}

enum err_code urgent_note(struct store *store, struct journal *journal,
                          const struct settings *settings, int64_t *io_seq, int64_t *out_n,
                          struct err *err)
{
    struct noting n = {
        .store = store, .journal = journal, .arena = ARENA_INIT(16 << 20), .last = *io_seq};
    enum err_code rc = ERR_OK;

    *out_n = 0;
    n.run = (struct live_run){.sink = {note, &n},
                              .parser = json_parser_new(JOURNAL_BODY_MAX),
                              .arena = &n.arena,
                              .currency = settings->currency,
                              .country = settings->country};
    rc = duties_catch_up(store, journal, settings->country, err);
    while (rc == ERR_OK) {
        rc = note_some(&n, err);
        if (rc != ERR_OK)
            break;
        *out_n += n.n;
        *io_seq = n.last;
        journal_urgent_seen(journal, n.last);
        if (n.n < AT_ONCE)
            break;
    }
    if (rc != ERR_OK)
        err_context(err, "noting what is urgent of what came live");
    json_parser_free(n.run.parser);
    arena_release(&n.arena);
    return rc;
}
