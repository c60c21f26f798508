/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/erasures.h"

#include "base/timestamp.h"
#include "store/ranges_file.h"
#include "store/sqlite.h"
#include "store/vault.h"

#include <sodium.h>

enum { IDENTIFIERS_MAX = 8 << 20 };

#define ERASURE_COLUMNS                                                                            \
    "id, requested_us, finished_us, step, actor, identifiers, messages, records, orders,"          \
    " problem, files, source_id, searched_bytes, searched_files, counted_seq"

const char *erasure_step_name(enum erasure_step step)
{
    static const char *const names[] = {"journal", "records", "derived", "store",
                                        "files",   "verify",  "done"};

    return names[step];
}

/* ---- hashes ------------------------------------------------------------------------------- */

uint64_t erasure_quick(const unsigned char key[16], enum personal kind, struct str source,
                       struct str value)
{
    unsigned char bytes[2 + 400], out[crypto_shorthash_BYTES];
    size_t n = 0;
    uint64_t sum = 0;

    _Static_assert(crypto_shorthash_KEYBYTES == 16, "the key's length");
    bytes[n++] = (unsigned char)kind;
    source.n = source.n > 64 ? 64 : source.n;
    value.n = value.n > 330 ? 330 : value.n;
    memcpy(bytes + n, source.p ? source.p : "", source.n);
    n += source.n;
    bytes[n++] = 0;
    memcpy(bytes + n, value.p ? value.p : "", value.n);
    n += value.n;
    crypto_shorthash(out, bytes, n, key);
    for (size_t i = 0; i < sizeof(out); i++)
        sum |= (uint64_t)out[i] << (8 * i);
    return sum;
}

void erasure_quick_key(const struct pseudonyms *p, unsigned char out[16])
{
    struct pseudonym key;

    pseudonym_digest(p, "erasures", STR_NONE, &key);
    memcpy(out, key.bytes, 16);
}

bool erasure_hash(const struct pseudonyms *p, const unsigned char key[16], enum personal kind,
                  struct str source, struct str value, struct erasure_id *out)
{
    static const enum pseudonym_kind kinds[] = {
        [PERSONAL_EMAIL] = IDENTIFIER_EMAIL,       [PERSONAL_PHONE] = IDENTIFIER_PHONE,
        [PERSONAL_CUSTOMER] = IDENTIFIER_CUSTOMER, [PERSONAL_PROFILE] = IDENTIFIER_PROFILE,
        [PERSONAL_LOGIN] = IDENTIFIER_LOGIN,       [PERSONAL_DEVICE] = IDENTIFIER_DEVICE,
    };
    char order[512];
    int n;

    *out = (struct erasure_id){.kind = kind};
    if (!value.n)
        return false;
    out->quick = erasure_quick(key, kind, source, value);
    if (kind != PERSONAL_ORDER)
        return pseudonym_of(p, kinds[kind], source, value, "", &out->hash);
    n = snprintf(order, sizeof(order), "%.*s %.*s", (int)source.n, source.p, (int)value.n, value.p);
    pseudonym_digest(p, "erased order",
                     (struct str){order, n < 0 || (size_t)n >= sizeof(order) ? 0 : (size_t)n},
                     &out->hash);
    return true;
}

/* ---- writing down ------------------------------------------------------------------------- */

static void purpose_of(int64_t id, char out[40])
{
    snprintf(out, 40, "erasure %" PRId64, id);
}

static enum err_code add_row(struct store *store, const struct erasure *e, struct str sealed,
                             struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO erasure (id, requested_us, step, actor, identifiers, sealed,"
                  " source_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  &s, err));
    stmt_int(&s, 1, e->id);
    stmt_int(&s, 2, e->requested_us);
    stmt_int(&s, 3, e->step);
    stmt_textz(&s, 4, e->actor);
    stmt_int(&s, 5, e->identifiers);
    stmt_text(&s, 6, sealed);
    stmt_int(&s, 7, e->source);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code add_ids(struct store *store, int64_t erasure, const struct erasure_id *ids,
                             size_t n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO erasure_id (erasure_id, kind, hash, quick, other)"
                  " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                  &s, err));
    for (size_t i = 0; i < n; i++) {
        stmt_int(&s, 1, erasure);
        stmt_int(&s, 2, ids[i].kind);
        stmt_bytes(&s, 3, pseudonym_str(&ids[i].hash));
        stmt_int(&s, 4, (int64_t)ids[i].quick);
        stmt_int(&s, 5, ids[i].other);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

static enum err_code add(struct store *store, struct erasure *e, const struct erasure_id *ids,
                         size_t n, struct str identifiers, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(4 * (size_t)IDENTIFIERS_MAX);
    char purpose[40];
    struct stmt s;

    TRY(stmt_open(store, "SELECT COALESCE(MAX(id), 0) + 1 FROM erasure", &s, err));
    e->id = stmt_next(&s) ? stmt_col_int(&s, 0) : 1;
    TRY(stmt_close(&s, err));
    purpose_of(e->id, purpose);
    TRY(vault_seal(store, purpose, identifiers, &sealed, err));
    TRY(add_row(store, e, buf_str(&sealed), err));
    return add_ids(store, e->id, ids, n, err);
}

enum err_code store_erasure_add(struct store *store, struct erasure *io_erasure,
                                const struct erasure_id *ids, size_t n, struct str identifiers,
                                struct err *err)
{
    io_erasure->step = ERASE_JOURNAL;
    io_erasure->finished_us = TIME_NONE;
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, add(store, io_erasure, ids, n, identifiers, err), err);
}

enum err_code store_erasure_update(struct store *store, struct erasure *e, struct err *err)
{
    struct stmt s;

    if (e->step == ERASE_DONE && e->finished_us == TIME_NONE)
        e->finished_us = timestamp_now();
    TRY(stmt_open(store,
                  "UPDATE erasure SET step = $2, finished_us = $3, messages = $4, records = $5,"
                  " orders = $6, problem = $7, sealed = CASE WHEN $8 THEN '' ELSE sealed END,"
                  " files = $9, searched_bytes = $10, searched_files = $11, counted_seq = $12"
                  " WHERE id = $1",
                  &s, err));
    stmt_int(&s, 1, e->id);
    stmt_int(&s, 2, e->step);
    stmt_int(&s, 3, e->finished_us);
    stmt_int(&s, 4, e->messages);
    stmt_int(&s, 5, e->records);
    stmt_int(&s, 6, e->orders);
    stmt_textz(&s, 7, e->problem);
    stmt_int(&s, 8, e->step == ERASE_DONE);
    stmt_textz(&s, 9, e->files);
    stmt_int(&s, 10, e->searched_bytes);
    stmt_int(&s, 11, e->searched_files);
    stmt_int(&s, 12, e->counted_seq);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_erasure_identifiers(struct store *store, int64_t id, struct buf *out,
                                        struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(4 * (size_t)IDENTIFIERS_MAX);
    char purpose[40];
    struct stmt s;

    TRY(stmt_open(store, "SELECT sealed FROM erasure WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    if (stmt_next(&s))
        buf_adds(&sealed, stmt_col_text(&s, 0));
    TRY(stmt_close(&s, err));
    TRY(buf_check(&sealed, err));
    if (!sealed.n)
        return err_set(err, ERR_NOT_FOUND, "there is no erasure %" PRId64 " under way", id);
    purpose_of(id, purpose);
    return vault_open(store, purpose, buf_str(&sealed), out, err);
}

/* ---- reading ------------------------------------------------------------------------------ */

static void take(struct stmt *s, struct erasure *out)
{
    *out = (struct erasure){.id = stmt_col_int(s, 0),
                            .requested_us = stmt_col_int(s, 1),
                            .finished_us = stmt_col_int(s, 2),
                            .step = (enum erasure_step)stmt_col_int(s, 3),
                            .identifiers = stmt_col_int(s, 5),
                            .messages = stmt_col_int(s, 6),
                            .records = stmt_col_int(s, 7),
                            .orders = stmt_col_int(s, 8),
                            .source = stmt_col_int(s, 11),
                            .searched_bytes = stmt_col_int(s, 12),
                            .searched_files = stmt_col_int(s, 13),
                            .counted_seq = stmt_col_int(s, 14)};
    stmt_col_copy(s, 4, out->actor, sizeof(out->actor));
    stmt_col_copy(s, 9, out->problem, sizeof(out->problem));
    stmt_col_copy(s, 10, out->files, sizeof(out->files));
}

enum err_code store_erasures_each(struct store *store, bool open,
                                  enum err_code (*each)(void *ctx, const struct erasure *erasure,
                                                        struct err *err),
                                  void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct erasure one;
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT " ERASURE_COLUMNS " FROM erasure WHERE $1 = 0 OR step < $2 ORDER BY id",
                  &s, err));
    stmt_int(&s, 1, open);
    stmt_int(&s, 2, ERASE_DONE);
    while (rc == ERR_OK && stmt_next(&s)) {
        take(&s, &one);
        rc = each(ctx, &one, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code store_erasure_open(struct store *store, struct erasure *out, bool *out_found,
                                 struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT " ERASURE_COLUMNS " FROM erasure WHERE step < $1 ORDER BY id LIMIT 1", &s,
                  err));
    stmt_int(&s, 1, ERASE_DONE);
    *out_found = stmt_next(&s);
    if (*out_found)
        take(&s, out);
    return stmt_close(&s, err);
}

static struct erasure_id take_id(struct stmt *s)
{
    struct erasure_id id = {.kind = (enum personal)stmt_col_int(s, 0),
                            .quick = (uint64_t)stmt_col_int(s, 2),
                            .other = stmt_col_int(s, 3) != 0,
                            .requested_us = stmt_col_int(s, 4)};
    struct str hash = stmt_col_bytes(s, 1);

    if (hash.n == PSEUDONYM_BYTES)
        memcpy(id.hash.bytes, hash.p, PSEUDONYM_BYTES);
    return id;
}

#define ID_ROWS                                                                                    \
    "SELECT i.kind, i.hash, i.quick, i.other, e.requested_us FROM erasure_id i"                    \
    " JOIN erasure e ON e.id = i.erasure_id"

enum err_code store_erasure_ids_each(struct store *store,
                                     enum err_code (*each)(void *ctx, const struct erasure_id *id,
                                                           struct err *err),
                                     void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(store, ID_ROWS " ORDER BY i.erasure_id", &s, err));
    while (rc == ERR_OK && stmt_next(&s)) {
        const struct erasure_id id = take_id(&s);

        rc = each(ctx, &id, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code store_erasure_ids(struct store *store, int64_t erasure, struct erasure_id **out,
                                size_t *out_n, struct err *err)
{
    struct stmt s;

    *out = NULL;
    *out_n = 0;
    TRY(stmt_open(store, ID_ROWS " WHERE e.id = $1 ORDER BY i.kind, i.hash", &s, err));
    stmt_int(&s, 1, erasure);
    while (stmt_next(&s)) {
        if ((*out_n & (*out_n - 1)) == 0)
            *out = xrealloc(*out, (*out_n ? 2 * *out_n : 1) * sizeof(**out));
        (*out)[(*out_n)++] = take_id(&s);
    }
    return stmt_close(&s, err);
}

/* ---- counts of imports -------------------------------------------------------------------- */

static enum err_code put_plan(struct store *store, int64_t erasure,
                              const struct erasure_count *counts, size_t n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO erasure_count (erasure_id, import_id, kind, fewer)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                  &s, err));
    for (size_t i = 0; i < n; i++) {
        stmt_int(&s, 1, erasure);
        stmt_int(&s, 2, counts[i].import_id);
        stmt_int(&s, 3, counts[i].kind);
        stmt_int(&s, 4, counts[i].fewer);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

enum err_code store_erasure_plan(struct store *store, int64_t erasure,
                                 const struct erasure_count *counts, size_t n, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, put_plan(store, erasure, counts, n, err), err);
}

enum err_code store_erasure_planned(struct store *store, int64_t erasure, bool *out_planned,
                                    struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT 1 FROM erasure_count WHERE erasure_id = $1 LIMIT 1", &s, err));
    stmt_int(&s, 1, erasure);
    *out_planned = stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code put_counts(struct store *store, uint32_t import_id, int kind, int64_t fewer,
                                struct err *err)
{
    int64_t counts[STORE_KINDS] = {0};
    char text[STORE_KINDS * 21 + 1] = "";
    struct stmt s;

    TRY(stmt_open(store, "SELECT records FROM import_file WHERE id = $1", &s, err));
    stmt_int(&s, 1, import_id);
    if (stmt_next(&s))
        stmt_col_copy(&s, 0, text, sizeof(text));
    TRY(stmt_close(&s, err));
    if (!text[0] || kind < 0 || kind >= STORE_KINDS)
        return ERR_OK;
    store_read_counts(text, counts);
    counts[kind] -= fewer;
    store_write_counts(text, sizeof(text), counts);
    TRY(stmt_open(store, "UPDATE import_file SET records = $2 WHERE id = $1", &s, err));
    stmt_int(&s, 1, import_id);
    stmt_textz(&s, 2, text);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code settle(struct store *store, int64_t erasure, struct err *err)
{
    bool more = true;

    while (more) {
        uint32_t import_id = 0;
        int64_t fewer = 0;
        int kind = 0;
        struct stmt s;

        TRY(stmt_open(store,
                      "DELETE FROM erasure_count WHERE (erasure_id, import_id, kind) IN (SELECT"
                      " erasure_id, import_id, kind FROM erasure_count WHERE erasure_id = $1"
                      " LIMIT 1) RETURNING import_id, kind, fewer",
                      &s, err));
        stmt_int(&s, 1, erasure);
        more = stmt_next(&s);
        if (more) {
            import_id = (uint32_t)stmt_col_int(&s, 0);
            kind = (int)stmt_col_int(&s, 1);
            fewer = stmt_col_int(&s, 2);
        }
        while (more && stmt_next(&s))
            ;
        TRY(stmt_close(&s, err));
        if (more)
            TRY(put_counts(store, import_id, kind, fewer, err));
    }
    return ERR_OK;
}

enum err_code store_erasure_settle(struct store *store, int64_t erasure, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, settle(store, erasure, err), err);
}
