/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* access.h - who may come in over the web: people, their sessions, programs' keys, and the record
 * of what was done.
 *
 * Nothing here is a secret in itself: passwords are argon2id strings, sessions and keys are known
 * by the SHA-256 of what their holder keeps. The record of what was done can only be added to; the
 * data base itself refuses to change it.
 */
#ifndef TM_STORE_ACCESS_H
#define TM_STORE_ACCESS_H

#include "base/timestamp.h"
#include "store/store.h"

enum access_role { ROLE_VIEWER = 1, ROLE_ANALYST, ROLE_MARKETER, ROLE_OWNER };
enum { ROLE_COUNT = ROLE_OWNER + 1, STORE_USERS_MAX = 1000, STORE_KEYS_MAX = 1000 };

extern const char *const role_names[ROLE_COUNT]; /* "viewer"; "" for 0 */
/* 0 when it is none. */
enum access_role role_of(struct str name);

struct user_entry {
    int64_t id; /* given by the store */
    char email[256];
    char password[128]; /* argon2id, with its parameters and salt */
    enum access_role role;
    bool disabled;
    int64_t created_us;
    bool second; /* has a second factor; read only */
};

/* ERR_EXISTS when the address is taken, whatever its case; ERR_TOO_LARGE past STORE_USERS_MAX. */
TM_MUST_CHECK enum err_code store_user_add(struct store *store, struct user_entry *user,
                                           struct err *err);
/* The first owner, in one step: ERR_EXISTS when there is anybody. */
TM_MUST_CHECK enum err_code store_user_first(struct store *store, struct user_entry *user,
                                             struct err *err);
TM_MUST_CHECK enum err_code store_user_by_email(struct store *store, const char *email,
                                                struct user_entry *out, bool *out_found,
                                                struct err *err);
TM_MUST_CHECK enum err_code store_user_get(struct store *store, int64_t id, struct user_entry *out,
                                           bool *out_found, struct err *err);
/* Password, role and disabled; ends all its sessions but `keep_session` (may be NULL). ERR_INVALID
 * when no owner who can log in would be left. */
TM_MUST_CHECK enum err_code store_user_update(struct store *store, const struct user_entry *user,
                                              const char *keep_session, struct err *err);
/* With its sessions and keys; the last owner stays (ERR_INVALID). */
TM_MUST_CHECK enum err_code store_user_delete(struct store *store, int64_t id, struct err *err);
/* By id, after `after`, at most `cap`. */
TM_MUST_CHECK enum err_code store_users_list(struct store *store, int64_t after,
                                             struct user_entry *out, size_t cap, size_t *out_n,
                                             struct err *err);

struct session_entry {
    char hash[65]; /* of the cookie's value */
    int64_t user_id;
    char csrf[65];
    int64_t created_us, seen_us, proved_us;
};

/* Also forgets sessions that were not seen since `dead_us`. */
TM_MUST_CHECK enum err_code store_session_put(struct store *store,
                                              const struct session_entry *session, int64_t dead_us,
                                              struct err *err);
TM_MUST_CHECK enum err_code store_session_get(struct store *store, const char *hash,
                                              struct session_entry *out, bool *out_found,
                                              struct err *err);
TM_MUST_CHECK enum err_code store_session_seen(struct store *store, const char *hash,
                                               int64_t seen_us, struct err *err);
TM_MUST_CHECK enum err_code store_session_end(struct store *store, const char *hash,
                                              struct err *err);
/* Its holder has just shown once more who they are. */
TM_MUST_CHECK enum err_code store_session_proved(struct store *store, const char *hash,
                                                 int64_t at_us, struct err *err);

/* A person's second factor: an app that counts time (RFC 6238). */
struct second_entry {
    int64_t user_id;
    char sealed[256];     /* its secret, by the vault */
    int64_t confirmed_us; /* TIME_NONE: begun, but no number of the app was shown yet */
    int64_t last_step;    /* the newest that was used */
};
TM_MUST_CHECK enum err_code store_second_put(struct store *store, const struct second_entry *second,
                                             struct err *err);
TM_MUST_CHECK enum err_code store_second_get(struct store *store, int64_t user_id,
                                             struct second_entry *out, bool *out_found,
                                             struct err *err);
/* *out_fresh false when that step, or a later one, was used before: each is good once. */
TM_MUST_CHECK enum err_code store_second_use(struct store *store, int64_t user_id, int64_t step,
                                             bool *out_fresh, struct err *err);
/* Confirmed from now on, with these recovery codes in place of any others. */
TM_MUST_CHECK enum err_code store_second_confirm(struct store *store, int64_t user_id,
                                                 int64_t at_us, const char (*hashes)[65], size_t n,
                                                 struct err *err);
/* With its recovery codes. */
TM_MUST_CHECK enum err_code store_second_delete(struct store *store, int64_t user_id,
                                                struct err *err);
/* *out_found: it was there, and is no more. */
TM_MUST_CHECK enum err_code store_recovery_take(struct store *store, int64_t user_id,
                                                const char *hash, bool *out_found, struct err *err);
TM_MUST_CHECK enum err_code store_recovery_count(struct store *store, int64_t user_id, int64_t *out,
                                                 struct err *err);

struct key_entry {
    int64_t id; /* given by the store */
    char hash[65];
    char prefix[16]; /* the first letters, by which people know it */
    char name[128];
    unsigned scopes;                         /* bits; the web knows them */
    int64_t user_id;                         /* who made it */
    int64_t created_us, expires_us, used_us; /* TIME_NONE: never */
};

TM_MUST_CHECK enum err_code store_key_add(struct store *store, struct key_entry *key,
                                          struct err *err);
TM_MUST_CHECK enum err_code store_key_find(struct store *store, const char *hash,
                                           struct key_entry *out, bool *out_found, struct err *err);
TM_MUST_CHECK enum err_code store_key_used(struct store *store, int64_t id, int64_t at_us,
                                           struct err *err);
/* ERR_NOT_FOUND when there is none. */
TM_MUST_CHECK enum err_code store_key_delete(struct store *store, int64_t id, struct err *err);
TM_MUST_CHECK enum err_code store_keys_list(struct store *store, int64_t after,
                                            struct key_entry *out, size_t cap, size_t *out_n,
                                            struct err *err);

struct audit_entry {
    int64_t id, at_us; /* id is given by the store */
    char actor[64];    /* "user 3", "key 7", "" nobody */
    char action[64];   /* "POST /api/v1/login" */
    char object[128];
    char ip[64];
    int64_t status; /* of the answer */
};

/* All of them or none. */
TM_MUST_CHECK enum err_code store_audit_add(struct store *store, const struct audit_entry *entries,
                                            size_t n, struct err *err);
/* The newest first, those before `before` (0: all), at most `cap`. */
TM_MUST_CHECK enum err_code store_audit_list(struct store *store, int64_t before,
                                             struct audit_entry *out, size_t cap, size_t *out_n,
                                             struct err *err);

/* Answers to requests that carried a key of their own, so that a repeat gets the same answer. */
struct repeat_entry {
    char key[65];     /* hash of who asked, and the key */
    char request[65]; /* hash of what was asked */
    int64_t status, at_us;
};
/* Also forgets those from before `dead_us`. */
TM_MUST_CHECK enum err_code store_repeat_put(struct store *store, const struct repeat_entry *entry,
                                             struct str answer, int64_t dead_us, struct err *err);
TM_MUST_CHECK enum err_code store_repeat_get(struct store *store, const char *key,
                                             struct repeat_entry *out, struct buf *out_answer,
                                             bool *out_found, struct err *err);

#endif
