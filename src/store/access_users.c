/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* access_users.c - people and their sessions (store/access.h). */
#include "store/access.h"

#include "store/sqlite.h"

const char *const role_names[ROLE_COUNT] = {"", "viewer", "analyst", "marketer", "owner"};

enum access_role role_of(struct str name)
{
    for (size_t i = 1; i < ROLE_COUNT; i++)
        if (str_eqz(name, role_names[i]))
            return (enum access_role)i;
    return (enum access_role)0;
}

#define USER_COLUMNS "id, email, password, role, disabled, created_us"
#define USER_READ                                                                                  \
    USER_COLUMNS ", (SELECT COUNT(*) FROM web_second"                                              \
                 "   WHERE user_id = web_user.id AND confirmed_us > 0)"

static void take_user(struct stmt *s, struct user_entry *out)
{
    out->id = stmt_col_int(s, 0);
    stmt_col_copy(s, 1, out->email, sizeof(out->email));
    stmt_col_copy(s, 2, out->password, sizeof(out->password));
    out->role = (enum access_role)stmt_col_int(s, 3);
    out->disabled = stmt_col_int(s, 4) != 0;
    out->created_us = stmt_col_int(s, 5);
    out->second = stmt_col_int(s, 6) > 0;
}

static enum err_code one_number(struct store *store, const char *sql, int64_t *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, sql, &s, err));
    *out = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    return stmt_close(&s, err);
}

static enum err_code insert_user(struct store *store, struct user_entry *user, struct err *err)
{
    struct stmt s;
    int64_t last;

    TRY(one_number(store, "SELECT COALESCE(MAX(id), 0) FROM web_user", &last, err));
    user->id = last + 1;
    TRY(stmt_open(store,
                  "INSERT INTO web_user (" USER_COLUMNS ") VALUES ($1, LOWER($2), $3, $4, $5, $6)",
                  &s, err));
    stmt_int(&s, 1, user->id);
    stmt_textz(&s, 2, user->email);
    stmt_textz(&s, 3, user->password);
    stmt_int(&s, 4, user->role);
    stmt_int(&s, 5, user->disabled);
    stmt_int(&s, 6, user->created_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code add_checked(struct store *store, struct user_entry *user, int64_t most,
                                 struct err *err)
{
    struct user_entry other;
    int64_t count;
    bool taken;

    TRY(one_number(store, "SELECT COUNT(*) FROM web_user", &count, err));
    if (count >= most)
        return most == 1
                   ? err_set(err, ERR_EXISTS, "the owner is set already")
                   : err_set(err, ERR_TOO_LARGE, "there are %d people already", STORE_USERS_MAX);
    TRY(store_user_by_email(store, user->email, &other, &taken, err));
    if (taken)
        return err_set(err, ERR_EXISTS, "somebody has that address already");
    return insert_user(store, user, err);
}

static enum err_code add(struct store *store, struct user_entry *user, int64_t most,
                         struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, add_checked(store, user, most, err), err);
}

enum err_code store_user_add(struct store *store, struct user_entry *user, struct err *err)
{
    return add(store, user, STORE_USERS_MAX, err);
}

enum err_code store_user_first(struct store *store, struct user_entry *user, struct err *err)
{
    return add(store, user, 1, err);
}

enum err_code store_user_by_email(struct store *store, const char *email, struct user_entry *out,
                                  bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT " USER_READ " FROM web_user WHERE email = LOWER($1)", &s, err));
    stmt_textz(&s, 1, email);
    *out_found = stmt_next(&s);
    if (*out_found)
        take_user(&s, out);
    return stmt_close(&s, err);
}

enum err_code store_user_get(struct store *store, int64_t id, struct user_entry *out,
                             bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT " USER_READ " FROM web_user WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    *out_found = stmt_next(&s);
    if (*out_found)
        take_user(&s, out);
    return stmt_close(&s, err);
}

static enum err_code end_sessions(struct store *store, int64_t user_id, const char *keep,
                                  struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_session WHERE user_id = $1 AND hash <> $2", &s, err));
    stmt_int(&s, 1, user_id);
    stmt_textz(&s, 2, keep ? keep : "");
    stmt_next(&s);
    return stmt_close(&s, err);
}

/* Inside a transaction, which an error takes back. */
static enum err_code check_owner_left(struct store *store, struct err *err)
{
    int64_t owners;

    TRY(one_number(store, "SELECT COUNT(*) FROM web_user WHERE role = 4 AND disabled = 0", &owners,
                   err));
    if (owners > 0)
        return ERR_OK;
    err_set(err, ERR_INVALID, "the last owner cannot be taken away");
    err_hint(err, "Make somebody else an owner first.");
    return ERR_INVALID;
}

static enum err_code update(struct store *store, const struct user_entry *user, const char *keep,
                            struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE web_user SET password = $2, role = $3, disabled = $4 WHERE id = $1", &s,
                  err));
    stmt_int(&s, 1, user->id);
    stmt_textz(&s, 2, user->password);
    stmt_int(&s, 3, user->role);
    stmt_int(&s, 4, user->disabled);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    TRY(end_sessions(store, user->id, keep, err));
    return check_owner_left(store, err);
}

enum err_code store_user_update(struct store *store, const struct user_entry *user,
                                const char *keep_session, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, update(store, user, keep_session, err), err);
}

static enum err_code delete (struct store *store, int64_t id, struct err *err) {
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_user WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    return check_owner_left(store, err);
}

enum err_code store_user_delete(struct store *store, int64_t id, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, delete (store, id, err), err);
}

enum err_code store_users_list(struct store *store, int64_t after, struct user_entry *out,
                               size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store, "SELECT " USER_READ " FROM web_user WHERE id > $1 ORDER BY id LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, after);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        take_user(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}

static enum err_code forget_sessions(struct store *store, int64_t dead_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_session WHERE seen_us < $1", &s, err));
    stmt_int(&s, 1, dead_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_session_put(struct store *store, const struct session_entry *session,
                                int64_t dead_us, struct err *err)
{
    struct stmt s;

    TRY(forget_sessions(store, dead_us, err));
    TRY(stmt_open(store,
                  "INSERT INTO web_session (hash, user_id, csrf, created_us, seen_us, proved_us)"
                  " VALUES ($1, $2, $3, $4, $5, $6)",
                  &s, err));
    stmt_textz(&s, 1, session->hash);
    stmt_int(&s, 2, session->user_id);
    stmt_textz(&s, 3, session->csrf);
    stmt_int(&s, 4, session->created_us);
    stmt_int(&s, 5, session->seen_us);
    stmt_int(&s, 6, session->proved_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_session_get(struct store *store, const char *hash, struct session_entry *out,
                                bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT hash, user_id, csrf, created_us, seen_us, proved_us FROM web_session"
                  " WHERE hash = $1",
                  &s, err));
    stmt_textz(&s, 1, hash);
    *out_found = stmt_next(&s);
    if (*out_found) {
        stmt_col_copy(&s, 0, out->hash, sizeof(out->hash));
        out->user_id = stmt_col_int(&s, 1);
        stmt_col_copy(&s, 2, out->csrf, sizeof(out->csrf));
        out->created_us = stmt_col_int(&s, 3);
        out->seen_us = stmt_col_int(&s, 4);
        out->proved_us = stmt_col_int(&s, 5);
    }
    return stmt_close(&s, err);
}

enum err_code store_session_seen(struct store *store, const char *hash, int64_t seen_us,
                                 struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE web_session SET seen_us = $2 WHERE hash = $1", &s, err));
    stmt_textz(&s, 1, hash);
    stmt_int(&s, 2, seen_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_session_end(struct store *store, const char *hash, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_session WHERE hash = $1", &s, err));
    stmt_textz(&s, 1, hash);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_session_proved(struct store *store, const char *hash, int64_t at_us,
                                   struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE web_session SET proved_us = $2 WHERE hash = $1", &s, err));
    stmt_textz(&s, 1, hash);
    stmt_int(&s, 2, at_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}
