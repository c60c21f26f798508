/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/consent.h"

#include "base/timestamp.h"
#include "store/consent_file.h"
#include "store/consent_link.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { VERSION = 4 };

#define ADRIFT_INDEX                                                                               \
    "CREATE INDEX IF NOT EXISTS entry_adrift ON entry (seq) WHERE " CONSENT_ADRIFT ";"

/* Whether anybody was erased is asked at every begin. */
#define ERASED_INDEX                                                                               \
    "CREATE INDEX IF NOT EXISTS suppression_erased ON suppression (reason)"                        \
    " WHERE " SUPPRESSION_IS_ERASED ";"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS entry ("
    " seq INTEGER PRIMARY KEY,"
    " noted_us BIGINT NOT NULL,"
    " when_us BIGINT NOT NULL,"
    " import_id BIGINT NOT NULL,"
    " line BIGINT NOT NULL,"
    " channel TEXT NOT NULL,"
    " purpose TEXT NOT NULL,"
    " state INTEGER NOT NULL,"
    " source TEXT NOT NULL,"
    " wording TEXT NOT NULL,"
    " complained INTEGER NOT NULL,"
    " commitment BLOB NOT NULL,"
    " link BLOB NOT NULL,"
    /* What an erasure removes. */
    " salt BLOB,"
    " who BLOB,"
    " kind INTEGER,"
    " address TEXT,"
    " method TEXT,"
    " proof TEXT,"
    " ip TEXT,"
    " agent TEXT,"
    " page TEXT);"
    "CREATE INDEX IF NOT EXISTS entry_who ON entry (who) WHERE who IS NOT NULL;"
    "CREATE TABLE IF NOT EXISTS last (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " seq BIGINT NOT NULL, link BLOB NOT NULL, seal BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS taken (import_id BIGINT PRIMARY KEY, rows BIGINT NOT NULL,"
    " last_line BIGINT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS suppression (who BLOB NOT NULL, channel TEXT NOT NULL,"
    " reason INTEGER NOT NULL, since_us BIGINT NOT NULL, resubscribed_us BIGINT NOT NULL,"
    " noted_us BIGINT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (who, channel, reason))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS bounce (who BLOB NOT NULL, channel TEXT NOT NULL,"
    " at_us BIGINT NOT NULL, PRIMARY KEY (who, channel, at_us)) WITHOUT ROWID;" ADRIFT_INDEX
        ERASED_INDEX "PRAGMA user_version=4;";

/* By the version that a file has. */
static const char *const migrations[VERSION] = {
    [0] = schema,
    /* Entries from before have none, and their commitments stay as they are. */
    [1] = "ALTER TABLE entry ADD COLUMN page TEXT;",
    [2] = ADRIFT_INDEX,
    [3] = ERASED_INDEX "PRAGMA user_version=4;",
};

static const char *const statement_texts[CONSENT_STATEMENTS] = {
    [CONSENT_INSERT] =
        "INSERT INTO entry (seq, noted_us, when_us, import_id, line, channel, purpose, state,"
        " source, wording, complained, commitment, link, salt, who, kind, address, method, proof,"
        " ip, agent, page) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
        " $15, $16, $17, $18, $19, $20, $21, $22)",
    [CONSENT_KNOWN] = "SELECT when_us, state, source, purpose, method, proof, wording, noted_us"
                      " FROM entry WHERE who = $1 AND channel = $2",
    [CONSENT_TAKEN] = "SELECT rows, last_line FROM taken WHERE import_id = $1",
    [CONSENT_TAKE] = "INSERT INTO taken (import_id, rows, last_line) VALUES ($1, $2, $3)"
                     " ON CONFLICT (import_id) DO UPDATE SET rows = excluded.rows,"
                     " last_line = excluded.last_line",
    [CONSENT_NEWEST] = "SELECT seq, when_us, state FROM entry WHERE who = $1 AND channel = $2"
                       " AND purpose = $3 ORDER BY seq",
    [CONSENT_LAST] = "SELECT seq, link FROM entry ORDER BY seq DESC LIMIT 1",
};

static const char *const state_names[CONSENT_STATES] = {
    [CONSENT_GRANTED] = "granted",         [CONSENT_PENDING] = "pending",
    [CONSENT_DENIED] = "denied",           [CONSENT_WITHDRAWN] = "withdrawn",
    [CONSENT_UNREACHABLE] = "unreachable",
};

const char *consent_state_name(enum consent_state state)
{
    return state_names[state];
}

bool consent_state_of(struct str word, enum consent_state *out)
{
    for (int i = 0; i < CONSENT_STATES; i++)
        if (str_eqz(word, state_names[i])) {
            *out = (enum consent_state)i;
            return true;
        }
    return false;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Another process may have done it meanwhile. */
static enum err_code migrate(struct consents *c, const char *path, struct err *err)
{
    int64_t version;

    TRY(store_version(&c->file, path, VERSION, &version, err));
    for (; version < VERSION; version = version ? version + 1 : VERSION)
        TRY(store_exec(&c->file, migrations[version], err));
    return ERR_OK;
}

static enum err_code make_tables(struct consents *c, const char *path, struct err *err)
{
    int64_t version;

    TRY(store_version(&c->file, path, VERSION, &version, err));
    if (version == VERSION)
        return ERR_OK;
    TRY(store_exec(&c->file, "BEGIN IMMEDIATE", err));
    return store_end(&c->file, migrate(c, path, err), err);
}

static enum err_code connect(struct consents *c, const char *path, struct err *err)
{
    TRY(store_connect(&c->file, path, 0, err));
    TRY(store_exec(&c->file, "PRAGMA cache_size=-65536", err));
    return make_tables(c, path, err);
}

enum err_code consents_open(struct store *store, struct consents **out, struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *c = xcalloc(1, sizeof(*c));
    char path[1200];

    c->file.lock = -1;
    TRY(store_path(store, "consent.db", path, sizeof(path), err));
    TRY(pseudonyms_open(store, &c->keys, err));
    TRY(connect(c, path, err));
    *out = c;
    c = NULL;
    return ERR_OK;
}

enum err_code consents_open_kept(struct store *store, struct consents **out, struct err *err)
{
    char path[1200];

    *out = NULL;
    TRY(store_path(store, "consent.db", path, sizeof(path), err));
    return access(path, F_OK) == 0 ? consents_open(store, out, err) : ERR_OK;
}

void consents_close(struct consents *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < CONSENT_STATEMENTS; i++)
        sqlite3_finalize(c->statements[i].handle);
    sqlite3_close(c->file.db);
    pseudonyms_close(c->keys);
    free(c);
}

void consents_closep(struct consents **c)
{
    consents_close(*c);
}

const struct pseudonyms *consents_keys(const struct consents *c)
{
    return c->keys;
}

enum err_code consent_statement(struct consents *c, enum consent_statement which, struct stmt **out,
                                struct err *err)
{
    const char *text =
        statement_texts[which] ? statement_texts[which] : suppression_statements[which];

    *out = &c->statements[which];
    return stmt_kept(&c->file, text, *out, err);
}

/* ---- adding ------------------------------------------------------------------------------- */

static enum err_code read_last(struct consents *c, struct err *err)
{
    struct stmt *s;

    c->last_seq = 0;
    memset(c->link, 0, sizeof(c->link));
    TRY(consent_statement(c, CONSENT_LAST, &s, err));
    if (stmt_next(s)) {
        struct str link = stmt_col_bytes(s, 1);

        c->last_seq = stmt_col_int(s, 0);
        if (link.n == sizeof(c->link))
            memcpy(c->link, link.p, sizeof(c->link));
    }
    return stmt_done(s, err);
}

enum err_code consents_begin(struct consents *c, struct err *err)
{
    enum err_code rc;

    TRY(store_exec(&c->file, "BEGIN IMMEDIATE", err));
    c->noted_us = timestamp_now();
    c->added = false;
    rc = read_last(c, err);
    if (rc == ERR_OK)
        rc = suppression_any_erased(c, &c->any_erased, err);
    return rc == ERR_OK ? ERR_OK : store_end(&c->file, rc, err);
}

/* Those who wait to be first, in any workspace of this process: one too many does no harm. */
static _Atomic int waiting;

/* SQLite lets the one begin that happens to look at the right moment, and some look in vain until
 * their time is up: so of those here one looks at a time, and the others wait in turn. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

enum err_code consents_begin_first(struct consents *c, struct err *err)
{
    enum err_code rc;

    waiting++;
    pthread_mutex_lock(&turn);
    rc = consents_begin(c, err);
    pthread_mutex_unlock(&turn);
    waiting--;
    return rc;
}

bool consents_are_wanted(const struct consents *c)
{
    (void)c;
    return waiting > 0;
}

void consents_give_way(struct consents *c)
{
    enum { TRIES = 500, STEP_NS = 2000000 };

    (void)c;
    for (int i = 0; i < TRIES && waiting > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = STEP_NS}, NULL);
}

/* The end of the chain, under the key: without it entries could be cut off, or all made anew. */
static enum err_code keep_last(struct consents *c, struct err *err)
{
    struct pseudonym seal;
    struct stmt s;

    consent_link_seal(c->keys, c->last_seq, c->link, &seal);
    TRY(stmt_open(&c->file,
                  "INSERT INTO last (one, seq, link, seal) VALUES (1, $1, $2, $3) ON CONFLICT (one)"
                  " DO UPDATE SET seq = excluded.seq, link = excluded.link, seal = excluded.seal",
                  &s, err));
    stmt_int(&s, 1, c->last_seq);
    stmt_bytes(&s, 2, (struct str){(const char *)c->link, sizeof(c->link)});
    stmt_bytes(&s, 3, pseudonym_str(&seal));
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code consents_end(struct consents *c, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK && c->added)
        rc = keep_last(c, err);
    return store_end(&c->file, rc, err);
}

bool consent_is_explicit(enum consent_state state, int64_t when_us, struct str method,
                         int64_t noted_us)
{
    static const char *const weak[] = {"identify", "import", "list"};

    if (state != CONSENT_GRANTED || when_us == TIME_NONE || method.n == 0 ||
        when_us > noted_us + US_PER_DAY)
        return false;
    for (size_t i = 0; i < TM_COUNT(weak); i++) {
        size_t n = strlen(weak[i]);

        if (method.n >= n && str_ieqz((struct str){method.p, n}, weak[i]))
            return false;
    }
    return true;
}

/* A row of the statement CONSENT_KNOWN. */
static void look_at_known(struct stmt *s, const struct consent_fact *fact,
                          struct consent_known *out)
{
    int64_t when_us = stmt_col_int(s, 0);
    enum consent_state state = (enum consent_state)stmt_col_int(s, 1);
    struct str method = stmt_col_text(s, 4);
    bool told = when_us == fact->when_us && state == fact->state &&
                str_eq(stmt_col_text(s, 2), fact->source);

    out->told = out->told || told;
    out->same =
        out->same ||
        (told && str_eq(stmt_col_text(s, 3), fact->purpose) && str_eq(method, fact->method) &&
         str_eq(stmt_col_text(s, 5), fact->proof) && str_eq(stmt_col_text(s, 6), fact->wording));
    out->granted = out->granted || state == CONSENT_GRANTED;
    if (out->newest == CONSENT_STATES || when_us >= out->newest_us) {
        out->newest = state;
        out->newest_us = when_us;
    }
    if (when_us > out->resubscribed_us &&
        consent_is_explicit(state, when_us, method, stmt_col_int(s, 7)))
        out->resubscribed_us = when_us;
}

enum err_code consent_known(struct consents *c, const struct pseudonym *who,
                            const struct consent_fact *fact, struct consent_known *out,
                            struct err *err)
{
    struct stmt *s;

    *out = (struct consent_known){.newest = CONSENT_STATES};
    TRY(consent_statement(c, CONSENT_KNOWN, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    stmt_text(s, 2, fact->channel);
    while (stmt_next(s))
        look_at_known(s, fact, out);
    return stmt_done(s, err);
}

static enum err_code insert(struct consents *c, const struct pseudonym *who,
                            const struct consent_fact *f, struct err *err)
{
    const struct consent_entry entry = {c->last_seq + 1, c->noted_us, *f, false};
    unsigned char salt[CONSENT_SALT], commitment[CONSENT_LINK], link[CONSENT_LINK];
    const struct str secret[] = {f->address, f->method, f->proof, f->ip, f->agent, f->page};
    struct stmt *s;

    consent_link_salt(salt);
    consent_link_commit(salt, who, f, commitment);
    consent_link_next(c->link, &entry, commitment, link);
    TRY(consent_statement(c, CONSENT_INSERT, &s, err));
    stmt_int(s, 1, entry.seq);
    stmt_int(s, 2, entry.noted_us);
    stmt_int(s, 3, f->when_us);
    stmt_int(s, 4, f->import_id);
    stmt_int(s, 5, f->line);
    stmt_text(s, 6, f->channel);
    stmt_text(s, 7, f->purpose);
    stmt_int(s, 8, f->state);
    stmt_text(s, 9, f->source);
    stmt_text(s, 10, f->wording);
    stmt_int(s, 11, f->complained);
    stmt_bytes(s, 12, (struct str){(const char *)commitment, sizeof(commitment)});
    stmt_bytes(s, 13, (struct str){(const char *)link, sizeof(link)});
    stmt_bytes(s, 14, (struct str){(const char *)salt, sizeof(salt)});
    stmt_bytes(s, 15, pseudonym_str(who));
    stmt_int(s, 16, f->kind);
    for (size_t i = 0; i < TM_COUNT(secret); i++)
        stmt_text(s, 17 + (int)i, secret[i]);
    TRY(stmt_run(s, NULL, err));
    memcpy(c->link, link, sizeof(link));
    c->last_seq = entry.seq;
    c->added = true;
    return ERR_OK;
}

static struct str cut(struct str text, size_t most)
{
    if (!text.p)
        return STR_LIT("");
    if (text.n <= most)
        return text;
    while (most > 0 && ((unsigned char)text.p[most] & 0xC0) == 0x80)
        most--; /* no half of a character */
    return (struct str){text.p, most};
}

static struct consent_fact bounded(const struct consent_fact *fact)
{
    struct consent_fact f = *fact;

    f.channel = cut(f.channel, CONSENT_WORD_MAX);
    f.purpose = f.purpose.n ? cut(f.purpose, CONSENT_WORD_MAX) : STR_LIT("marketing");
    f.source = cut(f.source, CONSENT_WORD_MAX);
    f.wording = cut(f.wording, CONSENT_WORD_MAX);
    f.address = cut(f.address, CONSENT_TEXT_MAX);
    f.method = cut(f.method, CONSENT_TEXT_MAX);
    f.proof = cut(f.proof, CONSENT_TEXT_MAX);
    f.ip = cut(f.ip, CONSENT_WORD_MAX);
    f.agent = cut(f.agent, CONSENT_TEXT_MAX);
    f.page = cut(f.page, CONSENT_TEXT_MAX);
    return f;
}

/* Numbers count within their source, addresses everywhere. */
static bool who_of(const struct consents *c, const struct consent_fact *f, struct pseudonym *out)
{
    bool address = f->kind == IDENTIFIER_EMAIL || f->kind == IDENTIFIER_PHONE;

    return pseudonym_of(c->keys, f->kind, address ? STR_NONE : f->source, f->address, "", out);
}

enum err_code consents_add(struct consents *c, const struct consent_fact *fact, bool *out_new,
                           struct err *err)
{
    const struct consent_fact f = bounded(fact);
    struct consent_known known;
    struct pseudonym who;
    bool forgot = false;

    *out_new = false;
    if (!who_of(c, &f, &who))
        return ERR_OK;
    if (c->any_erased)
        TRY(suppression_forgot(c, &who, f.when_us, &forgot, err));
    if (forgot)
        return ERR_OK;
    TRY(consent_known(c, &who, &f, &known, err));
    *out_new = !known.same && !(f.of_message && known.told) &&
               !(str_eqz(f.method, "identify") && known.newest == f.state);
    if (*out_new)
        TRY(insert(c, &who, &f, err));
    if (*out_new || f.complained)
        TRY(suppression_follow(c, &who, &f, &known, err));
    return ERR_OK;
}

enum err_code consents_taken(struct consents *c, int64_t import_id, struct consent_taken *out,
                             struct err *err)
{
    struct stmt *s;

    *out = (struct consent_taken){0, 0};
    TRY(consent_statement(c, CONSENT_TAKEN, &s, err));
    stmt_int(s, 1, import_id);
    if (stmt_next(s))
        *out = (struct consent_taken){stmt_col_int(s, 0), stmt_col_int(s, 1)};
    return stmt_done(s, err);
}

enum err_code consents_take(struct consents *c, int64_t import_id,
                            const struct consent_taken *taken, struct err *err)
{
    struct stmt *s;

    TRY(consent_statement(c, CONSENT_TAKE, &s, err));
    stmt_int(s, 1, import_id);
    stmt_int(s, 2, taken->rows);
    stmt_int(s, 3, taken->last_line);
    return stmt_run(s, NULL, err);
}
