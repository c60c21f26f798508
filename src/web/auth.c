/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* auth.c - who asks: sessions, programs' keys, the first owner, passwords. */
#include "web/auth.h"

#include "base/digest.h"
#include "base/log.h"
#include "web/trail.h"

#include <semaphore.h>

/* Argon2id: 3 passes over 64 MiB (OWASP ASVS 5.0 asks at least 12 MiB at 3). */
enum { HASH_PASSES = 3, HASH_BYTES = 64 << 20, HASHES_AT_ONCE = 4 };
enum { PASSWORD_MIN = 10, PASSWORD_MAX = 256 };
static const int64_t idle_us = 30 * 60 * US_PER_SECOND;
static const int64_t absolute_us = 12 * US_PER_HOUR;
static const int64_t setup_us = US_PER_DAY;
static const int64_t proof_us = 5 * 60 * US_PER_SECOND;
static const int64_t seen_every_us = 60 * US_PER_SECOND;

struct doorkeeper {
    sem_t hashes;
};

struct doorkeeper *doorkeeper_new(void)
{
    struct doorkeeper *door = xcalloc(1, sizeof(*door));

    sem_init(&door->hashes, 0, HASHES_AT_ONCE);
    return door;
}

void doorkeeper_free(struct doorkeeper *door)
{
    if (!door)
        return;
    sem_destroy(&door->hashes);
    free(door);
}

void auth_refuse_link(struct request *q, struct err *err)
{
    refuse(q, 403, ERR_DENIED);
    err_set(err, ERR_DENIED, "this link was used or is too old");
}

enum err_code auth_slow_down(struct request *q, int wait, struct err *err)
{
    q->retry_after = wait;
    refuse(q, 429, ERR_BUSY);
    err_set(err, ERR_BUSY, "too many attempts");
    err_hint(err, "Try again in a minute.");
    return ERR_BUSY;
}

void secret_new(char out_hex[65])
{
    unsigned char bytes[32];

    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(out_hex, 65, bytes, sizeof(bytes));
    sodium_memzero(bytes, sizeof(bytes));
}

bool secret_is(const char *given, const char *kept, size_t n)
{
    return strlen(given) == n && strlen(kept) == n && sodium_memcmp(given, kept, n) == 0;
}

enum err_code password_hash(struct site *site, const char *password, char out[128], struct err *err)
{
    int failed;

    while (sem_wait(&site->door->hashes) != 0)
        continue;
    failed = crypto_pwhash_str_alg(out, password, strlen(password), HASH_PASSES, HASH_BYTES,
                                   crypto_pwhash_ALG_ARGON2ID13);
    sem_post(&site->door->hashes);
    return failed ? err_set(err, ERR_MEMORY, "there is not enough memory to guard the password")
                  : ERR_OK;
}

bool password_fits(struct site *site, const char *kept, const char *given)
{
    bool fits;

    while (sem_wait(&site->door->hashes) != 0)
        continue;
    fits = crypto_pwhash_str_verify(kept, given, strlen(given)) == 0;
    sem_post(&site->door->hashes);
    return fits;
}

/* The most used ones and their endings; the length does the rest. */
static const char *const easy[] = {"password", "12345678", "qwerty",   "iloveyou", "abc123",
                                   "letmein",  "welcome",  "tidemark", "11111111", "00000000"};

enum err_code password_check(const char *password, const char *email, struct err *err)
{
    size_t n = strlen(password);
    struct str name = {email, strcspn(email, "@")};
    bool weak = false;
    char local[128];

    if (n < PASSWORD_MIN || n > PASSWORD_MAX)
        return err_set(err, ERR_INVALID, "a password has %d to %d characters", PASSWORD_MIN,
                       PASSWORD_MAX);
    snprintf(local, sizeof(local), "%.*s", (int)(name.n < 100 ? name.n : 100), name.p);
    for (size_t i = 0; i < TM_COUNT(easy); i++)
        weak = weak || (n < 15 && str_icontains(str_of(password), easy[i]));
    weak = weak || (strlen(local) > 3 && n < 15 && str_icontains(str_of(password), local));
    if (!weak)
        return ERR_OK;
    err_set(err, ERR_INVALID, "the password is easy to guess");
    err_hint(err, "Use several words that do not belong together.");
    return ERR_INVALID;
}

/* Each shop has its own; under TLS browsers let no other server set it. */
static const char *cookie_name(const struct web *web, char out[80])
{
    snprintf(out, 80, "%stm_session%s%s", web->site->https ? "__Host-" : "",
             web->prefix[0] ? "-" : "", web->prefix[0] ? web->prefix + 1 : "");
    return out;
}

void session_cookie(const struct web *web, struct request *q, const char *secret)
{
    char name[80];

    snprintf(q->cookie, sizeof(q->cookie), "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
             cookie_name(web, name), secret, web->site->https ? "; Secure" : "",
             *secret ? "" : "; Max-Age=0");
}

enum err_code session_begin(struct web *web, struct request *q, int64_t user_id, struct err *err)
{
    struct session_entry session = {.user_id = user_id, .created_us = timestamp_now()};
    char secret[65];

    secret_new(secret);
    secret_new(session.csrf);
    digest_of(str_of(secret), session.hash);
    session.seen_us = session.proved_us = session.created_us;
    if (q->session.hash[0]) /* whoever logs in anew gets a new one */
        TRY(store_session_end(web->store, q->session.hash, err));
    TRY(store_session_put(web->store, &session, session.created_us - idle_us, err));
    q->session = session;
    session_cookie(web, q, secret);
    sodium_memzero(secret, sizeof(secret));
    return ERR_OK;
}

static enum err_code by_key(struct web *web, struct request *q, const char *secret, struct err *err)
{
    int64_t now_us = timestamp_now();
    char hash[65];
    bool found;

    digest_of(str_of(secret), hash);
    TRY(store_key_find(web->store, hash, &q->key, &found, err));
    if (found)
        TRY(store_user_get(web->store, q->key.user_id, &q->user, &found, err));
    if (!found || q->user.disabled || (q->key.expires_us && q->key.expires_us < now_us)) {
        q->key.id = q->user.id = 0;
        refuse(q, 401, ERR_DENIED);
        return err_set(err, ERR_DENIED, "the key is not known or no longer good");
    }
    return now_us - q->key.used_us > seen_every_us
               ? trail_key_used(web->trail, q->key.id, now_us, err)
               : ERR_OK;
}

static enum err_code by_session(struct web *web, struct request *q, const char *secret,
                                struct err *err)
{
    int64_t now_us = timestamp_now();
    struct session_entry session;
    char hash[65];
    bool found;

    digest_of(str_of(secret), hash);
    TRY(store_session_get(web->store, hash, &session, &found, err));
    if (!found)
        return ERR_OK;
    if (now_us - session.seen_us > idle_us || now_us - session.created_us > absolute_us)
        return store_session_end(web->store, hash, err);
    TRY(store_user_get(web->store, session.user_id, &q->user, &found, err));
    if (!found || q->user.disabled) {
        q->user = (struct user_entry){0};
        return store_session_end(web->store, hash, err);
    }
    q->session = session;
    return now_us - session.seen_us > seen_every_us
               ? trail_session_seen(web->trail, hash, now_us, err)
               : ERR_OK;
}

static const char *header(const struct request *q, const char *name)
{
    const char *value = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);

    return value ? value : "";
}

static bool changes(const struct request *q)
{
    return strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0;
}

/* A browser tells where a request comes from; what is no browser does not. */
static bool from_elsewhere(const struct web *web, const struct request *q)
{
    const char *site = header(q, "Sec-Fetch-Site"), *origin = header(q, "Origin");
    const char *host;

    if (*site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return true;
    if (!*origin)
        return false;
    host = strstr(origin, "://");
    return !host || (strcmp(host + 3, web->site->hosts[0]) != 0 &&
                     strcmp(host + 3, web->site->hosts[1]) != 0);
}

static enum err_code check_forgery(const struct web *web, struct request *q, struct err *err)
{
    if (!changes(q) || q->key.id)
        return ERR_OK;
    if (from_elsewhere(web, q)) {
        refuse(q, 403, ERR_DENIED);
        return err_set(err, ERR_DENIED, "the request comes from another site");
    }
    if (!q->route->csrf || secret_is(header(q, "X-CSRF-Token"), q->session.csrf, 64))
        return ERR_OK;
    refuse(q, 403, ERR_DENIED);
    err_set(err, ERR_DENIED, "the request lacks its CSRF token");
    err_hint(err, "Send the csrf of GET /api/v1/me as X-CSRF-Token.");
    return ERR_DENIED;
}

/* NULL: none that could be one. */
static const char *session_cookie_of(const struct web *web, const struct request *q)
{
    char name[80];
    const char *cookie =
        MHD_lookup_connection_value(q->connection, MHD_COOKIE_KIND, cookie_name(web, name));

    return cookie && strlen(cookie) == 64 ? cookie : NULL;
}

enum err_code session_is_good(struct web *web, struct request *q, bool *out_good, struct err *err)
{
    const char *cookie = session_cookie_of(web, q);
    struct request probe = {.connection = q->connection};
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&web->lock);
    if (cookie)
        rc = by_session(web, &probe, cookie, err);
    pthread_mutex_unlock(&web->lock);
    *out_good = probe.user.id != 0;
    return rc;
}

static enum err_code identify(struct web *web, struct request *q, struct err *err)
{
    const char *bearer = header(q, "Authorization");
    const char *cookie = session_cookie_of(web, q);

    if (strncmp(bearer, "Bearer ", 7) == 0 && !(q->route->roles & MAY_PUBLIC))
        return by_key(web, q, bearer + 7, err);
    return cookie ? by_session(web, q, cookie, err) : ERR_OK;
}

enum err_code auth_check(struct web *web, struct request *q, struct err *err)
{
    bool public = q->route->roles & MAY_PUBLIC;
    bool may;

    if (web->store)
        TRY(identify(web, q, err));
    if (!public && !q->user.id) {
        refuse(q, 401, ERR_DENIED);
        return err_set(err, ERR_DENIED, "log in first");
    }
    may = public ||
          (q->key.id ? (q->route->scope & q->key.scopes) && (q->route->roles & (1U << q->user.role))
                     : (q->route->roles & (1U << q->user.role)) != 0);
    if (!may) {
        refuse(q, 403, ERR_DENIED);
        return err_set(err, ERR_DENIED, "your role or key does not allow this");
    }
    TRY(check_forgery(web, q, err));
    return q->route->proof ? auth_proof(q, err) : ERR_OK;
}

enum err_code auth_proof(struct request *q, struct err *err)
{
    if (q->key.id || timestamp_now() - q->session.proved_us <= proof_us)
        return ERR_OK;
    q->need = "proof";
    refuse(q, 403, ERR_DENIED);
    err_set(err, ERR_DENIED, "show once more who you are");
    err_hint(err, "Send your password, or the number of your app, to POST /api/v1/prove.");
    return ERR_DENIED;
}

/* "hash until": kept under this name until there is an owner. */
static const char setup_name[] = "setup";

enum err_code auth_init(struct site *site, struct err *err)
{
    return password_hash(site, "nobody", site->dummy_password, err);
}

enum err_code auth_open(struct web *web, char out_setup[65], bool *out_setup_open, struct err *err)
{
    struct user_entry one;
    char hash[65], kept[128];
    size_t n;

    TRY(store_users_list(web->store, 0, &one, 1, &n, err));
    *out_setup_open = n == 0;
    if (n)
        return store_put(web->store, setup_name, STR_NONE, err);
    secret_new(out_setup);
    digest_of(str_of(out_setup), hash);
    snprintf(kept, sizeof(kept), "%s %" PRId64, hash, timestamp_now() + setup_us);
    return store_put(web->store, setup_name, str_of(kept), err);
}

enum err_code setup_check(struct web *web, const char *token, bool *out_good, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(256);
    char hash[65], expected[65] = "";
    bool found;

    digest_of(str_of(token), hash);
    TRY(store_get(web->store, setup_name, &kept, &found, err));
    if (found && kept.n > 65)
        snprintf(expected, sizeof(expected), "%.64s", kept.p);
    *out_good = secret_is(hash, expected, 64) && kept.n > 65 &&
                strtoll(kept.p + 65, NULL, 10) > timestamp_now();
    return ERR_OK;
}

enum err_code setup_close(struct web *web, struct err *err)
{
    return store_put(web->store, setup_name, STR_NONE, err);
}
