/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/journal.h"

#include "base/timestamp.h"
#include "store/came.h"
#include "store/journal_file.h"
#include "store/journal_ids.h"

#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

enum {
    COMMIT_RECORDS_MAX = 20000,
    COMMIT_BYTES_MAX = 16 << 20,
    PAGE_BYTES = 8192,       /* messages are some hundred bytes */
    CHECKPOINT_PAGES = 4000, /* of the write-ahead log, some 32 MB */
    IDS_RECORDS = 200000,    /* between two syncs of the table of ids */
    VERSION = 2              /* of the tables */
};

/* One call of journal_append, waiting for its commit. */
struct batch {
    struct journal_record *records;
    size_t n, bytes;
    bool over;
    enum err_code rc;
    struct err err;
    struct batch *next;
};

/* Statements that are made once. */
enum {
    FIND_RECORD,
    INSERT_RECORD,
    INSERT_REFUSED,
    INSERT_URGENT,
    CLEAR_URGENT,
    ADD_TALLY,
    STATEMENTS
};

struct journal {
    char path[1100];
    struct store writer; /* by whoever leads */
    struct stmt statements[STATEMENTS];
    int64_t last_seq;        /* given to a record; by whoever leads */
    int log_pages;           /* in the write-ahead log after the last commit; by whoever leads */
    struct journal_ids *ids; /* by whoever leads */
    int64_t ids_synced;      /* up to which record they are; by whoever leads */
    pthread_t keeper;        /* syncs them */
    bool kept, keeping;      /* the keeper was started; it is at work */
    pthread_mutex_t lock;
    pthread_cond_t over;
    struct batch *first, **last; /* waiting, in the order they came */
    bool led, broken;
    int64_t told_seq; /* last_seq after the last commit */
    /* Urgent records up to there were seen to; their marks go with the next commit. */
    _Atomic int64_t seen;
    int64_t cleared; /* up to there they have; by whoever leads */
};

static const char *const schema = "CREATE TABLE IF NOT EXISTS record ("
                                  " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
                                  " source BIGINT NOT NULL,"
                                  " id TEXT NOT NULL,"
                                  " received_us BIGINT NOT NULL,"
                                  " body BLOB NOT NULL,"
                                  " checksum BIGINT NOT NULL);"
                                  "CREATE TABLE IF NOT EXISTS refused ("
                                  " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
                                  " source BIGINT NOT NULL,"
                                  " id TEXT NOT NULL,"
                                  " received_us BIGINT NOT NULL,"
                                  " body BLOB NOT NULL,"
                                  " reason TEXT NOT NULL);"
                                  "CREATE TABLE IF NOT EXISTS urgent (seq INTEGER PRIMARY KEY);"
                                  "CREATE TABLE IF NOT EXISTS tally ("
                                  " source BIGINT PRIMARY KEY,"
                                  " stored BIGINT NOT NULL,"
                                  " repeated BIGINT NOT NULL,"
                                  " refused BIGINT NOT NULL,"
                                  " last_us BIGINT NOT NULL,"
                                  " refused_us BIGINT NOT NULL,"
                                  " accepted BIGINT NOT NULL,"
                                  " pruned BIGINT NOT NULL);"
                                  "CREATE TABLE IF NOT EXISTS ids_key (key BLOB NOT NULL);"
                                  "INSERT INTO ids_key (key) SELECT randomblob(16)"
                                  " WHERE NOT EXISTS (SELECT 1 FROM ids_key);"
                                  "PRAGMA user_version=2;";

/* Until then neither was counted; what a tally has more than there are records was let go. */
static const char *const from_1 =
    "ALTER TABLE tally ADD COLUMN accepted BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE tally ADD COLUMN pruned BIGINT NOT NULL DEFAULT 0;"
    "UPDATE tally SET accepted = stored + repeated + refused, pruned = stored - coalesce("
    " (SELECT n FROM (SELECT source, count(*) AS n FROM record GROUP BY source) AS kept"
    "  WHERE kept.source = tally.source), 0);";

static const char *const statement_texts[STATEMENTS] = {
    [FIND_RECORD] = "SELECT source, id FROM record WHERE seq = $1",
    [INSERT_RECORD] = "INSERT INTO record (seq, source, id, received_us, body, checksum)"
                      " VALUES ($1, $2, $3, $4, $5, $6)",
    [INSERT_REFUSED] = "INSERT INTO refused (source, id, received_us, body, reason)"
                       " VALUES ($1, $2, $3, $4, $5)",
    [INSERT_URGENT] = "INSERT INTO urgent (seq) VALUES ($1)",
    [CLEAR_URGENT] = "DELETE FROM urgent WHERE seq <= $1",
    [ADD_TALLY] = "INSERT INTO tally (source, stored, repeated, refused, last_us, refused_us,"
                  " accepted, pruned)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (source) DO UPDATE SET"
                  " stored = stored + excluded.stored, repeated = repeated + excluded.repeated,"
                  " refused = refused + excluded.refused,"
                  " last_us = max(last_us, excluded.last_us),"
                  " refused_us = max(refused_us, excluded.refused_us),"
                  " accepted = accepted + excluded.accepted",
};

/* ---- opening ------------------------------------------------------------------------------ */

enum err_code journal_connect(const char *path, struct store *store, struct err *err)
{
    TRY(store_connect(store, path, PAGE_BYTES, err));
    /* SQLite's own checkpoints keep their errors to themselves; see checkpoint(). */
    return store_exec(store, "PRAGMA wal_autocheckpoint=0", err);
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}

static enum err_code one_value(struct store *store, const char *sql, int64_t *out_value,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, sql, &s, err));
    *out_value = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    return stmt_close(&s, err);
}

static bool has_log(struct store *store)
{
    struct err ignored = ERR_INIT;
    struct stmt s;
    bool log;

    if (stmt_open(store, "PRAGMA journal_mode", &s, &ignored) != ERR_OK)
        return false;
    log = stmt_next(&s) && str_eqz(stmt_col_text(&s, 0), "wal");
    return stmt_close(&s, &ignored) == ERR_OK && log;
}

/* NORMAL would survive a crash of the program and lose the last seconds of a power cut. */
static enum err_code check_durable(struct journal *journal, struct err *err)
{
    enum { FULL = 2 };
    int64_t synchronous = 0;

    TRY(one_value(&journal->writer, "PRAGMA synchronous", &synchronous, err));
    if (synchronous == FULL && has_log(&journal->writer))
        return ERR_OK;
    err_set(err, ERR_STORE, "\"%s\" does not keep what it is told through a power cut",
            journal->path);
    err_hint(err, "Its disk may be a network folder: use a local one.");
    return ERR_STORE;
}

static enum err_code make_tables(struct journal *journal, struct err *err)
{
    int64_t version;
    enum err_code rc;

    TRY(store_version(&journal->writer, journal->path, VERSION, &version, err));
    TRY(store_exec(&journal->writer, "BEGIN IMMEDIATE", err));
    rc = version == 1 ? store_exec(&journal->writer, from_1, err) : ERR_OK;
    if (rc == ERR_OK)
        rc = store_exec(&journal->writer, schema, err);
    if (rc == ERR_OK)
        rc = came_make(&journal->writer, err);
    return store_end(&journal->writer, rc, err);
}

static int keep_pages(void *ctx, sqlite3 *db, const char *database, int pages)
{
    struct journal *journal = ctx;

    (void)db;
    (void)database;
    journal->log_pages = pages;
    return SQLITE_OK;
}

static enum err_code open_statements(struct journal *journal, struct err *err)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        if (!journal->statements[i].handle)
            TRY(stmt_open(&journal->writer, statement_texts[i], &journal->statements[i], err));
    return ERR_OK;
}

static enum err_code open_ids(struct journal *journal, struct err *err);

static enum err_code open_in(struct journal *journal, struct err *err)
{
    TRY(journal_connect(journal->path, &journal->writer, err));
    TRY(check_durable(journal, err));
    TRY(make_tables(journal, err));
    sqlite3_wal_hook(journal->writer.db, keep_pages, journal);
    TRY(one_value(&journal->writer, "SELECT seq FROM sqlite_sequence WHERE name = 'record'",
                  &journal->last_seq, err));
    journal->told_seq = journal->last_seq;
    TRY(open_statements(journal, err));
    return open_ids(journal, err);
}

enum err_code journal_open(const char *dir, struct journal **out_journal, struct err *err)
{
    TM_CLEANUP(journal_closep) struct journal *journal = xcalloc(1, sizeof(*journal));
    int n = snprintf(journal->path, sizeof(journal->path), "%s/journal.db", dir);

    journal->writer.lock = -1;
    pthread_mutex_init(&journal->lock, NULL);
    pthread_cond_init(&journal->over, NULL);
    journal->last = &journal->first;
    if (n < 0 || (size_t)n >= sizeof(journal->path))
        return err_set(err, ERR_INVALID, "the path \"%s\" is too long", dir);
    TRY(open_in(journal, err));
    *out_journal = journal;
    journal = NULL;
    return ERR_OK;
}

static void await_keeper(struct journal *journal);

enum err_code journal_open_kept(struct store *store, struct journal **out_journal, struct err *err)
{
    char path[1100];

    *out_journal = NULL;
    TRY(store_path(store, "journal.db", path, sizeof(path), err));
    return access(path, F_OK) == 0 ? journal_open(store_dir(store), out_journal, err) : ERR_OK;
}

void journal_close(struct journal *journal)
{
    struct err unheard = ERR_INIT;

    if (!journal)
        return;
    assert(!journal->first && !journal->led);
    await_keeper(journal);
    if (journal->ids && !journal->broken && journal->last_seq > journal->ids_synced)
        (void)!journal_ids_sync(journal->ids, journal->last_seq, &unheard);
    journal_ids_close(journal->ids);
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(journal->statements[i].handle);
    /* What a failed sync left in doubt is for the next start to judge, from the disk. */
    if (journal->broken)
        sqlite3_db_config(journal->writer.db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(journal->writer.db);
    pthread_cond_destroy(&journal->over);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

void journal_closep(struct journal **journal)
{
    journal_close(*journal);
}

/* ---- failures ----------------------------------------------------------------------------- */

/* A full disk, told by a call other than a sync: SQLite has undone it, and may try again. */
static bool is_full(sqlite3 *db)
{
    int code = sqlite3_extended_errcode(db), no = sqlite3_system_errno(db);

    if ((code & 0xff) == SQLITE_FULL)
        return true;
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        return false;
    return ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN) &&
           (no == ENOSPC || no == EDQUOT || no == EFBIG);
}

/* The error of the last call as one of the journal, before another call hides it. */
static enum err_code told(struct journal *journal, enum err_code rc, struct err *err)
{
    if (rc != ERR_STORE || !is_full(journal->writer.db))
        return rc;
    return err_set(err, ERR_NO_SPACE, "the workspace's disk is full");
}

/* Whether the journal may go on after that. */
static bool harmless(enum err_code rc)
{
    return rc == ERR_OK || rc == ERR_NO_SPACE || rc == ERR_BUSY;
}

/* Makes a statement of the journal's own ready for its next use, and tells what went wrong. */
static enum err_code ended(struct journal *journal, struct stmt *s, struct err *err)
{
    enum err_code rc = ERR_OK;

    if (s->rc != SQLITE_OK)
        rc = told(journal, ERR_STORE, err);
    stmt_again(s);
    if (s->rc == SQLITE_OK)
        return ERR_OK;
    if (rc == ERR_NO_SPACE)
        err = NULL; /* has been told */
    if (stmt_close(s, err) == ERR_BUSY)
        rc = ERR_BUSY;
    *s = (struct stmt){.db = journal->writer.db};
    return rc == ERR_OK ? ERR_STORE : rc;
}

/* Runs a statement of the journal's own for its effect. */
static enum err_code run(struct journal *journal, int which, struct err *err)
{
    struct stmt *s = &journal->statements[which];

    stmt_next(s);
    return ended(journal, s, err);
}

/* ---- what is there already ---------------------------------------------------------------- */

static enum err_code is_record(struct journal *journal, int64_t seq, int64_t source, struct str id,
                               bool *out, struct err *err)
{
    struct stmt *s = &journal->statements[FIND_RECORD];

    stmt_int(s, 1, seq);
    *out = stmt_next(s) && stmt_col_int(s, 0) == source && str_eq(stmt_col_text(s, 1), id);
    return ended(journal, s, err);
}

static enum err_code is_known(struct journal *journal, uint64_t hash, int64_t source, struct str id,
                              bool *out, struct err *err)
{
    struct journal_ids_search search = {0, 0};
    int64_t seq;

    *out = false;
    while (!*out && (seq = journal_ids_next(journal->ids, hash, &search)) != 0)
        if (seq <= journal->last_seq)
            TRY(is_record(journal, seq, source, id, out, err));
    return ERR_OK;
}

/* What is not in the table of ids since its last sync. */
static enum err_code enter_later(struct journal *journal, struct err *err)
{
    enum err_code rc = ERR_OK, own;
    struct stmt s;

    TRY(stmt_open(&journal->writer,
                  "SELECT seq, source, id FROM record WHERE seq > $1 ORDER BY seq", &s, err));
    stmt_int(&s, 1, journal->ids_synced);
    while (rc == ERR_OK && stmt_next(&s)) {
        int64_t source = stmt_col_int(&s, 1);
        struct str id = stmt_col_text(&s, 2);
        uint64_t hash = journal_ids_hash(journal->ids, source, id);
        bool known;

        rc = is_known(journal, hash, source, id, &known, err);
        if (rc == ERR_OK && !known)
            rc = journal_ids_add(journal->ids, hash, stmt_col_int(&s, 0), err);
    }
    own = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? own : rc;
}

static enum err_code open_ids(struct journal *journal, struct err *err)
{
    unsigned char key[JOURNAL_IDS_KEY] = {0};
    struct stmt s;

    TRY(stmt_open(&journal->writer, "SELECT key FROM ids_key", &s, err));
    if (stmt_next(&s) && stmt_col_bytes(&s, 0).n == sizeof(key))
        memcpy(key, stmt_col_bytes(&s, 0).p, sizeof(key));
    TRY(stmt_close(&s, err));
    TRY(journal_ids_open(journal->path, key, &journal->ids, &journal->ids_synced, err));
    if (journal->ids_synced > journal->last_seq) { /* the journal is a copy of an earlier day */
        journal->ids_synced = journal->last_seq;
        TRY(journal_ids_sync(journal->ids, journal->last_seq, err));
    }
    return enter_later(journal, err);
}

/* Syncs the table of ids beside what comes in: of a busy day it is tens of megabytes. */
static void *keep_ids(void *ctx)
{
    struct journal *journal = ctx;
    struct err unheard = ERR_INIT;
    enum err_code rc = journal_ids_sync(journal->ids, journal->ids_synced, &unheard);

    pthread_mutex_lock(&journal->lock);
    journal->keeping = false;
    journal->broken |= !harmless(rc);
    pthread_mutex_unlock(&journal->lock);
    return NULL;
}

static void await_keeper(struct journal *journal)
{
    if (journal->kept)
        pthread_join(journal->keeper, NULL);
    journal->kept = false;
}

/* With the lock held, by whoever leads. Without a thread a later one does it. */
static void keep_some_ids(struct journal *journal)
{
    if (journal->keeping || journal->last_seq - journal->ids_synced < IDS_RECORDS)
        return;
    await_keeper(journal); /* which has done */
    journal->ids_synced = journal->last_seq;
    journal->kept = pthread_create(&journal->keeper, NULL, keep_ids, journal) == 0;
    journal->keeping = journal->kept;
}

/* ---- one transaction ---------------------------------------------------------------------- */

static enum err_code insert_record(struct journal *journal, struct journal_record *r,
                                   struct err *err)
{
    struct stmt *s = &journal->statements[INSERT_RECORD];
    const struct journal_entry entry = {.seq = journal->last_seq + 1,
                                        .source = r->source,
                                        .received_us = r->received_us,
                                        .id = r->id,
                                        .body = r->body};
    uint64_t hash = journal_ids_hash(journal->ids, r->source, r->id);
    bool known;

    TRY(is_known(journal, hash, r->source, r->id, &known, err));
    if (known) {
        r->fate = JOURNAL_REPEATED;
        return ERR_OK;
    }
    TRY(journal_ids_add(journal->ids, hash, entry.seq, err));
    stmt_int(s, 1, entry.seq);
    stmt_int(s, 2, r->source);
    stmt_text(s, 3, r->id);
    stmt_int(s, 4, r->received_us);
    stmt_bytes_lent(s, 5, r->body);
    stmt_int(s, 6, journal_checksum(&entry));
    TRY(run(journal, INSERT_RECORD, err));
    if (r->urgent) {
        stmt_int(&journal->statements[INSERT_URGENT], 1, entry.seq);
        TRY(run(journal, INSERT_URGENT, err));
    }
    r->fate = JOURNAL_STORED;
    r->seq = entry.seq;
    journal->last_seq++;
    return ERR_OK;
}

static struct str shortened(struct str text, size_t most)
{
    return (struct str){text.p, text.n < most ? text.n : most};
}

static enum err_code insert_refused(struct journal *journal, struct journal_record *r,
                                    struct err *err)
{
    struct stmt *s = &journal->statements[INSERT_REFUSED];

    stmt_int(s, 1, r->source);
    stmt_text(s, 2, shortened(r->id, JOURNAL_ID_MAX));
    stmt_int(s, 3, r->received_us);
    stmt_bytes(s, 4, shortened(r->body, JOURNAL_BODY_MAX));
    stmt_textz(s, 5, r->refused);
    r->fate = JOURNAL_REFUSED;
    return run(journal, INSERT_REFUSED, err);
}

/* What a commit adds to each source's tally. */
struct tallies {
    struct journal_tally *list; /* owned */
    size_t n, room, at;         /* at: the last one used */
};

static struct journal_tally *tally_of(struct tallies *t, int64_t source)
{
    if (t->n && t->list[t->at].source == source)
        return &t->list[t->at];
    for (t->at = 0; t->at < t->n; t->at++)
        if (t->list[t->at].source == source)
            return &t->list[t->at];
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 16;
        t->list = xrealloc(t->list, t->room * sizeof(*t->list));
    }
    t->list[t->n++] = (struct journal_tally){.source = source};
    return &t->list[t->at];
}

static void count_in(struct tallies *tallies, const struct journal_record *r)
{
    struct journal_tally *tally = tally_of(tallies, r->source);

    tally->stored += r->fate == JOURNAL_STORED;
    tally->repeated += r->fate == JOURNAL_REPEATED;
    tally->refused += r->fate == JOURNAL_REFUSED;
    if (r->received_us > tally->last_us)
        tally->last_us = r->received_us;
    if (r->fate == JOURNAL_REFUSED && r->received_us > tally->refused_us)
        tally->refused_us = r->received_us;
}

static enum err_code add_tallies(struct journal *journal, const struct tallies *tallies,
                                 struct err *err)
{
    struct stmt *s = &journal->statements[ADD_TALLY];

    for (size_t i = 0; i < tallies->n; i++) {
        const struct journal_tally *t = &tallies->list[i];
        const int64_t values[] = {t->source,  t->stored,     t->repeated, t->refused,
                                  t->last_us, t->refused_us, t->accepted};

        for (size_t k = 0; k < TM_COUNT(values); k++)
            stmt_int(s, (int)k + 1, values[k]);
        TRY(run(journal, ADD_TALLY, err));
    }
    return ERR_OK;
}

static enum err_code clear_urgent(struct journal *journal, struct err *err)
{
    int64_t seen = journal->seen;

    if (seen <= journal->cleared)
        return ERR_OK;
    stmt_int(&journal->statements[CLEAR_URGENT], 1, seen);
    TRY(run(journal, CLEAR_URGENT, err));
    journal->cleared = seen; /* undone with the rest, they are seen to once more: no harm */
    return ERR_OK;
}

static enum err_code insert_all(struct journal *journal, struct batch *batches, struct err *err)
{
    struct tallies tallies = {0};
    struct came came = {0};
    enum err_code rc = open_statements(journal, err);

    if (rc == ERR_OK)
        rc = clear_urgent(journal, err);
    for (struct batch *b = batches; rc == ERR_OK && b; b = b->next)
        for (size_t i = 0; rc == ERR_OK && i < b->n; i++) {
            struct journal_record *r = &b->records[i];

            tally_of(&tallies, r->source)->accepted++; /* whatever becomes of it */
            rc = r->refused ? insert_refused(journal, r, err) : insert_record(journal, r, err);
            if (rc == ERR_OK) {
                count_in(&tallies, r);
                came_count(&came, r);
            }
        }
    if (rc == ERR_OK)
        rc = add_tallies(journal, &tallies, err);
    free(tallies.list);
    if (rc == ERR_OK)
        rc = told(journal, came_write(&came, &journal->writer, err), err);
    free(came.list);
    return rc;
}

/* Ends the transaction; what the commit itself says is told before the rolling back hides it. */
static enum err_code end(struct journal *journal, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK)
        rc = told(journal, store_exec(&journal->writer, "COMMIT", err), err);
    return rc == ERR_OK ? ERR_OK : store_end(&journal->writer, rc, err);
}

static enum err_code commit(struct journal *journal, struct batch *batches, struct err *err)
{
    int64_t last_seq = journal->last_seq;
    enum err_code rc;

    TRY(told(journal, store_exec(&journal->writer, "BEGIN IMMEDIATE", err), err));
    rc = end(journal, insert_all(journal, batches, err), err);
    if (rc != ERR_OK)
        journal->last_seq = last_seq;
    return rc;
}

/* Copies the write-ahead log into the file when it has grown. What is in the log is on stable
 * storage already, so a full disk or a reader in the way is no error: a later one will do it. */
static enum err_code checkpoint(struct journal *journal, struct err *err)
{
    int rc;

    if (journal->log_pages < CHECKPOINT_PAGES)
        return ERR_OK;
    journal->log_pages = 0;
    rc = sqlite3_wal_checkpoint_v2(journal->writer.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || is_full(journal->writer.db))
        return ERR_OK;
    return err_set(err, ERR_STORE, "the workspace's store: %s", sqlite3_errmsg(journal->writer.db));
}

/* ---- leading ------------------------------------------------------------------------------ */

/* Takes from those waiting as many as one commit shall hold. */
static struct batch *take_some(struct journal *journal)
{
    struct batch *taken = journal->first, *b = taken;
    size_t records = b->n, bytes = b->bytes;

    while (b->next && records + b->next->n <= COMMIT_RECORDS_MAX &&
           bytes + b->next->bytes <= COMMIT_BYTES_MAX) {
        b = b->next;
        records += b->n;
        bytes += b->bytes;
    }
    journal->first = b->next;
    if (!journal->first)
        journal->last = &journal->first;
    b->next = NULL;
    return taken;
}

static enum err_code is_broken(struct err *err)
{
    err_set(err, ERR_STORE, "the journal could not be written and takes nothing more");
    err_hint(err, "Look at the disk, then start the program again: it goes on from what is there.");
    return ERR_STORE;
}

/* With the lock held at both ends. One thread commits for all that wait. After a failure nothing
 * is tried again: a second sync could succeed without the first one's bytes. */
static void lead(struct journal *journal)
{
    struct batch *taken = take_some(journal);
    struct err err = ERR_INIT, unheard = ERR_INIT;
    bool broken = journal->broken;
    enum err_code rc;

    journal->led = true;
    pthread_mutex_unlock(&journal->lock);
    rc = broken ? is_broken(&err) : commit(journal, taken, &err);
    broken |= !harmless(rc) || (rc == ERR_OK && checkpoint(journal, &unheard) != ERR_OK);
    pthread_mutex_lock(&journal->lock);
    journal->led = false;
    journal->broken |= broken;
    journal->told_seq = journal->last_seq;
    if (rc == ERR_OK)
        keep_some_ids(journal);
    for (struct batch *b = taken, *next; b; b = next) {
        next = b->next; /* once it is over, its thread may be gone */
        b->rc = rc;
        b->err = err;
        b->over = true;
    }
    pthread_cond_broadcast(&journal->over);
}

static enum err_code check_sizes(struct batch *batch, struct err *err)
{
    if (batch->n > JOURNAL_BATCH_MAX)
        return err_set(err, ERR_TOO_LARGE, "%zu messages at once, %d at most", batch->n,
                       JOURNAL_BATCH_MAX);
    for (size_t i = 0; i < batch->n; i++) {
        const struct journal_record *r = &batch->records[i];

        batch->bytes += r->body.n;
        if (r->refused)
            continue;
        if (r->id.n == 0 || r->id.n > JOURNAL_ID_MAX)
            return err_set(err, ERR_INVALID, "a message's id has %zu bytes, 1 to %d are taken",
                           r->id.n, JOURNAL_ID_MAX);
        if (r->body.n > JOURNAL_BODY_MAX)
            return err_set(err, ERR_TOO_LARGE, "a message has %zu bytes, %d at most", r->body.n,
                           JOURNAL_BODY_MAX);
    }
    return ERR_OK;
}

enum err_code journal_append(struct journal *journal, struct journal_record *records, size_t n,
                             struct err *err)
{
    struct batch own = {.records = records, .n = n};

    TRY(check_sizes(&own, err));
    if (!n)
        return ERR_OK;
    pthread_mutex_lock(&journal->lock);
    *journal->last = &own;
    /* cppcheck-suppress autoVariables ; it has been taken out again before this call returns */
    journal->last = &own.next;
    while (!own.over) {
        if (journal->led)
            pthread_cond_wait(&journal->over, &journal->lock);
        else
            lead(journal);
    }
    pthread_mutex_unlock(&journal->lock);
    if (own.rc != ERR_OK && err)
        *err = own.err;
    return own.rc;
}

void journal_urgent_seen(struct journal *journal, int64_t seq)
{
    journal->seen = seq;
}

int64_t journal_last(struct journal *journal)
{
    int64_t last;

    pthread_mutex_lock(&journal->lock);
    last = journal->told_seq;
    pthread_mutex_unlock(&journal->lock);
    return last;
}

bool journal_is_sound(struct journal *journal)
{
    bool sound;

    pthread_mutex_lock(&journal->lock);
    sound = !journal->broken;
    pthread_mutex_unlock(&journal->lock);
    return sound;
}

/* ---- for the journal's other files --------------------------------------------------------- */

enum err_code journal_alone(struct journal *journal,
                            enum err_code (*work)(struct journal *journal, void *ctx,
                                                  struct err *err),
                            void *ctx, struct err *err)
{
    enum err_code rc;
    bool broken;

    pthread_mutex_lock(&journal->lock);
    while (journal->led)
        pthread_cond_wait(&journal->over, &journal->lock);
    broken = journal->broken;
    journal->led = true;
    pthread_mutex_unlock(&journal->lock);
    await_keeper(journal);
    rc = broken ? is_broken(err) : work(journal, ctx, err);
    pthread_mutex_lock(&journal->lock);
    journal->led = false;
    journal->broken |= !harmless(rc);
    pthread_cond_broadcast(&journal->over);
    pthread_mutex_unlock(&journal->lock);
    return rc;
}

struct store *journal_writer(struct journal *journal)
{
    return &journal->writer;
}

struct journal_ids *journal_ids_of(struct journal *journal)
{
    return journal->ids;
}

enum err_code journal_begin(struct journal *journal, struct err *err)
{
    return told(journal, store_exec(&journal->writer, "BEGIN IMMEDIATE", err), err);
}

enum err_code journal_end(struct journal *journal, enum err_code rc, struct err *err)
{
    return end(journal, told(journal, rc, err), err);
}
