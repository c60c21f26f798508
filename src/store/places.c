/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where the store may name a customer, and how that is found and taken out. */
#include "store/erasures.h"
#include "store/sqlite.h"

#define FACT(table, column)                                                                        \
    {                                                                                              \
#table, #column, STORE_FACTS                                                               \
    }
#define HASH(table, column)                                                                        \
    {                                                                                              \
#table, #column, STORE_HASHES                                                              \
    }
#define WORDS(table, column)                                                                       \
    {                                                                                              \
#table, #column, STORE_WORDS                                                               \
    }
#define ROW(table, column)                                                                         \
    {                                                                                              \
#table, #column, STORE_ROW                                                                 \
    }

/* Columns of numbers are facts and not listed. The people of the shop itself (web_user, audit) are
 * no customers. */
const struct store_place store_places[] = {
    FACT(assessment, program),
    FACT(assessment, model),
    FACT(assessment, model_version),
    FACT(assessment, content_hash),
    FACT(assessment, scoring_hash),
    FACT(assessment, input_hash),
    FACT(assessment, result_hash),
    FACT(assessment, evidence),
    FACT(assessment_dimension, dimension),
    FACT(assessment_practice, practice),
    FACT(assessment_practice, state),
    FACT(audit, actor),
    FACT(audit, action),
    FACT(audit, object),
    FACT(audit, ip),
    HASH(campaign, seen),
    HASH(campaign, approved),
    FACT(campaign, approved_by),
    HASH(campaign, launched),
    FACT(campaign, launched_by),
    WORDS(campaign, held_why),
    FACT(duty, actor),
    WORDS(duty, problem),
    HASH(duty, sealed), /* until it is done */
    FACT(erasure, actor),
    FACT(erasure, files),
    WORDS(erasure, problem),
    HASH(erasure, sealed), /* until it is done */
    HASH(erasure_id, hash),
    FACT(import_file, path),
    FACT(import_file, name),
    FACT(import_file, digest),
    FACT(import_file, format),
    FACT(import_file, source),
    FACT(import_file, records),
    FACT(import_file, encoding),
    FACT(import_file, style),
    WORDS(import_reject, reason),
    ROW(import_report, report),
    WORDS(job, object),
    WORDS(job, problem),
    WORDS(job, hint),
    WORDS(job, report),
    FACT(kept_value, name),
    WORDS(kept_value, value),
    FACT(live_range, batch_records),
    FACT(live_source, protocol),
    FACT(live_source, name),
    FACT(live_source, key),
    FACT(live_source, domain),
    HASH(live_source, sealed),
    FACT(mark_part, name),
    FACT(mark_part, content),
    FACT(peer, shop),
    FACT(peer, content),
    HASH(people_decision, a),
    HASH(people_decision, b),
    FACT(people_decision, actor),
    FACT(published_level, practice),
    FACT(published_level, scoring),
    FACT(road_step, practice),
    FACT(road_step, measure),
    FACT(road_step, owner),
    WORDS(named, name),
    WORDS(named, text),
    WORDS(named, about),
    FACT(named, actor),
    FACT(named, state_by),
    HASH(turned, key),
    FACT(turned, why),
    HASH(web_key, hash),
    HASH(web_key, prefix),
    FACT(web_key, name),
    HASH(web_recovery, hash),
    HASH(web_repeat, key),
    HASH(web_repeat, request),
    ROW(web_repeat, answer),
    HASH(web_second, sealed),
    HASH(web_session, hash),
    HASH(web_session, csrf),
    FACT(web_user, email),
    HASH(web_user, password),
};
const size_t store_place_count = TM_COUNT(store_places);

static bool is_searched(const struct store_place *place)
{
    return place->holds == STORE_WORDS || place->holds == STORE_ROW;
}

/* The statement on a place's texts that hold $1, which is in lower case. */
static enum err_code run_on(struct store *store, const struct store_place *place, const char *verb,
                            struct str needle, int64_t *io_n, struct err *err)
{
    char sql[512], lower[512];
    struct stmt s;

    if (!needle.n || needle.n >= sizeof(lower))
        return ERR_OK;
    for (size_t i = 0; i < needle.n; i++)
        lower[i] = (char)tolower((unsigned char)needle.p[i]);
    snprintf(sql, sizeof(sql), "%s WHERE instr(lower(CAST(%s AS TEXT)), $1) > 0", verb,
             place->column);
    TRY(stmt_open(store, sql, &s, err));
    stmt_text(&s, 1, (struct str){lower, needle.n});
    if (stmt_next(&s))
        *io_n += stmt_col_int(&s, 0);
    else
        *io_n += sqlite3_changes64(store->db);
    return stmt_close(&s, err);
}

enum err_code store_find_texts(struct store *store, const struct str *needles, size_t n,
                               int64_t *out_n, struct err *err)
{
    char verb[160];

    *out_n = 0;
    for (size_t i = 0; i < store_place_count; i++) {
        if (!is_searched(&store_places[i]))
            continue;
        snprintf(verb, sizeof(verb), "SELECT count(*) FROM %s", store_places[i].table);
        for (size_t k = 0; k < n; k++)
            TRY(run_on(store, &store_places[i], verb, needles[k], out_n, err));
    }
    return ERR_OK;
}

static enum err_code erase(struct store *store, const struct str *needles, size_t n, int64_t *io_n,
                           struct err *err)
{
    char verb[160];

    for (size_t i = 0; i < store_place_count; i++) {
        const struct store_place *place = &store_places[i];

        if (!is_searched(place))
            continue;
        if (place->holds == STORE_ROW)
            snprintf(verb, sizeof(verb), "DELETE FROM %s", place->table);
        else
            snprintf(verb, sizeof(verb), "UPDATE %s SET %s = ''", place->table, place->column);
        for (size_t k = 0; k < n; k++)
            TRY(run_on(store, place, verb, needles[k], io_n, err));
    }
    /* Names that no identifier stands beside. It is made anew. */
    return store_exec(store, "UPDATE kept_value SET value = '' WHERE name = 'suggestions'", err);
}

enum err_code store_erase_texts(struct store *store, const struct str *needles, size_t n,
                                int64_t *out_n, struct err *err)
{
    *out_n = 0;
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, erase(store, needles, n, out_n, err), err);
}

enum err_code store_forget_answers(struct store *store, struct err *err)
{
    return store_exec(store,
                      "DELETE FROM web_repeat;"
                      "UPDATE kept_value SET value = '' WHERE name = 'suggestions'",
                      err);
}

enum err_code store_compact(struct store *store, struct err *err)
{
    TRY(store_exec(store, "VACUUM", err));
    return store_truncate_log(store, err);
}

/* Readers in the way go on for a moment only. */
enum err_code store_truncate_log(struct store *store, struct err *err)
{
    enum { TRIES = 100, STEP_NS = 50 * 1000000 };

    for (int i = 0; i < TRIES; i++) {
        int rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

        if (rc == SQLITE_OK)
            return ERR_OK;
        if ((rc & 0xff) != SQLITE_BUSY && (rc & 0xff) != SQLITE_LOCKED)
            return err_set(err, ERR_STORE, "the workspace's store: %s", sqlite3_errmsg(store->db));
        nanosleep(&(struct timespec){.tv_nsec = STEP_NS}, NULL);
    }
    return err_set(err, ERR_BUSY, "the workspace's store is being read all the time");
}
