/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* reset.c - a way back in for an owner who lost everything: a link that whoever has the machine
 * lets the server print, good once, for a day and until the server ends. */
#include "base/digest.h"
#include "web/auth.h"

enum { TRIES_ADDRESS = 20 };

/* "hash until user second": kept under this name while the link is good; second 0: it goes. */
static const char reset_name[] = "reset";
static const int64_t reset_us = US_PER_DAY;

struct reset {
    char hash[65];
    int64_t until_us, user_id;
    int keep_second;
};

static enum err_code no_such_owner(const struct web *web, const char *email, struct err *err)
{
    struct user_entry users[50];
    size_t n = 0;

    err_set(err, ERR_NOT_FOUND, "there is no owner with the address \"%s\"", email);
    if (store_users_list(web->store, 0, users, TM_COUNT(users), &n, NULL) != ERR_OK)
        n = 0;
    for (size_t i = 0; i < n; i++)
        if (users[i].role == ROLE_OWNER) {
            err_hint(err, "An owner here is %s.", users[i].email);
            return ERR_NOT_FOUND;
        }
    err_hint(err, "Nobody was set yet: start without --reset-owner.");
    return ERR_NOT_FOUND;
}

static enum err_code note(struct web *web, int64_t user_id, struct err *err)
{
    struct audit_entry entry = {
        .at_us = timestamp_now(), .actor = "command line", .action = "serve --reset-owner"};

    snprintf(entry.object, sizeof(entry.object), "user %" PRId64, user_id);
    return store_audit_add(web->store, &entry, 1, err);
}

enum err_code reset_open(struct web *web, struct err *err)
{
    const struct web_options *options = web->options;
    struct user_entry user = {0};
    char kept[160], hash[65];
    bool found;

    if (!options->reset_owner) /* a link of the last start is good no more */
        return store_put(web->store, reset_name, STR_NONE, err);
    TRY(store_user_by_email(web->store, options->reset_owner, &user, &found, err));
    if (!found || user.role != ROLE_OWNER)
        return no_such_owner(web, options->reset_owner, err);
    secret_new(web->reset_token);
    digest_of(str_of(web->reset_token), hash);
    snprintf(kept, sizeof(kept), "%s %" PRId64 " %" PRId64 " %d", hash, timestamp_now() + reset_us,
             user.id, !options->reset_second);
    TRY(store_put(web->store, reset_name, str_of(kept), err));
    return note(web, user.id, err);
}

static enum err_code read_reset(struct web *web, struct reset *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(256);
    bool found;

    *out = (struct reset){0};
    TRY(store_get(web->store, reset_name, &kept, &found, err));
    if (!found || sscanf(buf_cstr(&kept), "%64s %" SCNd64 " %" SCNd64 " %d", out->hash,
                         &out->until_us, &out->user_id, &out->keep_second) != 4)
        *out = (struct reset){0};
    return ERR_OK;
}

static enum err_code find(struct web *web, struct request *q, const char *token,
                          struct reset *reset, struct user_entry *user, struct err *err)
{
    bool found = false;
    char hash[65];

    digest_of(str_of(token), hash);
    TRY(read_reset(web, reset, err));
    if (secret_is(hash, reset->hash, 64) && reset->until_us > timestamp_now())
        TRY(store_user_get(web->store, reset->user_id, user, &found, err));
    if (found && user->role == ROLE_OWNER)
        return ERR_OK;
    auth_refuse_link(q, err);
    err_hint(err, "\"tidemark serve --reset-owner ADDRESS\" prints a new one.");
    return ERR_DENIED;
}

/* Its sessions end with the password. */
static enum err_code keep(struct web *web, struct request *q, const char *token,
                          const char *password, struct err *err)
{
    struct user_entry user;
    struct reset reset;

    TRY(find(web, q, token, &reset, &user, err)); /* while it was hashed somebody may have come */
    TRY(store_put(web->store, reset_name, STR_NONE, err));
    snprintf(user.password, sizeof(user.password), "%s", password);
    user.disabled = false;
    TRY(store_user_update(web->store, &user, NULL, err));
    snprintf(q->object, sizeof(q->object), "user %" PRId64, user.id);
    return reset.keep_second || !user.second ? ERR_OK
                                             : store_second_delete(web->store, user.id, err);
}

static enum err_code look(struct web *web, struct request *q, const char *token,
                          struct user_entry *user, struct err *err)
{
    struct reset reset;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = find(web, q, token, &reset, user, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

enum err_code do_reset(struct web *web, struct request *q, struct err *err)
{
    int wait = limits_take(web->site->limits, "address", q->ip, TRIES_ADDRESS);
    char token[65], password[300], hashed[128];
    struct user_entry user;
    struct json_value body;
    enum err_code rc;

    if (wait)
        return auth_slow_down(q, wait, err);
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "token", token, sizeof(token), err));
    TRY(look(web, q, token, &user, err));
    TRY(request_text(body, "password", password, sizeof(password), err));
    rc = password_check(password, user.email, err);
    if (rc == ERR_OK)
        rc = password_hash(web->site, password, hashed, err);
    sodium_memzero(password, sizeof(password));
    TRY(rc);
    pthread_mutex_lock(&web->lock);
    rc = keep(web, q, token, hashed, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}
