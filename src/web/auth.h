/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* auth.h - passwords, sessions and the link of the first start; inside src/web only. Calls that
 * touch the store are made with web->lock held; those that hash a password, without. */
#ifndef TM_WEB_AUTH_H
#define TM_WEB_AUTH_H

#include "web/request.h"

#include <sodium.h>

struct doorkeeper;

/* Before anybody comes. */
TM_MUST_CHECK enum err_code auth_init(struct site *site, struct err *err);

struct doorkeeper *doorkeeper_new(void);
void doorkeeper_free(struct doorkeeper *door);

/* Slow by intent; at most four at once. */
TM_MUST_CHECK enum err_code password_hash(struct site *site, const char *password, char out[128],
                                          struct err *err);
bool password_fits(struct site *site, const char *kept, const char *given);
/* ERR_INVALID for one that is too short, too long or easy to guess. */
TM_MUST_CHECK enum err_code password_check(const char *password, const char *email,
                                           struct err *err);
/* Of n characters both, in a time that does not tell where they differ. */
bool secret_is(const char *given, const char *kept, size_t n);

/* Whether the request carries a good session of that shop; locks it. */
TM_MUST_CHECK enum err_code session_is_good(struct web *web, struct request *q, bool *out_good,
                                            struct err *err);
/* A new session, in place of the request's old one, and its cookie. */
TM_MUST_CHECK enum err_code session_begin(struct web *web, struct request *q, int64_t user_id,
                                          struct err *err);
/* ERR_OK when a key asks, or a session that has shown within five minutes who it is: by logging in
 * or by POST /prove. Else it refuses the request. */
TM_MUST_CHECK enum err_code auth_proof(struct request *q, struct err *err);
/* "" takes the cookie away. */
void session_cookie(const struct web *web, struct request *q, const char *secret);

/* 429, to be tried again after `wait` seconds. */
enum err_code auth_slow_down(struct request *q, int wait, struct err *err);
/* Before anybody comes: makes the link that web_options.reset_owner asks for, or ends one of the
 * last start. ERR_NOT_FOUND when there is no such owner. */
TM_MUST_CHECK enum err_code reset_open(struct web *web, struct err *err);

/* Refuses a link that lets in once; the caller says where a new one comes from. */
void auth_refuse_link(struct request *q, struct err *err);
TM_MUST_CHECK enum err_code setup_check(struct web *web, const char *token, bool *out_good,
                                        struct err *err);
TM_MUST_CHECK enum err_code setup_close(struct web *web, struct err *err);

#endif
