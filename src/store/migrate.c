/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schema, as numbered steps that are only ever added to. Portable SQL. */
#include "store/sqlite.h"

static const char *const migrations[] = {
    /* 1: files that were read, why rows of them were not used, levels for hysteresis, values.
     * Ids of files are given by the program and never reused, because rows in the engine carry
     * them. The totals by kind let an interrupted move be finished without doubling a row. */
    "CREATE TABLE import_file ("
    " id BIGINT PRIMARY KEY,"
    " path TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " digest TEXT NOT NULL,"
    " member BIGINT NOT NULL,"
    " size BIGINT NOT NULL,"
    " format TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " status BIGINT NOT NULL,"
    " row_count BIGINT NOT NULL DEFAULT 0,"
    " stored BIGINT NOT NULL DEFAULT 0,"
    " merged BIGINT NOT NULL DEFAULT 0,"
    " rejected BIGINT NOT NULL DEFAULT 0,"
    " skipped BIGINT NOT NULL DEFAULT 0,"
    " records TEXT NOT NULL DEFAULT '',"
    " encoding TEXT NOT NULL DEFAULT '',"
    " delimiter BIGINT NOT NULL DEFAULT 0,"
    " style TEXT NOT NULL DEFAULT '',"
    " newest_us BIGINT NOT NULL DEFAULT 0,"
    " started_us BIGINT NOT NULL,"
    " ended_us BIGINT NOT NULL DEFAULT 0);"
    "CREATE INDEX import_file_content ON import_file (digest, member, status);"
    "CREATE TABLE import_reject ("
    " import_id BIGINT NOT NULL REFERENCES import_file (id),"
    " position BIGINT NOT NULL,"
    " line BIGINT NOT NULL,"
    " reason TEXT NOT NULL,"
    " PRIMARY KEY (import_id, position));"
    "CREATE TABLE published_level ("
    " practice TEXT PRIMARY KEY,"
    " level BIGINT NOT NULL,"
    " scoring TEXT NOT NULL,"
    " at_us BIGINT NOT NULL);"
    "CREATE TABLE kept_value (name TEXT PRIMARY KEY, value TEXT NOT NULL);",
    /* 2: assessments with their evidence, promised steps and their outcome, other shops' exports.
     * NULL in a column of numbers: not known. */
    "CREATE TABLE assessment ("
    " id BIGINT PRIMARY KEY,"
    " as_of BIGINT NOT NULL,"
    " made_us BIGINT NOT NULL,"
    " seen BIGINT NOT NULL,"
    " seen_us BIGINT NOT NULL,"
    " program TEXT NOT NULL,"
    " model TEXT NOT NULL,"
    " model_version TEXT NOT NULL,"
    " content_hash TEXT NOT NULL,"
    " scoring_hash TEXT NOT NULL,"
    " input_hash TEXT NOT NULL,"
    " result_hash TEXT NOT NULL,"
    " stage_best BIGINT NOT NULL,"
    " stage_confirmed BIGINT NOT NULL,"
    " stage_claimed BIGINT NOT NULL,"
    " stage_p1 DOUBLE PRECISION, stage_p2 DOUBLE PRECISION,"
    " stage_p3 DOUBLE PRECISION, stage_p4 DOUBLE PRECISION,"
    " index_mid DOUBLE PRECISION, index_low DOUBLE PRECISION, index_high DOUBLE PRECISION,"
    " coverage DOUBLE PRECISION,"
    " evidence TEXT NOT NULL,"
    " UNIQUE (input_hash, scoring_hash));"
    "CREATE INDEX assessment_time ON assessment (as_of, id);"
    "CREATE TABLE assessment_practice ("
    " assessment_id BIGINT NOT NULL REFERENCES assessment (id) ON DELETE CASCADE,"
    " position BIGINT NOT NULL,"
    " practice TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " level_best BIGINT NOT NULL,"
    " level_confirmed BIGINT NOT NULL,"
    " continuous DOUBLE PRECISION,"
    " p1 DOUBLE PRECISION, p2 DOUBLE PRECISION, p3 DOUBLE PRECISION, p4 DOUBLE PRECISION,"
    " value DOUBLE PRECISION,"
    " PRIMARY KEY (assessment_id, position));"
    "CREATE TABLE assessment_dimension ("
    " assessment_id BIGINT NOT NULL REFERENCES assessment (id) ON DELETE CASCADE,"
    " position BIGINT NOT NULL,"
    " dimension TEXT NOT NULL,"
    " value DOUBLE PRECISION, low DOUBLE PRECISION, high DOUBLE PRECISION,"
    " PRIMARY KEY (assessment_id, position));"
    "CREATE TABLE road_step ("
    " id BIGINT PRIMARY KEY,"
    " assessment_id BIGINT NOT NULL,"
    " saved_us BIGINT NOT NULL,"
    " practice TEXT NOT NULL,"
    " level_from BIGINT NOT NULL,"
    " level_to BIGINT NOT NULL,"
    " quarter BIGINT NOT NULL,"
    " start_day BIGINT NOT NULL,"
    " due_day BIGINT NOT NULL,"
    " measure TEXT NOT NULL,"
    " cut DOUBLE PRECISION,"
    " sample DOUBLE PRECISION,"
    " p_success DOUBLE PRECISION,"
    " owner TEXT NOT NULL,"
    " status BIGINT NOT NULL,"
    " verdict BIGINT NOT NULL DEFAULT 0,"
    " p_met DOUBLE PRECISION,"
    " decided_by BIGINT NOT NULL DEFAULT 0);"
    "CREATE INDEX road_step_practice ON road_step (practice, level_to, verdict);"
    "CREATE TABLE peer ("
    " shop TEXT PRIMARY KEY,"
    " made_us BIGINT NOT NULL,"
    " content TEXT NOT NULL);",
    /* 3: people, their sessions, programs' keys, what was done, and answers to repeat. */
    "CREATE TABLE web_user ("
    " id BIGINT PRIMARY KEY,"
    " email TEXT NOT NULL UNIQUE,"
    " password TEXT NOT NULL,"
    " role BIGINT NOT NULL,"
    " disabled BIGINT NOT NULL DEFAULT 0,"
    " created_us BIGINT NOT NULL);"
    "CREATE TABLE web_session ("
    " hash TEXT PRIMARY KEY,"
    " user_id BIGINT NOT NULL REFERENCES web_user (id) ON DELETE CASCADE,"
    " csrf TEXT NOT NULL,"
    " created_us BIGINT NOT NULL,"
    " seen_us BIGINT NOT NULL);"
    "CREATE TABLE web_key ("
    " id BIGINT PRIMARY KEY,"
    " hash TEXT NOT NULL UNIQUE,"
    " prefix TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " scopes BIGINT NOT NULL,"
    " user_id BIGINT NOT NULL REFERENCES web_user (id) ON DELETE CASCADE,"
    " created_us BIGINT NOT NULL,"
    " expires_us BIGINT NOT NULL,"
    " used_us BIGINT NOT NULL DEFAULT 0);"
    "CREATE TABLE audit ("
    " id BIGINT PRIMARY KEY,"
    " at_us BIGINT NOT NULL,"
    " actor TEXT NOT NULL,"
    " action TEXT NOT NULL,"
    " object TEXT NOT NULL,"
    " ip TEXT NOT NULL,"
    " status BIGINT NOT NULL);"
    "CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the record can only be added to'); END;"
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the record can only be added to'); END;"
    "CREATE TABLE web_repeat ("
    " key TEXT PRIMARY KEY,"
    " request TEXT NOT NULL,"
    " status BIGINT NOT NULL,"
    " answer TEXT NOT NULL,"
    " at_us BIGINT NOT NULL);",
    /* Long work over the web. */
    "CREATE TABLE job ("
    " id BIGINT PRIMARY KEY,"
    " kind BIGINT NOT NULL,"
    " state BIGINT NOT NULL,"
    " object TEXT NOT NULL,"
    " made_us BIGINT NOT NULL,"
    " begun_us BIGINT NOT NULL,"
    " ended_us BIGINT NOT NULL,"
    " error BIGINT NOT NULL,"
    " problem TEXT NOT NULL,"
    " hint TEXT NOT NULL,"
    " report TEXT NOT NULL);",
    /* People: who is one and who is not, by decision; ids as hexadecimal digits. */
    "CREATE TABLE people_decision ("
    " id BIGINT PRIMARY KEY,"
    " a TEXT NOT NULL,"
    " b TEXT NOT NULL,"
    " apart BIGINT NOT NULL,"
    " actor TEXT NOT NULL,"
    " made_us BIGINT NOT NULL,"
    " undone_us BIGINT NOT NULL DEFAULT 0);",
    /* Second factors, sealed (vault.h), their recovery codes, and when a session last proved
     * who it is. */
    "CREATE TABLE web_second ("
    " user_id BIGINT PRIMARY KEY REFERENCES web_user (id) ON DELETE CASCADE,"
    " sealed TEXT NOT NULL,"
    " confirmed_us BIGINT NOT NULL,"
    " last_step BIGINT NOT NULL);"
    "CREATE TABLE web_recovery ("
    " user_id BIGINT NOT NULL REFERENCES web_user (id) ON DELETE CASCADE,"
    " hash TEXT NOT NULL,"
    " PRIMARY KEY (user_id, hash));"
    "ALTER TABLE web_session ADD COLUMN proved_us BIGINT NOT NULL DEFAULT 0;",
    /* The newest mark. */
    "CREATE TABLE mark_part ("
    " name TEXT PRIMARY KEY,"
    " as_of BIGINT NOT NULL,"
    " content BLOB NOT NULL);"
    /* What an import's file said and what became of it, as JSON. */
    "CREATE TABLE import_report ("
    " import_id BIGINT PRIMARY KEY REFERENCES import_file (id),"
    " report TEXT NOT NULL);",
    /* Who may send live messages; `sealed` is a webhook's secret (vault.h). */
    "CREATE TABLE live_source ("
    " id BIGINT PRIMARY KEY,"
    " protocol TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " key TEXT NOT NULL UNIQUE,"
    " ledger BIGINT NOT NULL DEFAULT 0,"
    " sealed TEXT NOT NULL DEFAULT '',"
    " created_us BIGINT NOT NULL,"
    " revoked_us BIGINT NOT NULL DEFAULT 0);",
    /* What of the journal is in the engine (ranges.h). */
    "CREATE TABLE live_range ("
    " import_id BIGINT PRIMARY KEY REFERENCES import_file (id),"
    " first_seq BIGINT NOT NULL,"
    " end_seq BIGINT NOT NULL,"
    " last_seq BIGINT NOT NULL,"
    " batch_last BIGINT NOT NULL,"
    " batch_messages BIGINT NOT NULL,"
    " batch_empty BIGINT NOT NULL,"
    " batch_rejected BIGINT NOT NULL,"
    " batch_newest_us BIGINT NOT NULL,"
    " batch_records TEXT NOT NULL);",
    /* The only shop whose messages a source takes; '': any. */
    "ALTER TABLE live_source ADD COLUMN domain TEXT NOT NULL DEFAULT '';",
    /* Who was erased (erasures.h). */
    "CREATE TABLE erasure ("
    " id BIGINT PRIMARY KEY,"
    " requested_us BIGINT NOT NULL,"
    " finished_us BIGINT NOT NULL DEFAULT 0,"
    " step BIGINT NOT NULL,"
    " actor TEXT NOT NULL,"
    " identifiers BIGINT NOT NULL,"
    " messages BIGINT NOT NULL DEFAULT 0,"
    " records BIGINT NOT NULL DEFAULT 0,"
    " orders BIGINT NOT NULL DEFAULT 0,"
    " problem TEXT NOT NULL DEFAULT '',"
    " files TEXT NOT NULL DEFAULT '',"
    " sealed TEXT NOT NULL);"
    "CREATE TABLE erasure_id ("
    " erasure_id BIGINT NOT NULL REFERENCES erasure (id),"
    " kind BIGINT NOT NULL,"
    " hash BLOB NOT NULL,"
    " quick BIGINT NOT NULL,"
    " other BIGINT NOT NULL,"
    " PRIMARY KEY (erasure_id, kind, hash));"
    "CREATE TABLE erasure_count ("
    " erasure_id BIGINT NOT NULL REFERENCES erasure (id),"
    " import_id BIGINT NOT NULL,"
    " kind BIGINT NOT NULL,"
    " fewer BIGINT NOT NULL,"
    " PRIMARY KEY (erasure_id, import_id, kind));",
    /* Of a source of live data instead of a person. */
    "ALTER TABLE erasure ADD COLUMN source_id BIGINT NOT NULL DEFAULT 0;",
    /* How much was read for the proof. */
    "ALTER TABLE erasure ADD COLUMN searched_bytes BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE erasure ADD COLUMN searched_files BIGINT NOT NULL DEFAULT 0;",
    /* What the settings keep no longer may go from the record of what was done (keep.h). */
    "DROP TRIGGER audit_no_delete;"
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.at_us >="
    " coalesce((SELECT CAST(value AS BIGINT) FROM kept_value WHERE name = 'audit kept from'), 0)"
    " BEGIN SELECT RAISE(ABORT, 'the record can only be added to'); END;",
    /* The shop's segments (segments.h). */
    "CREATE TABLE segment ("
    " id BIGINT PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " about TEXT NOT NULL,"
    " actor TEXT NOT NULL,"
    " made_us BIGINT NOT NULL,"
    " changed_us BIGINT NOT NULL);"
    "CREATE UNIQUE INDEX segment_name ON segment (lower(name));",
    /* What shops' systems ask for by law (duties.h). */
    "CREATE TABLE duty ("
    " id BIGINT PRIMARY KEY,"
    " source_id BIGINT NOT NULL,"
    " seq BIGINT NOT NULL,"
    " kind BIGINT NOT NULL,"
    " state BIGINT NOT NULL,"
    " received_us BIGINT NOT NULL,"
    " due_us BIGINT NOT NULL,"
    " done_us BIGINT NOT NULL DEFAULT 0,"
    " sealed TEXT NOT NULL,"
    " actor TEXT NOT NULL DEFAULT '',"
    " job_id BIGINT NOT NULL DEFAULT 0,"
    " erasure_id BIGINT NOT NULL DEFAULT 0,"
    " nothing_kept BIGINT NOT NULL DEFAULT 0,"
    " problem TEXT NOT NULL DEFAULT '',"
    " UNIQUE (source_id, seq));",
    /* What was turned away at the door of live messages (turned.h). */
    "CREATE TABLE turned ("
    " hour BIGINT NOT NULL,"
    " source BIGINT NOT NULL,"
    " key TEXT NOT NULL,"
    " why TEXT NOT NULL,"
    " n BIGINT NOT NULL,"
    " last_us BIGINT NOT NULL,"
    " PRIMARY KEY (hour, source, key, why));",
    /* Which of the journal's messages count as taken out already. */
    "ALTER TABLE erasure ADD COLUMN counted_seq BIGINT NOT NULL DEFAULT 0;",
    /* Segments and flows, numbered together (named.h). */
    "CREATE TABLE named ("
    " id BIGINT PRIMARY KEY,"
    " kind BIGINT NOT NULL,"
    " name TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " about TEXT NOT NULL,"
    " actor TEXT NOT NULL,"
    " made_us BIGINT NOT NULL,"
    " changed_us BIGINT NOT NULL);"
    "CREATE UNIQUE INDEX named_name ON named (kind, lower(name));"
    "INSERT INTO named SELECT id, 0, name, text, about, actor, made_us, changed_us FROM segment;"
    "DROP TABLE segment;"
    "CREATE TABLE named_number (last BIGINT NOT NULL);"
    "INSERT INTO named_number SELECT coalesce(max(id), 0) FROM named;",
    /* Flows and campaigns are switched on and off. */
    "ALTER TABLE named ADD COLUMN state BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE named ADD COLUMN state_us BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE named ADD COLUMN state_by TEXT NOT NULL DEFAULT '';",
    /* How far campaigns are (campaigns.h). */
    "CREATE TABLE campaign ("
    " id BIGINT PRIMARY KEY,"
    " turn BIGINT NOT NULL,"
    " stage BIGINT NOT NULL,"
    " seen TEXT NOT NULL,"
    " seen_people BIGINT NOT NULL,"
    " seen_us BIGINT NOT NULL,"
    " approved TEXT NOT NULL,"
    " approved_by TEXT NOT NULL,"
    " approved_us BIGINT NOT NULL,"
    " launched TEXT NOT NULL,"
    " launched_by TEXT NOT NULL,"
    " launched_us BIGINT NOT NULL,"
    " expected BIGINT NOT NULL,"
    " held_people BIGINT NOT NULL,"
    " held_why TEXT NOT NULL,"
    " ended_us BIGINT NOT NULL);",
};

static enum err_code version_of(struct store *store, int64_t *out_version, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT version FROM schema_version", &s, err));
    *out_version = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    return stmt_close(&s, err);
}

static enum err_code set_version(struct store *store, int64_t version, struct err *err)
{
    struct stmt s;

    TRY(store_exec(store, "DELETE FROM schema_version", err));
    TRY(stmt_open(store, "INSERT INTO schema_version (version) VALUES ($1)", &s, err));
    stmt_int(&s, 1, version);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code step(struct store *store, size_t i, struct err *err)
{
    enum err_code rc;

    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    rc = store_exec(store, migrations[i], err);
    if (rc == ERR_OK)
        rc = set_version(store, (int64_t)i + 1, err);
    return store_end(store, rc, err);
}

enum err_code store_is_current(struct store *store, struct err *err)
{
    int64_t version = 0;

    TRY(version_of(store, &version, err));
    if (version == (int64_t)TM_COUNT(migrations))
        return ERR_OK;
    err_set(err, ERR_STORE, "the workspace \"%s\" is in use by another version of Tidemark",
            store->dir);
    err_hint(err, "use that version, or end it first");
    return ERR_STORE;
}

enum err_code store_migrate(struct store *store, struct err *err)
{
    int64_t version = 0;

    TRY(store_exec(store, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)",
                   err));
    TRY(version_of(store, &version, err));
    if (version < 0 || version > (int64_t)TM_COUNT(migrations)) {
        err_set(err, ERR_STORE,
                "the workspace \"%s\" was written by a newer Tidemark (schema %" PRId64
                ", known here: %zu)",
                store->dir, version, TM_COUNT(migrations));
        err_hint(err, "use that version of Tidemark, or another workspace");
        return ERR_STORE;
    }
    for (size_t i = (size_t)version; i < TM_COUNT(migrations); i++)
        TRY(step(store, i, err));
    return ERR_OK;
}
