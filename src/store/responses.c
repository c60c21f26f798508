/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/responses.h"

#include "base/i18n.h"
#include "base/timestamp.h"
#include "store/outbox_file.h"

#include <sodium.h>

enum { FORGOTTEN_AT_ONCE = 1000 };

const char *const outbox_response_schema =
    "CREATE TABLE IF NOT EXISTS response ("
    " id INTEGER PRIMARY KEY,"
    " message BIGINT NOT NULL,"
    " kind INTEGER NOT NULL,"
    " at_us BIGINT NOT NULL,"
    " machine INTEGER NOT NULL,"
    " target TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS response_message ON response (message, kind);"
    "CREATE TABLE IF NOT EXISTS response_day (day INTEGER NOT NULL, campaign BIGINT NOT NULL,"
    " kind INTEGER NOT NULL, machine INTEGER NOT NULL, n BIGINT NOT NULL,"
    " PRIMARY KEY (day, campaign, kind, machine)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS heard (id BLOB PRIMARY KEY, at_us BIGINT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS heard_until (id BLOB PRIMARY KEY, until_us BIGINT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS heard_until_us ON heard_until (until_us);"
    "CREATE TABLE IF NOT EXISTS mailbox (name BLOB PRIMARY KEY, validity BIGINT NOT NULL,"
    " uid BIGINT NOT NULL) WITHOUT ROWID;";

static const char *const names[RESPONSE_KINDS] = {
    [RESPONSE_SENT] = "sent",           [RESPONSE_HARD] = "hard",
    [RESPONSE_SOFT] = "soft",           [RESPONSE_COMPLAINT] = "complaint",
    [RESPONSE_WITHDRAWN] = "withdrawn", [RESPONSE_OPEN] = "open",
    [RESPONSE_CLICK] = "click",         [RESPONSE_DELIVERED] = "delivered",
};

const char *response_kind_name(enum response_kind kind)
{
    return names[kind];
}

/* ---- noting ------------------------------------------------------------------------------- */

static enum err_code count_day(struct outbox *o, int64_t day, int64_t campaign, int64_t kind,
                               bool machine, int64_t n, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RESPONSE_DAY, &s, err));
    stmt_int(s, 1, day);
    stmt_int(s, 2, campaign);
    stmt_int(s, 3, kind);
    stmt_int(s, 4, machine);
    stmt_int(s, 5, n);
    return stmt_run(s, NULL, err);
}

static enum err_code add_row(struct outbox *o, const struct response *r, int64_t *out_added,
                             struct err *err)
{
    struct str target = r->target.p ? r->target : STR_LIT("");
    struct stmt s;

    if (target.n > RESPONSE_TARGET_MAX)
        target.n = RESPONSE_TARGET_MAX;
    TRY(stmt_open(&o->file,
                  "INSERT INTO response (message, kind, at_us, machine, target)"
                  " SELECT $1, $2, $3, $4, $5"
                  " WHERE (SELECT count(*) FROM response WHERE message = $1) < $6"
                  " AND ($2 IN ($7, $8) OR NOT EXISTS (SELECT 1 FROM response WHERE message = $1"
                  " AND kind = $2))",
                  &s, err));
    stmt_int(&s, 1, r->message);
    stmt_int(&s, 2, r->kind);
    stmt_int(&s, 3, r->at_us);
    stmt_int(&s, 4, r->machine);
    stmt_text(&s, 5, target);
    stmt_int(&s, 6, RESPONSES_OF_MESSAGE);
    stmt_int(&s, 7, RESPONSE_OPEN);
    stmt_int(&s, 8, RESPONSE_CLICK);
    while (stmt_next(&s))
        ;
    *out_added = sqlite3_changes64(o->file.db);
    return stmt_close(&s, err);
}

enum err_code outbox_respond(struct outbox *o, const struct response *r, struct err *err)
{
    int64_t added = 1;

    if (r->kind != RESPONSE_SENT)
        TRY(add_row(o, r, &added, err));
    if (added && r->kind != RESPONSE_SENT)
        TRY(outbox_sent_changed(o, r->message, err));
    return added ? count_day(o, r->at_us / US_PER_DAY, r->campaign, r->kind, r->machine, 1, err)
                 : ERR_OK;
}

enum err_code outbox_responded(struct outbox *o, int64_t message, enum response_kind kind,
                               bool *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "SELECT 1 FROM response WHERE message = $1 AND kind = $2 LIMIT 1", &s,
                  err));
    stmt_int(&s, 1, message);
    stmt_int(&s, 2, kind);
    *out = stmt_next(&s);
    return stmt_close(&s, err);
}

/* By its digest alone, as long as any other. */
static void bind_digest(struct stmt *s, struct str id)
{
    unsigned char digest[crypto_generichash_BYTES];

    crypto_generichash(digest, sizeof(digest), (const unsigned char *)id.p, id.n, NULL, 0);
    stmt_bytes(s, 1, (struct str){(const char *)digest, sizeof(digest)});
}

enum err_code outbox_heard(struct outbox *o, struct str id, bool *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "SELECT 1 FROM heard WHERE id = $1"
                  " UNION ALL SELECT 1 FROM heard_until WHERE id = $1 LIMIT 1",
                  &s, err));
    bind_digest(&s, id);
    *out = stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code write_heard(struct outbox *o, const char *sql, struct str id, int64_t us,
                                 struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, sql, &s, err));
    bind_digest(&s, id);
    stmt_int(&s, 2, us);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

/* What would be refused by its age from now on need not be known any more. Each that comes takes
 * more than one away, so none is left over for long and no call waits for many. */
static enum err_code forget_heard(struct outbox *o, int64_t now_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "DELETE FROM heard_until WHERE id IN (SELECT id FROM heard_until"
                  " WHERE until_us < $1 ORDER BY until_us LIMIT $2)",
                  &s, err));
    stmt_int(&s, 1, now_us);
    stmt_int(&s, 2, FORGOTTEN_AT_ONCE);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

static enum err_code hear(struct outbox *o, struct str id, int64_t now_us, int64_t until_us,
                          struct err *err)
{
    if (until_us == TIME_NONE)
        return write_heard(o,
                           "INSERT INTO heard (id, at_us) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                           id, now_us, err);
    TRY(forget_heard(o, now_us, err));
    return write_heard(
        o, "INSERT INTO heard_until (id, until_us) VALUES ($1, $2) ON CONFLICT DO NOTHING", id,
        until_us, err);
}

enum err_code outbox_hear(struct outbox *o, struct str id, int64_t now_us, int64_t until_us,
                          struct err *err)
{
    TRY(outbox_begin(o, err));
    return outbox_end(o, hear(o, id, now_us, until_us, err), err);
}

enum err_code outbox_mailbox(struct outbox *o, struct str name, struct mailbox_mark *out,
                             struct err *err)
{
    struct stmt s;

    *out = (struct mailbox_mark){0};
    TRY(stmt_open(&o->file, "SELECT validity, uid FROM mailbox WHERE name = $1", &s, err));
    bind_digest(&s, name);
    if (stmt_next(&s))
        *out = (struct mailbox_mark){stmt_col_int(&s, 0), stmt_col_int(&s, 1)};
    return stmt_close(&s, err);
}

static enum err_code set_mailbox(struct outbox *o, struct str name, const struct mailbox_mark *mark,
                                 struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "INSERT INTO mailbox (name, validity, uid) VALUES ($1, $2, $3)"
                  " ON CONFLICT (name) DO UPDATE SET validity = $2, uid = $3",
                  &s, err));
    bind_digest(&s, name);
    stmt_int(&s, 2, mark->validity);
    stmt_int(&s, 3, mark->uid);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code outbox_mailbox_set(struct outbox *o, struct str name, const struct mailbox_mark *mark,
                                 struct err *err)
{
    TRY(outbox_begin(o, err));
    return outbox_end(o, set_mailbox(o, name, mark, err), err);
}

enum err_code outbox_machine_clicked(struct outbox *o, int64_t message, int64_t since_us, bool *out,
                                     struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "SELECT 1 FROM response WHERE message = $1 AND kind = $2 AND machine = 1"
                  " AND at_us >= $3 LIMIT 1",
                  &s, err));
    stmt_int(&s, 1, message);
    stmt_int(&s, 2, RESPONSE_CLICK);
    stmt_int(&s, 3, since_us);
    *out = stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code outbox_clicked_another(struct outbox *o, int64_t message, struct str target,
                                     int64_t since_us, bool *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "SELECT 1 FROM response WHERE message = $1 AND kind = $2 AND at_us >= $3"
                  " AND target != $4 LIMIT 1",
                  &s, err));
    stmt_int(&s, 1, message);
    stmt_int(&s, 2, RESPONSE_CLICK);
    stmt_int(&s, 3, since_us);
    stmt_text(&s, 4, target);
    *out = stmt_next(&s);
    return stmt_close(&s, err);
}

struct turned {
    int64_t day, campaign, kind, n;
};

/* Moves what the days count, then marks the rows. */
enum err_code outbox_respond_machine(struct outbox *o, int64_t message, int64_t since_us,
                                     struct err *err)
{
    struct turned turned[RESPONSES_OF_MESSAGE];
    size_t n = 0;
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "SELECT r.at_us / 86400000000, m.campaign, r.kind, count(*) FROM response r"
                  " JOIN message m ON m.id = r.message WHERE r.message = $1 AND r.at_us >= $2"
                  " AND r.machine = 0 AND r.kind IN ($3, $4) GROUP BY 1, 2, 3",
                  &s, err));
    stmt_int(&s, 1, message);
    stmt_int(&s, 2, since_us);
    stmt_int(&s, 3, RESPONSE_OPEN);
    stmt_int(&s, 4, RESPONSE_CLICK);
    while (n < TM_COUNT(turned) && stmt_next(&s))
        turned[n++] = (struct turned){stmt_col_int(&s, 0), stmt_col_int(&s, 1), stmt_col_int(&s, 2),
                                      stmt_col_int(&s, 3)};
    TRY(stmt_close(&s, err));
    if (n)
        TRY(outbox_sent_changed(o, message, err));
    for (size_t i = 0; i < n; i++) {
        const struct turned *t = &turned[i];

        TRY(count_day(o, t->day, t->campaign, t->kind, false, -t->n, err));
        TRY(count_day(o, t->day, t->campaign, t->kind, true, t->n, err));
    }
    TRY(stmt_open(&o->file,
                  "UPDATE response SET machine = 1 WHERE message = $1 AND at_us >= $2"
                  " AND kind IN ($3, $4)",
                  &s, err));
    stmt_int(&s, 1, message);
    stmt_int(&s, 2, since_us);
    stmt_int(&s, 3, RESPONSE_OPEN);
    stmt_int(&s, 4, RESPONSE_CLICK);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

/* ---- campaigns ---------------------------------------------------------------------------- */

static void read_count(struct stmt *s, struct campaign_health *h)
{
    int64_t kind = stmt_col_int(s, 1);

    if (kind >= 0 && kind < RESPONSE_KINDS)
        *(stmt_col_int(s, 2) ? &h->machines[kind] : &h->n[kind]) = stmt_col_int(s, 3);
}

enum err_code outbox_health(struct outbox *o, int64_t campaign, int64_t since_day,
                            struct campaign_health *out, size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT d.campaign, d.kind, d.machine, sum(d.n), coalesce(c.state, 0),"
                  " coalesce(c.why, '') FROM response_day d LEFT JOIN campaign c"
                  " ON c.id = d.campaign WHERE d.day >= $1 AND $2 IN (0, d.campaign)"
                  " GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3",
                  &s, err));
    stmt_int(&s, 1, since_day);
    stmt_int(&s, 2, campaign);
    while (stmt_next(&s)) {
        int64_t id = stmt_col_int(&s, 0), state = stmt_col_int(&s, 4);

        if (!*out_n || out[*out_n - 1].campaign != id) {
            if (*out_n == cap)
                continue;
            out[(*out_n)++] = (struct campaign_health){.campaign = id};
            out[*out_n - 1].state = state >= 0 && state < CAMPAIGN_STATES
                                        ? (enum campaign_state)state
                                        : CAMPAIGN_PAUSED;
            stmt_col_copy(&s, 5, out[*out_n - 1].why, sizeof(out->why));
        }
        read_count(&s, &out[*out_n - 1]);
    }
    return stmt_close(&s, err);
}

struct breaker_rules breaker_rules_default(void)
{
    return (struct breaker_rules){.least = 200, .hard_most = 0.08, .complaint_most = 0.003};
}

/* Whoever it came back from got it, too. */
static int64_t recipients(const struct campaign_health *h)
{
    return h->n[RESPONSE_SENT];
}

enum breaker_word breaker_judge(const struct breaker_rules *rules, const struct campaign_health *h)
{
    double all = (double)recipients(h), worst;

    if (recipients(h) < rules->least)
        return BREAKER_WELL;
    worst = fmax((double)h->n[RESPONSE_HARD] / all / rules->hard_most,
                 (double)h->n[RESPONSE_COMPLAINT] / all / rules->complaint_most);
    return worst >= 1 - 1e-9 ? BREAKER_STOP : worst >= 0.5 - 1e-9 ? BREAKER_WARN : BREAKER_WELL;
}

/* Kept in English, said in the reader's language. */
static const char broke[] =
    N_("breaker: %" PRId64 " of %" PRId64 " came back for good, %" PRId64 " complained");

void campaign_why(const struct campaign_health *health, char *out, size_t size)
{
    int64_t hard, all, complained;

    if (sscanf(health->why,
               "breaker: %" SCNd64 " of %" SCNd64 " came back for good, %" SCNd64 " complained",
               &hard, &all, &complained) == 3)
        snprintf(out, size, _(broke), hard, all, complained);
    else
        snprintf(out, size, "%s", health->why);
}

enum { HEALTH_MOST = 1000 };

enum err_code outbox_break(struct outbox *o, const struct breaker_rules *rules, int64_t campaign,
                           int64_t now_us, int64_t *out_n, struct err *err)
{
    struct campaign_health *all = xcalloc(HEALTH_MOST, sizeof(*all));
    size_t n;
    enum err_code rc = outbox_health(o, campaign, now_us / US_PER_DAY - BREAKER_DAYS + 1, all,
                                     campaign ? 1 : HEALTH_MOST, &n, err);

    *out_n = 0;
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        char why[256];

        if (!all[i].campaign || all[i].state != CAMPAIGN_RUNNING ||
            breaker_judge(rules, &all[i]) != BREAKER_STOP)
            continue;
        snprintf(why, sizeof(why), broke, all[i].n[RESPONSE_HARD], recipients(&all[i]),
                 all[i].n[RESPONSE_COMPLAINT]);
        rc = outbox_campaign_set(o, all[i].campaign, CAMPAIGN_PAUSED, why, err);
        *out_n += rc == ERR_OK;
    }
    free(all);
    return rc;
}
