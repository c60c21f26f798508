/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/outbox.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/timestamp.h"
#include "store/outbox_file.h"

#include <unistd.h>

enum { VERSION = 10 };

static const char *const schema =
    "CREATE TABLE IF NOT EXISTS message ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " campaign BIGINT NOT NULL,"
    " step BIGINT NOT NULL,"
    " occurrence BIGINT NOT NULL,"
    " person BIGINT NOT NULL,"
    " who BLOB NOT NULL,"
    " channel TEXT NOT NULL,"
    " purpose TEXT NOT NULL,"
    " transactional INTEGER NOT NULL,"
    " address TEXT NOT NULL,"
    " zone TEXT NOT NULL,"
    " country TEXT NOT NULL,"
    " language TEXT NOT NULL,"
    " content BLOB NOT NULL,"
    " variant INTEGER NOT NULL,"
    " planned_us BIGINT NOT NULL,"
    " next_us BIGINT NOT NULL,"
    " not_after_us BIGINT NOT NULL,"
    " state INTEGER NOT NULL,"
    " reason INTEGER NOT NULL,"
    " claim BIGINT NOT NULL DEFAULT 0,"
    " lease_us BIGINT NOT NULL DEFAULT 0,"
    " tries INTEGER NOT NULL DEFAULT 0,"
    " contact_us BIGINT NOT NULL DEFAULT 0,"
    " settled_us BIGINT NOT NULL DEFAULT 0,"
    " consent_entry BIGINT NOT NULL DEFAULT 0,"
    " data TEXT NOT NULL,"
    " provider_id TEXT NOT NULL DEFAULT '',"
    " answer TEXT NOT NULL DEFAULT '');"
    "CREATE UNIQUE INDEX IF NOT EXISTS message_once_who"
    " ON message (campaign, step, occurrence, who);"
    "CREATE UNIQUE INDEX IF NOT EXISTS message_once_person"
    " ON message (campaign, step, occurrence, person);"
    "DROP INDEX IF EXISTS message_due;" /* without the channel, until version 7 */
    "CREATE INDEX IF NOT EXISTS message_queue ON message (campaign, channel, next_us, id)"
    " WHERE state = 0;"
    "CREATE INDEX IF NOT EXISTS message_held ON message (lease_us) WHERE state IN (1, 2);"
    "CREATE INDEX IF NOT EXISTS message_person ON message (person, contact_us)"
    " WHERE contact_us > 0;"
    "CREATE INDEX IF NOT EXISTS message_who ON message (who, contact_us);"
    "CREATE INDEX IF NOT EXISTS message_unsent ON message (campaign, person, occurrence)"
    " WHERE state IN (0, 1);"
    "CREATE TABLE IF NOT EXISTS tally (campaign BIGINT NOT NULL, state INTEGER NOT NULL,"
    " reason INTEGER NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (campaign, state, reason))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS campaign (id BIGINT PRIMARY KEY, state INTEGER NOT NULL,"
    " why TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS switch (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " stopped INTEGER NOT NULL, home BLOB NOT NULL);"
    "PRAGMA user_version=10;";

static const char *const statement_texts[OUTBOX_STATEMENTS] = {
    [OUTBOX_CAMPAIGN_GET] = "SELECT state FROM campaign WHERE id = $1",
    /* One queue after the other by their index, not message by message: (campaign, channel) > (a,
     * b) would read all of campaign a. */
    [OUTBOX_QUEUES_DUE] =
        "WITH RECURSIVE queue (campaign, channel) AS ("
        " SELECT campaign, channel FROM (SELECT campaign, channel FROM message WHERE state = 0"
        "  ORDER BY campaign, channel LIMIT 1)"
        " UNION ALL SELECT next.campaign, next.channel FROM queue q JOIN message next ON next.id ="
        "  coalesce((SELECT id FROM message WHERE state = 0 AND campaign = q.campaign"
        "    AND channel > q.channel ORDER BY channel LIMIT 1),"
        "   (SELECT id FROM message WHERE state = 0 AND campaign > q.campaign"
        "    ORDER BY campaign, channel LIMIT 1)))"
        " SELECT q.campaign, q.channel FROM queue q"
        " WHERE NOT EXISTS (SELECT 1 FROM campaign c WHERE c.id = q.campaign AND c.state = 1)"
        " AND EXISTS (SELECT 1 FROM message WHERE state = 0 AND campaign = q.campaign"
        "  AND channel = q.channel AND next_us <= $1)"
        " ORDER BY q.campaign <= $2, q.campaign LIMIT $3",
    [OUTBOX_SWITCH_GET] = "SELECT stopped, home FROM switch",
};

static const char *const state_names[OUTBOX_STATES] = {
    [OUTBOX_PLANNED] = "planned",         [OUTBOX_CLAIMED] = "claimed",
    [OUTBOX_HANDED_OVER] = "handed over", [OUTBOX_ACCEPTED] = "accepted",
    [OUTBOX_FAILED] = "failed",           [OUTBOX_UNCERTAIN] = "uncertain",
    [OUTBOX_SKIPPED] = "skipped",
};

const char *outbox_state_name(enum outbox_state state)
{
    return state_names[state];
}

static const struct {
    const char *word, *text;
} reasons[GATE_REASONS] = {
#define REASON(name, word, text) [GATE_##name] = {word, text},
#include "store/outbox_reasons.def"
#undef REASON
};

const char *gate_reason_word(enum gate_reason reason)
{
    return reasons[reason].word;
}

const char *gate_reason_text(enum gate_reason reason)
{
    return *reasons[reason].text ? _(reasons[reason].text) : "";
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Nothing leaves until somebody allows it. */
static enum err_code first_switch(struct outbox *o, struct err *err)
{
    return store_exec(&o->file,
                      "INSERT INTO switch (one, stopped, home) VALUES (1, 0, x'')"
                      " ON CONFLICT DO NOTHING",
                      err);
}

static enum err_code make_tables(struct outbox *o, const char *path, struct err *err)
{
    int64_t version;
    enum err_code rc;

    TRY(store_version(&o->file, path, VERSION, &version, err));
    if (version == VERSION)
        return ERR_OK;
    TRY(store_exec(&o->file, "BEGIN IMMEDIATE", err));
    rc = store_exec(&o->file, schema, err);
    if (rc == ERR_OK)
        rc = store_exec(&o->file, outbox_run_schema, err);
    if (rc == ERR_OK)
        rc = store_exec(&o->file, outbox_response_schema, err);
    if (rc == ERR_OK)
        rc = store_exec(&o->file, outbox_member_schema, err);
    if (rc == ERR_OK)
        rc = store_exec(&o->file, outbox_piece_schema, err);
    if (rc == ERR_OK)
        rc = store_exec(&o->file, outbox_sent_schema, err);
    if (rc == ERR_OK)
        rc = store_exec(&o->file, outbox_put_off_schema, err);
    if (rc == ERR_OK)
        rc = first_switch(o, err);
    return store_end(&o->file, rc, err);
}

static enum err_code connect(struct outbox *o, const char *path, struct err *err)
{
    TRY(store_connect(&o->file, path, 0, err));
    TRY(store_exec(&o->file, "PRAGMA cache_size=-65536", err));
    /* A copy of the whole machine is told by its messages' times being over (gate). */
    TRY(home_of(path, o->home, err));
    return make_tables(o, path, err);
}

enum err_code outbox_open(struct store *store, struct outbox **out, struct err *err)
{
    TM_CLEANUP(outbox_closep) struct outbox *o = xcalloc(1, sizeof(*o));
    char path[1200];

    o->file.lock = -1;
    TRY(store_path(store, "outbox.db", path, sizeof(path), err));
    TRY(connect(o, path, err));
    *out = o;
    o = NULL;
    return ERR_OK;
}

enum err_code outbox_open_kept(struct store *store, struct outbox **out, struct err *err)
{
    char path[1200];

    *out = NULL;
    TRY(store_path(store, "outbox.db", path, sizeof(path), err));
    return access(path, F_OK) == 0 ? outbox_open(store, out, err) : ERR_OK;
}

void outbox_close(struct outbox *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < OUTBOX_STATEMENTS; i++)
        sqlite3_finalize(o->statements[i].handle);
    sqlite3_close(o->file.db);
    free(o);
}

void outbox_closep(struct outbox **o)
{
    outbox_close(*o);
    *o = NULL;
}

enum err_code outbox_statement(struct outbox *o, enum outbox_statement which, struct stmt **out,
                               struct err *err)
{
    const char *text = statement_texts[which]             ? statement_texts[which]
                       : outbox_message_statements[which] ? outbox_message_statements[which]
                       : outbox_run_statements[which]     ? outbox_run_statements[which]
                                                          : outbox_member_statements[which];

    *out = &o->statements[which];
    return stmt_kept(&o->file, text, *out, err);
}

enum err_code outbox_begin(struct outbox *o, struct err *err)
{
    return store_exec(&o->file, "BEGIN IMMEDIATE", err);
}

enum err_code outbox_end(struct outbox *o, enum err_code rc, struct err *err)
{
    return store_end(&o->file, rc, err);
}

enum err_code outbox_settle(struct outbox *o, struct err *err)
{
    return store_truncate_log(&o->file, err);
}

/* ---- campaigns and the shop's word -------------------------------------------------------- */

enum err_code outbox_campaign_set(struct outbox *o, int64_t campaign, enum campaign_state state,
                                  const char *why, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "INSERT INTO campaign (id, state, why) VALUES ($1, $2, $3) ON CONFLICT (id)"
                  " DO UPDATE SET state = excluded.state, why = excluded.why",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, state);
    stmt_textz(&s, 3, why);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code outbox_campaign(struct outbox *o, int64_t campaign, enum campaign_state *out,
                              struct err *err)
{
    struct stmt *s;
    int64_t state;

    TRY(outbox_statement(o, OUTBOX_CAMPAIGN_GET, &s, err));
    stmt_int(s, 1, campaign);
    state = stmt_next(s) ? stmt_col_int(s, 0) : CAMPAIGN_RUNNING;
    /* A word that cannot be read must not let anything out. */
    *out = state >= 0 && state < CAMPAIGN_STATES ? (enum campaign_state)state : CAMPAIGN_PAUSED;
    return stmt_done(s, err);
}

enum err_code outbox_queues_due(struct outbox *o, int64_t now_us, int64_t after,
                                struct outbox_queue *out, size_t cap, size_t *out_n,
                                struct err *err)
{
    struct stmt *s;

    *out_n = 0;
    TRY(outbox_statement(o, OUTBOX_QUEUES_DUE, &s, err));
    stmt_int(s, 1, now_us);
    stmt_int(s, 2, after);
    stmt_int(s, 3, (int64_t)cap);
    while (*out_n < cap && stmt_next(s)) {
        struct outbox_queue *queue = &out[(*out_n)++];

        queue->campaign = stmt_col_int(s, 0);
        stmt_col_copy(s, 1, queue->channel, sizeof(queue->channel));
    }
    return stmt_done(s, err);
}

enum err_code outbox_switch(struct outbox *o, struct outbox_switch *out, struct err *err)
{
    struct stmt *s;

    *out = (struct outbox_switch){.stopped = true, .disarmed = true};
    TRY(outbox_statement(o, OUTBOX_SWITCH_GET, &s, err));
    if (stmt_next(s)) {
        struct str home = stmt_col_bytes(s, 1);

        out->stopped = stmt_col_int(s, 0) != 0;
        out->disarmed = home.n != sizeof(o->home) || memcmp(home.p, o->home, sizeof(o->home)) != 0;
    }
    return stmt_done(s, err);
}

enum err_code outbox_stop(struct outbox *o, bool stopped, struct err *err)
{
    return store_exec(
        &o->file, stopped ? "UPDATE switch SET stopped = 1" : "UPDATE switch SET stopped = 0", err);
}

enum err_code outbox_arm(struct outbox *o, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "UPDATE switch SET home = $1", &s, err));
    stmt_bytes(&s, 1, (struct str){(const char *)o->home, sizeof(o->home)});
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}
