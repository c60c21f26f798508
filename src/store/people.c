/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/people.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

enum { HEX_DIGITS = 16 };

static void bind_id(struct stmt *s, int parameter, uint64_t id, char text[HEX_DIGITS + 1])
{
    snprintf(text, HEX_DIGITS + 1, "%016" PRIx64, id);
    stmt_textz(s, parameter, text);
}

static uint64_t read_id(struct stmt *s, int column)
{
    char text[HEX_DIGITS + 1];

    stmt_col_copy(s, column, text, sizeof(text));
    return strtoull(text, NULL, HEX_DIGITS);
}

static enum err_code next_id(struct store *store, int64_t *out_id, struct err *err)
{
    int64_t count = 0;
    struct stmt s;

    TRY(stmt_open(store, "SELECT count(*), coalesce(max(id), 0) + 1 FROM people_decision", &s,
                  err));
    if (stmt_next(&s)) {
        count = stmt_col_int(&s, 0);
        *out_id = stmt_col_int(&s, 1);
    }
    TRY(stmt_close(&s, err));
    if (count >= PEOPLE_DECISIONS_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "%d decisions on people are kept; there is no room for "
                       "another",
                       PEOPLE_DECISIONS_MAX);
    return ERR_OK;
}

enum err_code store_people_decide(struct store *store, const struct people_decision *decision,
                                  int64_t *out_id, struct err *err)
{
    bool ordered = decision->a < decision->b;
    char a[HEX_DIGITS + 1], b[HEX_DIGITS + 1];
    struct stmt s;

    if (decision->a == decision->b)
        return err_set(err, ERR_INVALID, "both are the same person already");
    TRY(next_id(store, out_id, err));
    TRY(stmt_open(store,
                  "INSERT INTO people_decision (id, a, b, apart, actor, made_us)"
                  " VALUES ($1, $2, $3, $4, $5, $6)",
                  &s, err));
    stmt_int(&s, 1, *out_id);
    bind_id(&s, 2, ordered ? decision->a : decision->b, a);
    bind_id(&s, 3, ordered ? decision->b : decision->a, b);
    stmt_int(&s, 4, decision->apart);
    stmt_textz(&s, 5, decision->actor);
    stmt_int(&s, 6, timestamp_now());
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_people_undo(struct store *store, int64_t id, struct err *err)
{
    bool found = false;
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE people_decision SET undone_us = $2 WHERE id = $1 AND undone_us = 0"
                  " RETURNING id",
                  &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, timestamp_now());
    while (stmt_next(&s))
        found = true;
    TRY(stmt_close(&s, err));
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "there is no decision %" PRId64 " to take back", id);
    return ERR_OK;
}

enum err_code store_people_forget(struct store *store, const uint64_t *ids, size_t n,
                                  struct err *err)
{
    char text[HEX_DIGITS + 1];
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM people_decision WHERE a = $1 OR b = $1", &s, err));
    for (size_t i = 0; i < n; i++) {
        bind_id(&s, 1, ids[i], text);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

enum err_code store_people_each(struct store *store,
                                enum err_code (*each)(void *ctx,
                                                      const struct people_decision *decision,
                                                      struct err *err),
                                void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT d.id, d.a, d.b, d.apart, d.actor, d.made_us, d.undone_us,"
                  " d.undone_us = 0 AND NOT EXISTS (SELECT 1 FROM people_decision l"
                  "  WHERE l.a = d.a AND l.b = d.b AND l.id > d.id AND l.undone_us = 0)"
                  " FROM people_decision d ORDER BY d.id",
                  &s, err));
    while (rc == ERR_OK && stmt_next(&s)) {
        struct people_decision one = {.id = stmt_col_int(&s, 0),
                                      .a = read_id(&s, 1),
                                      .b = read_id(&s, 2),
                                      .apart = stmt_col_int(&s, 3) != 0,
                                      .made_us = stmt_col_int(&s, 5),
                                      .undone_us = stmt_col_int(&s, 6),
                                      .stands = stmt_col_int(&s, 7) != 0};

        stmt_col_copy(&s, 4, one.actor, sizeof(one.actor));
        rc = each(ctx, &one, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}
