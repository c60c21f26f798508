/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sqlite.h - prepared statements of the store; inside src/store only.
 *
 *     struct stmt s;
 *     TRY(stmt_open(store, "SELECT a FROM t WHERE b = $1", &s, err));
 *     stmt_text(&s, 1, str_of("x"));
 *     while (stmt_next(&s)) use(stmt_int(&s, 0));
 *     return stmt_close(&s, err);          -- any error of the above is reported here
 *
 * Statements are portable SQL with parameters $1, $2, ... and are constants of the program.
 */
#ifndef TM_STORE_SQLITE_H
#define TM_STORE_SQLITE_H

#include "store/store.h"

#include <sqlite3.h>

struct store {
    char dir[1024];
    int lock; /* file descriptor that holds the folder's lock */
    sqlite3 *db;
    struct hand *hand; /* shared by the connections to one workspace (hand.h) */
};

struct stmt {
    sqlite3 *db;
    sqlite3_stmt *handle;
    int rc; /* SQLITE_OK until something failed */
};

TM_MUST_CHECK enum err_code stmt_open(struct store *store, const char *sql, struct stmt *out_stmt,
                                      struct err *err);
void stmt_text(struct stmt *s, int parameter, struct str value);
void stmt_bytes(struct stmt *s, int parameter, struct str value);
/* Not copied: it stays until the statement has run. */
void stmt_bytes_lent(struct stmt *s, int parameter, struct str value);
void stmt_textz(struct stmt *s, int parameter, const char *value);
void stmt_int(struct stmt *s, int parameter, int64_t value);
/* NAN is kept as NULL. */
void stmt_real(struct stmt *s, int parameter, double value);
bool stmt_next(struct stmt *s);
int64_t stmt_col_int(struct stmt *s, int column);
double stmt_col_real(struct stmt *s, int column); /* NAN for NULL */
/* Valid until the next stmt_next(). */
struct str stmt_col_text(struct stmt *s, int column);
struct str stmt_col_bytes(struct stmt *s, int column);
void stmt_col_copy(struct stmt *s, int column, char *to, size_t size);
/* Runs again with other parameters. */
void stmt_again(struct stmt *s);
TM_MUST_CHECK enum err_code stmt_close(struct stmt *s, struct err *err);
/* Statements that are kept: opened into a zeroed `slot` when first used, ready for parameters.
 * Their owner finalises the handles before the connection goes. */
TM_MUST_CHECK enum err_code stmt_kept(struct store *store, const char *sql, struct stmt *slot,
                                      struct err *err);
/* A kept one is ready again; the error of its rows, if any. */
TM_MUST_CHECK enum err_code stmt_done(struct stmt *s, struct err *err);
/* Runs a kept one to its end; *out_changed, unless NULL: how many rows it changed. */
TM_MUST_CHECK enum err_code stmt_run(struct stmt *s, int64_t *out_changed, struct err *err);

/* Opens store->db, made when missing with pages of `page_bytes` (0: as many as SQLite likes): what
 * is committed is on stable storage, and what is deleted is gone from the file. On failure the
 * caller closes it all the same. */
TM_MUST_CHECK enum err_code store_connect(struct store *store, const char *path, int page_bytes,
                                          struct err *err);
/* A statement without parameters and rows. */
TM_MUST_CHECK enum err_code store_exec(struct store *store, const char *sql, struct err *err);
/* COMMIT when rc is ERR_OK, else ROLLBACK; returns the first error. */
TM_MUST_CHECK enum err_code store_end(struct store *store, enum err_code rc, struct err *err);
/* Empties the write-ahead log into the file. ERR_BUSY when it cannot for seconds. */
TM_MUST_CHECK enum err_code store_truncate_log(struct store *store, struct err *err);
/* Which version of its tables the file has, 0 for none; ERR_STORE when above `newest`. */
TM_MUST_CHECK enum err_code store_version(struct store *store, const char *path, int64_t newest,
                                          int64_t *out, struct err *err);
/* Whether the tables are those of this program; nothing is changed. */
TM_MUST_CHECK enum err_code store_is_current(struct store *store, struct err *err);
TM_MUST_CHECK enum err_code store_migrate(struct store *store, struct err *err);

#endif
