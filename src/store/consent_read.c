/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* consent_read.c - entries of the ledger shown, verified and erased (store/consent.h). */
#include "store/consent.h"

#include "base/timestamp.h"
#include "store/consent_link.h"

#include <sodium.h>

#define ENTRY_COLUMNS                                                                              \
    "seq, noted_us, when_us, import_id, line, channel, purpose, state, source, wording,"           \
    " complained, kind, address, method, proof, ip, agent, page"
enum { COLUMNS = 18 };

/* Of a damaged entry anything may stand in any column. */
static void read_entry(struct stmt *s, struct consent_entry *out)
{
    int64_t state = stmt_col_int(s, 7), kind = stmt_col_int(s, 11);

    *out = (struct consent_entry){
        .seq = stmt_col_int(s, 0),
        .noted_us = stmt_col_int(s, 1),
        .fact = {.kind = kind >= 0 && kind < IDENTIFIER_KINDS ? (enum pseudonym_kind)kind : 0,
                 .address = stmt_col_text(s, 12),
                 .channel = stmt_col_text(s, 5),
                 .purpose = stmt_col_text(s, 6),
                 .state = state >= 0 && state < CONSENT_STATES ? (enum consent_state)state : 0,
                 .when_us = stmt_col_int(s, 2),
                 .source = stmt_col_text(s, 8),
                 .import_id = stmt_col_int(s, 3),
                 .line = stmt_col_int(s, 4),
                 .wording = stmt_col_text(s, 9),
                 .method = stmt_col_text(s, 13),
                 .proof = stmt_col_text(s, 14),
                 .ip = stmt_col_text(s, 15),
                 .agent = stmt_col_text(s, 16),
                 .page = stmt_col_text(s, 17),
                 .complained = stmt_col_int(s, 10) != 0},
        .erased = sqlite3_column_type(s->handle, 12) == SQLITE_NULL};
}

static enum err_code each_row(struct stmt *s, consent_each_fn *each, void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;

    while (rc == ERR_OK && stmt_next(s)) {
        struct consent_entry entry;

        read_entry(s, &entry);
        rc = each(ctx, &entry, err);
    }
    end = stmt_close(s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code consents_of(struct consents *c, const struct pseudonym *who, consent_each_fn *each,
                          void *ctx, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file, "SELECT " ENTRY_COLUMNS " FROM entry WHERE who = $1 ORDER BY seq", &s,
                  err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    return each_row(&s, each, ctx, err);
}

enum err_code consents_each(struct consents *c, int64_t after, int64_t most, consent_each_fn *each,
                            void *ctx, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file,
                  "SELECT " ENTRY_COLUMNS " FROM entry WHERE seq > $1 ORDER BY seq LIMIT $2", &s,
                  err));
    stmt_int(&s, 1, after);
    stmt_int(&s, 2, most);
    return each_row(&s, each, ctx, err);
}

enum err_code consents_adrift(struct consents *c, int64_t after, consent_each_fn *each, void *ctx,
                              struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file,
                  "SELECT " ENTRY_COLUMNS " FROM entry WHERE seq > $1 AND " CONSENT_ADRIFT
                  " ORDER BY seq",
                  &s, err));
    stmt_int(&s, 1, after);
    return each_row(&s, each, ctx, err);
}

/* ---- verifying ---------------------------------------------------------------------------- */

struct verifying {
    unsigned char link[CONSENT_LINK];
    int64_t seq;
};

static bool is_bytes(struct str s, const unsigned char *want, size_t n)
{
    return s.n == n && memcmp(s.p, want, n) == 0;
}

/* Whether what the entry says of a person is what it is bound to. */
static bool is_committed(struct stmt *s, const struct consent_entry *e, struct str commitment)
{
    struct str salt = stmt_col_bytes(s, COLUMNS + 2), who = stmt_col_bytes(s, COLUMNS + 3);
    unsigned char want[CONSENT_LINK];
    struct pseudonym of;

    if (salt.n != CONSENT_SALT || who.n != PSEUDONYM_BYTES)
        return false;
    memcpy(of.bytes, who.p, who.n);
    consent_link_commit((const unsigned char *)salt.p, &of, &e->fact, want);
    return is_bytes(commitment, want, sizeof(want));
}

/* An erased entry has nothing of a person left, not half of it. */
static bool is_bare(struct stmt *s)
{
    for (int i = 11; i < COLUMNS; i++)
        if (sqlite3_column_type(s->handle, i) != SQLITE_NULL)
            return false;
    return sqlite3_column_type(s->handle, COLUMNS + 2) == SQLITE_NULL &&
           sqlite3_column_type(s->handle, COLUMNS + 3) == SQLITE_NULL;
}

static bool is_as_written(struct stmt *s, struct verifying *v, const struct consent_entry *e)
{
    struct str commitment = stmt_col_bytes(s, COLUMNS), link = stmt_col_bytes(s, COLUMNS + 1);
    unsigned char want[CONSENT_LINK];

    if (e->seq != v->seq + 1 || commitment.n != CONSENT_LINK || stmt_col_int(s, 7) != e->fact.state)
        return false;
    consent_link_next(v->link, e, (const unsigned char *)commitment.p, want);
    if (!is_bytes(link, want, sizeof(want)))
        return false;
    memcpy(v->link, want, sizeof(want));
    v->seq = e->seq;
    return e->erased ? is_bare(s) : is_committed(s, e, commitment);
}

static enum err_code walk(struct consents *c, struct verifying *v, struct consent_health *out,
                          struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file,
                  "SELECT " ENTRY_COLUMNS ", commitment, link, salt, who FROM entry ORDER BY seq",
                  &s, err));
    while (stmt_next(&s)) {
        struct consent_entry entry;

        read_entry(&s, &entry);
        out->entries++;
        out->erased += entry.erased;
        if (out->first_wrong == 0 && !is_as_written(&s, v, &entry))
            out->first_wrong = entry.seq ? entry.seq : -1;
    }
    return stmt_close(&s, err);
}

static enum err_code check_end(struct consents *c, const struct verifying *v,
                               struct consent_health *out, struct err *err)
{
    struct pseudonym seal;
    struct stmt s;
    bool kept = false;

    consent_link_seal(c->keys, v->seq, v->link, &seal);
    TRY(stmt_open(&c->file, "SELECT seq, link, seal FROM last", &s, err));
    if (stmt_next(&s)) {
        kept = true;
        out->end_missing = stmt_col_int(&s, 0) != v->seq ||
                           !is_bytes(stmt_col_bytes(&s, 1), v->link, sizeof(v->link)) ||
                           !is_bytes(stmt_col_bytes(&s, 2), seal.bytes, sizeof(seal.bytes));
    }
    TRY(stmt_close(&s, err));
    if (!kept)
        out->end_missing = out->entries > 0;
    if (v->seq > 0)
        sodium_bin2hex(out->head, sizeof(out->head), v->link, sizeof(v->link));
    return ERR_OK;
}

static enum err_code check_suppression(struct consents *c, struct consent_health *out,
                                       struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file,
                  "SELECT count(*) FROM entry AS e WHERE e.state IN ($1, $2) AND e.who IS NOT NULL"
                  " AND NOT EXISTS (SELECT 1 FROM suppression AS x WHERE x.who = e.who"
                  "  AND x.channel = e.channel AND x.since_us >= e.when_us)",
                  &s, err));
    stmt_int(&s, 1, CONSENT_WITHDRAWN);
    stmt_int(&s, 2, CONSENT_UNREACHABLE);
    if (stmt_next(&s))
        out->unsuppressed = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code check_file(struct consents *c, struct consent_health *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file, "PRAGMA integrity_check(1)", &s, err));
    if (stmt_next(&s) && !str_eqz(stmt_col_text(&s, 0), "ok"))
        stmt_col_copy(&s, 0, out->problem, sizeof(out->problem));
    return stmt_close(&s, err);
}

static enum err_code verify(struct consents *c, struct consent_health *out, struct err *err)
{
    struct verifying v = {.seq = 0};

    TRY(check_file(c, out, err));
    TRY(walk(c, &v, out, err));
    if (out->first_wrong == 0)
        TRY(check_end(c, &v, out, err));
    return check_suppression(c, out, err);
}

enum err_code consents_verify(struct consents *c, struct consent_health *out, struct err *err)
{
    struct err ignored = ERR_INIT;
    enum err_code rc;

    *out = (struct consent_health){0};
    TRY(store_exec(&c->file, "BEGIN", err)); /* one moment */
    rc = verify(c, out, err);
    if (store_exec(&c->file, "ROLLBACK", &ignored) != ERR_OK && rc == ERR_OK)
        rc = err_set(err, ERR_STORE, "%s", ignored.msg);
    return rc;
}

bool consent_is_sound(const struct consent_health *health)
{
    return health->first_wrong == 0 && health->unsuppressed == 0 && !health->end_missing &&
           !health->problem[0];
}

/* ---- erasing ------------------------------------------------------------------------------ */

#define FORGET_ENTRY                                                                               \
    "UPDATE entry SET salt = NULL, who = NULL, kind = NULL, address = NULL,"                       \
    " method = NULL, proof = NULL, ip = NULL, agent = NULL, page = NULL WHERE "

static enum err_code erase_one(struct consents *c, const struct pseudonym *who, int64_t *out_n,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&c->file, FORGET_ENTRY "who = $1", &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    stmt_next(&s);
    *out_n += sqlite3_changes(c->file.db);
    TRY(stmt_close(&s, err));
    TRY(stmt_open(&c->file, "DELETE FROM bounce WHERE who = $1", &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    return suppression_add(c, SUPPRESSION_ALL, who, SUPPRESSED_ERASED, c->noted_us,
                           STR_LIT("erased"), err);
}

/* The log holds pages as they were: it is emptied into the file. Readers may hold it up. */
static enum err_code empty_log(struct consents *c, struct err *err)
{
    bool held = true;
    struct stmt s;

    TRY(stmt_open(&c->file, "PRAGMA wal_checkpoint(TRUNCATE)", &s, err));
    if (stmt_next(&s))
        held = stmt_col_int(&s, 0) != 0;
    TRY(stmt_close(&s, err));
    return held ? err_set(err, ERR_BUSY, "the ledger of consent is in use by another process")
                : ERR_OK;
}

enum err_code consent_erase(struct consents *c, const struct pseudonym *who, size_t n,
                            int64_t *out_n, struct err *err)
{
    enum err_code rc = ERR_OK;

    *out_n = 0;
    TRY(consents_begin(c, err));
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = erase_one(c, &who[i], out_n, err);
    TRY(consents_end(c, rc, err));
    return empty_log(c, err);
}

struct forgetting {
    bool (*is_its)(void *ctx, const struct consent_entry *entry);
    void *ctx;
    struct consents *c;
    int64_t n;
};

static enum err_code forget_entry(void *ctx, const struct consent_entry *entry, struct err *err)
{
    struct forgetting *f = ctx;
    struct stmt s;

    if (entry->erased || !f->is_its(f->ctx, entry))
        return ERR_OK;
    f->n++;
    TRY(stmt_open(&f->c->file, FORGET_ENTRY "seq = $1", &s, err));
    stmt_int(&s, 1, entry->seq);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code consent_forget(struct consents *c,
                             bool (*is_its)(void *ctx, const struct consent_entry *entry),
                             void *ctx, int64_t *out_n, struct err *err)
{
    struct forgetting f = {is_its, ctx, c, 0};
    enum err_code rc;

    TRY(consents_begin(c, err));
    rc = consents_each(c, 0, INT64_MAX, forget_entry, &f, err);
    if (rc == ERR_OK)
        rc = store_exec(&c->file, "DELETE FROM taken", err);
    TRY(consents_end(c, rc, err));
    *out_n = f.n;
    return empty_log(c, err);
}
