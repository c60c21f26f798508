/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/named.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/timestamp.h"
#include "store/sqlite.h"

#define COLUMNS "id, kind, name, text, about, actor, made_us, changed_us"
#define STATE "state, state_us, state_by"

static const struct {
    const char *nameless, *exists, *too_many, *missing;
} texts[NAMED_KINDS] = {
    [NAMED_SEGMENT] = {N_("a segment needs a name"), N_("there is such a segment already"),
                       N_("there are too many segments"), N_("there is no such segment")},
    [NAMED_FLOW] = {N_("a flow needs a name"), N_("there is such a flow already"),
                    N_("there are too many flows"), N_("there is no such flow")},
    [NAMED_MESSAGE] = {N_("a message needs a name"), N_("there is such a message already"),
                       N_("there are too many messages"), N_("there is no such message")},
    [NAMED_CAMPAIGN] = {N_("a campaign needs a name"), N_("there is such a campaign already"),
                        N_("there are too many campaigns"), N_("there is no such campaign")},
};

static enum err_code no_such(enum named_kind kind, const char *name, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "%s: \"%s\"", i18n_text(texts[kind].missing), name);
}

static enum err_code no_such_id(enum named_kind kind, int64_t id, struct err *err)
{
    char name[24];

    snprintf(name, sizeof(name), "%" PRId64, id);
    return no_such(kind, name, err);
}

/* ---- writing ------------------------------------------------------------------------------ */

/* Whether another of its kind has that name, and how many there are. */
static enum err_code look_around(struct store *store, const struct named *named, bool *out_taken,
                                 int64_t *out_count, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT count(*), coalesce(sum(CASE WHEN lower(name) = lower($2) AND id <> $3"
                  " THEN 1 ELSE 0 END), 0) FROM named WHERE kind = $1",
                  &s, err));
    stmt_int(&s, 1, named->kind);
    stmt_textz(&s, 2, named->name);
    stmt_int(&s, 3, named->id);
    if (stmt_next(&s)) {
        *out_count = stmt_col_int(&s, 0);
        *out_taken = stmt_col_int(&s, 1) > 0;
    }
    return stmt_close(&s, err);
}

static enum err_code next_id(struct store *store, int64_t *out_id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE named_number SET last = last + 1 RETURNING last", &s, err));
    while (stmt_next(&s))
        *out_id = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code write_named(struct store *store, const struct named *named, const char *sql,
                                 int64_t id, bool *out_found, struct err *err)
{
    struct stmt s;

    *out_found = false;
    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, named->kind);
    stmt_textz(&s, 3, named->name);
    stmt_text(&s, 4, named->text);
    stmt_textz(&s, 5, named->about);
    stmt_textz(&s, 6, named->actor);
    stmt_int(&s, 7, timestamp_now());
    while (stmt_next(&s))
        *out_found = true;
    return stmt_close(&s, err);
}

static enum err_code insert(struct store *store, const struct named *named, int64_t *out_id,
                            struct err *err)
{
    bool found;
    enum err_code rc;

    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    rc = next_id(store, out_id, err);
    if (rc == ERR_OK)
        rc = write_named(store, named,
                         "INSERT INTO named (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                         *out_id, &found, err);
    return store_end(store, rc, err);
}

enum err_code store_named_put(struct store *store, const struct named *named, int64_t *out_id,
                              struct err *err)
{
    int64_t count = 0;
    bool taken = false, found;

    if (!named->name[0])
        return err_set(err, ERR_INVALID, "%s", i18n_text(texts[named->kind].nameless));
    TRY(look_around(store, named, &taken, &count, err));
    if (taken)
        return err_set(err, ERR_EXISTS, "%s: \"%s\"", i18n_text(texts[named->kind].exists),
                       named->name);
    *out_id = named->id;
    if (!named->id && count >= NAMED_MOST)
        return err_set(err, ERR_TOO_LARGE, "%s: %d", i18n_text(texts[named->kind].too_many),
                       NAMED_MOST);
    if (!named->id)
        return insert(store, named, out_id, err);
    TRY(write_named(store, named,
                    "UPDATE named SET name = $3, text = $4, about = $5, actor = $6,"
                    " changed_us = $7 WHERE id = $1 AND kind = $2 RETURNING id",
                    named->id, &found, err));
    return found ? ERR_OK : no_such_id(named->kind, named->id, err);
}

enum err_code store_named_remove(struct store *store, enum named_kind kind, int64_t id,
                                 struct err *err)
{
    bool found = false;
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM named WHERE id = $1 AND kind = $2 RETURNING id", &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, kind);
    while (stmt_next(&s))
        found = true;
    TRY(stmt_close(&s, err));
    return found ? ERR_OK : no_such_id(kind, id, err);
}

enum err_code store_named_switch(struct store *store, enum named_kind kind, int64_t id,
                                 enum named_state state, const char *by, struct err *err)
{
    bool found = false;
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE named SET state = $3, state_us = $4, state_by = $5"
                  " WHERE id = $1 AND kind = $2 RETURNING id",
                  &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, kind);
    stmt_int(&s, 3, state);
    stmt_int(&s, 4, timestamp_now());
    stmt_textz(&s, 5, by);
    while (stmt_next(&s))
        found = true;
    TRY(stmt_close(&s, err));
    return found ? ERR_OK : no_such_id(kind, id, err);
}

/* ---- reading ------------------------------------------------------------------------------ */

static void read_named(struct stmt *s, struct named *out)
{
    *out = (struct named){.id = stmt_col_int(s, 0),
                          .kind = (enum named_kind)stmt_col_int(s, 1),
                          .text = stmt_col_text(s, 3),
                          .made_us = stmt_col_int(s, 6),
                          .changed_us = stmt_col_int(s, 7),
                          .state = (enum named_state)stmt_col_int(s, 8),
                          .state_us = stmt_col_int(s, 9)};
    stmt_col_copy(s, 2, out->name, sizeof(out->name));
    stmt_col_copy(s, 4, out->about, sizeof(out->about));
    stmt_col_copy(s, 5, out->actor, sizeof(out->actor));
    stmt_col_copy(s, 10, out->state_by, sizeof(out->state_by));
}

enum err_code store_named_each(struct store *store, enum named_kind kind, named_each *each,
                               void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(
        store, "SELECT " COLUMNS ", " STATE " FROM named WHERE kind = $1 ORDER BY lower(name), id",
        &s, err));
    stmt_int(&s, 1, kind);
    while (rc == ERR_OK && stmt_next(&s)) {
        struct named one;

        read_named(&s, &one);
        rc = each(ctx, &one, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code store_named_turn(struct store *store, enum named_kind kind, struct named_turn *out,
                               struct err *err)
{
    struct stmt s;

    *out = (struct named_turn){0};
    TRY(stmt_open(store,
                  "SELECT count(*), coalesce(max(id), 0), coalesce(sum(changed_us), 0) FROM named"
                  " WHERE kind = $1",
                  &s, err));
    stmt_int(&s, 1, kind);
    while (stmt_next(&s))
        *out = (struct named_turn){stmt_col_int(&s, 0), stmt_col_int(&s, 1), stmt_col_int(&s, 2)};
    return stmt_close(&s, err);
}

enum err_code store_named_find(struct store *store, enum named_kind kind, const char *name,
                               struct named *out, struct buf *text, struct err *err)
{
    char *end;
    int64_t id = strtoll(name, &end, 10);
    bool found;
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT " COLUMNS ", " STATE " FROM named WHERE kind = $1"
                  " AND (lower(name) = lower($2) OR id = $3)"
                  " ORDER BY lower(name) <> lower($2) LIMIT 1",
                  &s, err));
    stmt_int(&s, 1, kind);
    stmt_textz(&s, 2, name);
    stmt_int(&s, 3, *name && !*end ? id : 0);
    found = stmt_next(&s);
    if (found) {
        read_named(&s, out);
        buf_adds(text, out->text);
        out->text = buf_str(text);
    }
    TRY(stmt_close(&s, err));
    TRY(buf_check(text, err));
    return found ? ERR_OK : no_such(kind, name, err);
}
