/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/results/sent.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "intake/erased.h"
#include "intake/live/drain.h"
#include "outreach/results/plans.h"
#include "store/sent.h"

enum { BLOCKS_AT_ONCE = 256 };

struct bringing {
    const struct sent_ctx *ctx;
    struct outbox *outbox;
    struct plans *plans;
    struct erased *erased; /* NULL: nobody was ever erased */
    int64_t since_us;      /* what is older is kept no longer */
    char mark[PLANS_MARK];
    struct import_entry *entries; /* owned; of all blocks */
    size_t entry_count;
    struct holdings holdings;
    struct import_entry *entry; /* of the block that is read */
};

/* ---- one message -------------------------------------------------------------------------- */

/* The records of one message begin as this one. */
struct telling {
    struct bringing *b;
    struct message_record record;
};

static enum err_code put(struct telling *t, const char *name, int64_t at_us, bool machine,
                         struct err *err)
{
    struct bringing *b = t->b;
    union record_any emptied;

    if (at_us == TIME_NONE || at_us < b->since_us)
        return ERR_OK;
    t->record.name = str_of(name);
    t->record.occurred_at = at_us;
    t->record.is_machine = machine;
    if (b->erased && erased_look(b->erased, RECORD_MESSAGE, STR_LIT(SENT_SOURCE), &t->record,
                                 TIME_NONE, &emptied) != ERASED_NOBODY)
        return ERR_OK;
    TRY(b->ctx->target.put(b->ctx->target.ctx, RECORD_MESSAGE, &t->record, err));
    b->entry->records[RECORD_MESSAGE]++;
    if (at_us > b->entry->newest_us)
        b->entry->newest_us = at_us;
    return ERR_OK;
}

/* Responses as figures know them; what is not listed is none of theirs. */
static const char *const names[RESPONSE_KINDS] = {
    [RESPONSE_HARD] = "bounced",         [RESPONSE_SOFT] = "bounced",
    [RESPONSE_COMPLAINT] = "complained", [RESPONSE_WITHDRAWN] = "unsubscribed",
    [RESPONSE_OPEN] = "opened",          [RESPONSE_CLICK] = "clicked",
};

/* What a channel took and did not come back was delivered, as far as anybody can know. */
static enum err_code put_all(struct telling *t, const struct sent_message *m, struct err *err)
{
    bool came_back =
        m->first_us[RESPONSE_HARD] != TIME_NONE || m->first_us[RESPONSE_SOFT] != TIME_NONE;

    TRY(put(t, "sent", m->sent_us, false, err));
    if (!came_back)
        TRY(put(t, "delivered", m->accepted_us, false, err));
    for (int kind = 0; kind < RESPONSE_KINDS; kind++) {
        if (!names[kind])
            continue;
        TRY(put(t, names[kind], m->first_us[kind], false, err));
        TRY(put(t, names[kind], m->machine_us[kind], true, err));
    }
    return ERR_OK;
}

static enum err_code take(void *ctx, const struct sent_message *m, struct err *err)
{
    struct bringing *b = ctx;
    const struct plan *plan = plans_find(b->plans, m->campaign);
    const struct plan_step *step = plan ? plan_step_find(plan, m->step, m->variant) : NULL;
    struct telling t = {.b = b, .record = RECORD_INIT(message, MESSAGE_COLUMNS)};
    struct message_record *r = &t.record;
    char key[32], number[32];

    snprintf(key, sizeof(key), "%" PRId64, m->id);
    snprintf(number, sizeof(number), "#%" PRId64, m->campaign);
    r->line = m->id % SENT_BLOCK;
    r->message_key = str_of(key);
    r->channel = str_of(m->channel);
    *(plan && plan->is_flow ? &r->flow_key : &r->campaign_key) = str_of(plan ? plan->name : number);
    if (plan) {
        r->flow_kind = str_of(plan->flow_kind);
        r->audience = str_of(plan->audience);
    }
    if (step) {
        r->step_key = str_of(step->name);
        r->is_personal = step->personal;
    }
    *(strcmp(m->channel, "email") == 0 ? &r->email : &r->phone) = str_of(m->address);
    b->entry->rows++;
    return put_all(&t, m, err);
}

/* ---- one block ---------------------------------------------------------------------------- */

static struct import_entry *entry_of(struct bringing *b, int64_t block)
{
    for (size_t i = 0; i < b->entry_count; i++)
        if (b->entries[i].member == block)
            return &b->entries[i];
    b->entries = xrealloc(b->entries, (b->entry_count + 1) * sizeof(*b->entries));
    b->entries[b->entry_count] = (struct import_entry){.member = block, .status = IMPORT_FAILED};
    return &b->entries[b->entry_count++];
}

/* How far the block was, and by which texts it was told. */
static void write_digest(const struct bringing *b, const struct sent_block *block, char out[65])
{
    snprintf(out, 65, "sent %" PRId64 " %s", block->turn, b->mark);
}

static bool is_whole(const struct bringing *b, const struct import_entry *entry, const char *digest)
{
    const struct holding has = holdings_of(&b->holdings, entry->id);

    return entry->status == IMPORT_DONE && strcmp(entry->digest, digest) == 0 &&
           has.records[RECORD_MESSAGE] == entry->records[RECORD_MESSAGE];
}

/* Until it is done, the store says that it is not. */
static enum err_code begin_entry(struct bringing *b, struct import_entry *entry, struct err *err)
{
    const uint32_t id = entry->id;
    const int64_t block = entry->member;

    *entry = (struct import_entry){.id = id,
                                   .member = block,
                                   .newest_us = TIME_NONE,
                                   .started_us = timestamp_now(),
                                   .status = IMPORT_FAILED};
    snprintf(entry->name, sizeof(entry->name), "sent %" PRId64, block);
    snprintf(entry->format, sizeof(entry->format), "%s", STORE_FORMAT_SENT);
    snprintf(entry->source, sizeof(entry->source), "%s", SENT_SOURCE);
    if (!id)
        return store_import_begin(b->ctx->store, entry, err);
    return store_import_update(b->ctx->store, entry, err);
}

static enum err_code fill(struct bringing *b, struct import_entry *entry, struct err *err)
{
    const struct target *target = &b->ctx->target;
    int64_t n;

    TRY(target_drop_moved(b->ctx->engine, entry->id, NULL, NULL, err));
    TRY(target->drop(target->ctx, entry->id, err));
    TRY(target->begin(target->ctx, entry->id, SENT_SOURCE, 0, err));
    b->entry = entry;
    TRY(sent_each(b->outbox, entry->member, take, b, err));
    TRY(target->finish(target->ctx, err));
    n = entry->records[RECORD_MESSAGE];
    if (n)
        TRY(target->move(target->ctx, entry->id, RECORD_MESSAGE, 0, n, err));
    return target->drop(target->ctx, entry->id, err);
}

static enum err_code bring(struct bringing *b, const struct sent_block *block,
                           struct sent_summary *io, struct err *err)
{
    struct import_entry *entry = entry_of(b, block->block);
    char digest[sizeof(entry->digest)];
    struct err unheard = ERR_INIT;
    enum err_code rc;

    write_digest(b, block, digest);
    if (is_whole(b, entry, digest))
        return ERR_OK;
    TRY(begin_entry(b, entry, err));
    rc = fill(b, entry, err);
    if (rc != ERR_OK) {
        if (b->ctx->target.drop(b->ctx->target.ctx, entry->id, &unheard) != ERR_OK)
            log_line(LOG_ERROR, "outreach", "staged records stay: %s", unheard.msg);
        return rc;
    }
    memcpy(entry->digest, digest, sizeof(digest));
    entry->stored = entry->rows;
    entry->status = IMPORT_DONE;
    entry->ended_us = timestamp_now();
    io->blocks++;
    io->records += entry->records[RECORD_MESSAGE];
    return store_import_update(b->ctx->store, entry, err);
}

/* ---- all ---------------------------------------------------------------------------------- */

static enum err_code keep_entry(void *ctx, const struct import_entry *entry, struct err *err)
{
    struct bringing *b = ctx;

    (void)err;
    if (strcmp(entry->format, STORE_FORMAT_SENT) == 0)
        *entry_of(b, entry->member) = *entry;
    return ERR_OK;
}

typedef enum err_code look_at_block(struct bringing *b, const struct sent_block *block, void *ctx,
                                    struct err *err);

static enum err_code each_block(struct bringing *b, look_at_block *look, void *ctx, struct err *err)
{
    struct sent_block blocks[BLOCKS_AT_ONCE];
    int64_t after = -1;
    size_t n = BLOCKS_AT_ONCE;

    while (n == BLOCKS_AT_ONCE) {
        TRY(sent_blocks(b->outbox, after, blocks, BLOCKS_AT_ONCE, &n, err));
        for (size_t i = 0; i < n; i++) {
            TRY(look(b, &blocks[i], ctx, err));
            after = blocks[i].block;
        }
    }
    return ERR_OK;
}

static enum err_code bring_one(struct bringing *b, const struct sent_block *block, void *ctx,
                               struct err *err)
{
    if (b->ctx->cancel && *b->ctx->cancel)
        return err_set(err, ERR_CANCELLED, "it was cancelled");
    return bring(b, block, ctx, err);
}

/* *out_any false: nothing was ever sent. */
static enum err_code open_sent(struct bringing *b, struct store *store, bool *out_any,
                               struct err *err)
{
    struct sent_block any;
    size_t n = 0;

    TRY(outbox_open_kept(store, &b->outbox, err));
    if (b->outbox)
        TRY(sent_blocks(b->outbox, -1, &any, 1, &n, err));
    *out_any = n > 0;
    return ERR_OK;
}

static enum err_code read_known(struct bringing *b, struct store *store, struct err *err)
{
    TRY(plans_read(store, &b->plans, err));
    plans_mark(b->plans, b->mark);
    return store_import_each(store, -1, keep_entry, b, err);
}

static void release(struct bringing *b)
{
    outbox_close(b->outbox);
    plans_free(b->plans);
    erased_free(b->erased);
    holdings_release(&b->holdings);
    free(b->entries);
}

static enum err_code take_in(struct bringing *b, struct sent_summary *out, struct err *err)
{
    const struct sent_ctx *ctx = b->ctx;
    const int keep = ctx->settings->keep_messages;

    b->since_us = keep ? timestamp_now() - keep * US_PER_DAY : TIME_NONE;
    TRY(read_known(b, ctx->store, err));
    TRY(holdings_read(ctx->engine, &b->holdings, err));
    TRY(erased_load(ctx->store, &b->erased, err));
    return each_block(b, bring_one, out, err);
}

enum err_code sent_take_in(const struct sent_ctx *ctx, struct sent_summary *out, struct err *err)
{
    struct bringing b = {.ctx = ctx};
    bool any = false;
    enum err_code rc = open_sent(&b, ctx->store, &any, err);

    *out = (struct sent_summary){0};
    if (rc == ERR_OK && any)
        rc = take_in(&b, out, err);
    if (rc != ERR_OK)
        err_context(err, "putting what was sent among the records");
    release(&b);
    return rc;
}

struct waiting {
    int64_t blocks, all;
};

static enum err_code look_whether_it_waits(struct bringing *b, const struct sent_block *block,
                                           void *ctx, struct err *err)
{
    const struct import_entry *entry = entry_of(b, block->block);
    struct waiting *waiting = ctx;
    char digest[sizeof(entry->digest)];

    (void)err;
    write_digest(b, block, digest);
    waiting->all++;
    waiting->blocks += entry->status != IMPORT_DONE || strcmp(entry->digest, digest) != 0;
    return ERR_OK;
}

enum err_code sent_waiting(struct store *store, int64_t *out_blocks, int64_t *out_all,
                           struct err *err)
{
    struct bringing b = {0};
    struct waiting waiting = {0};
    bool any = false;
    enum err_code rc = open_sent(&b, store, &any, err);

    if (rc == ERR_OK && any)
        rc = read_known(&b, store, err);
    if (rc == ERR_OK && any)
        rc = each_block(&b, look_whether_it_waits, &waiting, err);
    release(&b);
    *out_blocks = waiting.blocks;
    *out_all = waiting.all;
    return rc;
}
