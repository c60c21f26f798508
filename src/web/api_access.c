/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_access.c - coming in and going out, people, keys, the record of what was done. */
#include "base/digest.h"
#include "base/i18n.h"
#include "web/auth.h"
#include "web/second.h"

enum { LOGINS_ACCOUNT = 5, LOGINS_ADDRESS = 20, PAGE_MAX = 200, KEY_DAYS_MAX = 3650 };

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');

    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return false;
    return at && at != text && at[1] && !strchr(at + 1, '@');
}

static enum err_code read_email(struct json_value body, char *out, size_t size, struct err *err)
{
    TRY(request_text(body, "email", out, size, err));
    return is_email(out) ? ERR_OK : field_wrong("email", err);
}

static void lock(struct web *web)
{
    pthread_mutex_lock(&web->lock);
}

static enum err_code unlock(struct web *web, enum err_code rc)
{
    pthread_mutex_unlock(&web->lock);
    return rc;
}

static enum err_code take_token(struct web *web, struct request *q, const char *token,
                                struct err *err)
{
    bool good = false;

    lock(web);
    TRY(unlock(web, setup_check(web, token, &good, err)));
    if (good)
        return ERR_OK;
    auth_refuse_link(q, err);
    err_hint(err, "Start \"tidemark serve\" again: without an owner it prints a new one.");
    return ERR_DENIED;
}

static enum err_code first_owner(struct web *web, struct request *q, struct user_entry *user,
                                 struct err *err)
{
    TRY(store_user_first(web->store, user, err));
    TRY(setup_close(web, err));
    q->user = *user;
    return session_begin(web, q, user->id, err);
}

static void show_user(const struct user_entry *user, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", user->id);
    json_key_stringz(w, "email", user->email);
    json_key_stringz(w, "role", role_names[user->role]);
    json_key_bool(w, "disabled", user->disabled);
    json_key_bool(w, "second_factor", user->second);
    json_key_time(w, "created_at", user->created_us);
    json_end_object(w);
}

static void show_me(struct request *q)
{
    struct json_writer w = JSON_WRITER(&q->out);

    json_begin_object(&w);
    json_key(&w, "user");
    show_user(&q->user, &w);
    json_key_stringz(&w, "role", role_names[q->user.role]);
    json_key_stringz(&w, "csrf", q->key.id ? NULL : q->session.csrf);
    json_key_stringz(&w, "language", language_codes[i18n_current()]);
    json_end_object(&w);
}

enum err_code do_setup(struct web *web, struct request *q, struct err *err)
{
    struct user_entry user = {.role = ROLE_OWNER, .created_us = timestamp_now()};
    int wait = limits_take(web->site->limits, "address", q->ip, LOGINS_ADDRESS);
    char token[65], password[300];
    struct json_value body;
    enum err_code rc;

    if (wait)
        return auth_slow_down(q, wait, err);
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "token", token, sizeof(token), err));
    TRY(take_token(web, q, token, err));
    TRY(read_email(body, user.email, sizeof(user.email), err));
    TRY(request_text(body, "password", password, sizeof(password), err));
    rc = password_check(password, user.email, err);
    if (rc == ERR_OK)
        rc = password_hash(web->site, password, user.password, err);
    sodium_memzero(password, sizeof(password));
    TRY(rc);
    lock(web);
    TRY(unlock(web, first_owner(web, q, &user, err)));
    show_me(q);
    return ERR_OK;
}

static enum err_code find_user(struct web *web, const char *email, struct user_entry *out,
                               struct err *err)
{
    bool found;
    enum err_code rc;

    lock(web);
    rc = unlock(web, store_user_by_email(web->store, email, out, &found, err));
    if (rc == ERR_OK && !found)
        *out = (struct user_entry){0};
    return rc;
}

/* The same work and the same words whether the address or the password is wrong. */
static enum err_code check_login(struct web *web, struct request *q, const char *email,
                                 const char *password, struct user_entry *out, struct err *err)
{
    bool fits;

    TRY(find_user(web, email, out, err));
    fits = password_fits(web->site, out->id ? out->password : web->site->dummy_password, password);
    if (fits && out->id && !out->disabled)
        return ERR_OK;
    refuse(q, 401, ERR_DENIED);
    return err_set(err, ERR_DENIED, "the e-mail address or the password is wrong");
}

static enum err_code login_locked(struct web *web, struct request *q, int64_t user_id,
                                  const char *code, struct err *err)
{
    struct user_entry now;
    bool found;

    /* While the password was being checked it may have been changed or taken away. */
    TRY(store_user_get(web->store, user_id, &now, &found, err));
    if (!found || now.disabled || strcmp(now.password, q->user.password) != 0) {
        refuse(q, 401, ERR_DENIED);
        return err_set(err, ERR_DENIED, "the e-mail address or the password is wrong");
    }
    TRY(second_check(web, q, &now, code, err));
    return session_begin(web, q, user_id, err);
}

/* The same address in two shops is two accounts. */
static void account_name(const struct web *web, const char *email, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", web->shop->name, email);
    for (; *out; out++)
        *out = (char)tolower((unsigned char)*out);
}

enum err_code do_login(struct web *web, struct request *q, struct err *err)
{
    char email[256], password[300], code[40] = "", name[320], pair[400];
    struct user_entry user;
    struct json_value body;
    enum err_code rc;
    int wait;

    TRY(request_json(q, &body, err));
    TRY(read_email(body, email, sizeof(email), err));
    if (json_type_of(json_get(body, "code")) != JSON_NONE)
        TRY(request_text(body, "code", code, sizeof(code), err));
    TRY(request_text(body, "password", password, sizeof(password), err));
    account_name(web, email, name, sizeof(name));
    wait = limits_take(web->site->limits, "address", q->ip, LOGINS_ADDRESS);
    if (!wait)
        wait = limits_take(web->site->limits, "account", name, LOGINS_ACCOUNT);
    snprintf(pair, sizeof(pair), "%s %s", name, q->ip);
    if (!wait)
        wait = limits_wait(web->site->limits, "pair", pair);
    if (wait) {
        sodium_memzero(password, sizeof(password));
        return auth_slow_down(q, wait, err);
    }
    /* Taken back when it comes to a good end: what never ends counts, too. */
    limits_fail(web->site->limits, "pair", pair, LOGINS_ACCOUNT);
    rc = check_login(web, q, email, password, &user, err);
    sodium_memzero(password, sizeof(password));
    TRY(rc);
    q->user = user;
    lock(web);
    TRY(unlock(web, login_locked(web, q, user.id, code, err)));
    limits_clear(web->site->limits, "account", name);
    limits_clear(web->site->limits, "pair", pair);
    show_me(q);
    return ERR_OK;
}

enum err_code do_logout(struct web *web, struct request *q, struct err *err)
{
    session_cookie(web, q, "");
    return store_session_end(web->store, q->session.hash, err);
}

enum err_code do_me(struct web *web, struct request *q, struct err *err)
{
    (void)web;
    (void)err;
    show_me(q);
    return ERR_OK;
}

struct account_number {
    char text[80];
};

static struct account_number account_number(const struct web *web, const struct request *q)
{
    struct account_number out;

    snprintf(out.text, sizeof(out.text), "%s/%" PRId64, web->shop->name, q->user.id);
    return out;
}

static enum err_code new_password(struct web *web, const char *key, struct json_value body,
                                  struct user_entry *user, struct err *err)
{
    char password[300];
    enum err_code rc;

    TRY(request_text(body, key, password, sizeof(password), err));
    rc = password_check(password, user->email, err);
    if (rc == ERR_OK)
        rc = password_hash(web->site, password, user->password, err);
    sodium_memzero(password, sizeof(password));
    return rc;
}

/* All sessions end; this one goes on under a new name. */
static enum err_code keep_password(struct web *web, struct request *q, struct err *err)
{
    TRY(store_user_update(web->store, &q->user, NULL, err));
    return session_begin(web, q, q->user.id, err);
}

enum err_code do_password(struct web *web, struct request *q, struct err *err)
{
    char current[300];
    struct json_value body;
    bool fits;
    int wait;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "current", current, sizeof(current), err));
    wait = limits_take(web->site->limits, "password", account_number(web, q).text, LOGINS_ACCOUNT);
    if (wait)
        return auth_slow_down(q, wait, err);
    fits = password_fits(web->site, q->user.password, current);
    sodium_memzero(current, sizeof(current));
    if (!fits) {
        refuse(q, 403, ERR_DENIED);
        return err_set(err, ERR_DENIED, "the e-mail address or the password is wrong");
    }
    TRY(new_password(web, "password", body, &q->user, err));
    lock(web);
    return unlock(web, keep_password(web, q, err));
}

static enum err_code proved(struct web *web, struct request *q, struct err *err)
{
    q->session.proved_us = timestamp_now();
    return store_session_proved(web->store, q->session.hash, q->session.proved_us, err);
}

/* The password or, from who has one, a number of the second factor. */
enum err_code do_prove(struct web *web, struct request *q, struct err *err)
{
    char password[300] = "", code[40] = "";
    struct json_value body;
    bool fits = false;
    enum err_code rc = ERR_OK;
    int wait =
        limits_take(web->site->limits, "password", account_number(web, q).text, LOGINS_ACCOUNT);

    if (wait)
        return auth_slow_down(q, wait, err);
    TRY(request_json(q, &body, err));
    if (json_type_of(json_get(body, "code")) != JSON_NONE)
        TRY(request_text(body, "code", code, sizeof(code), err));
    else
        TRY(request_text(body, "password", password, sizeof(password), err));
    if (*password)
        fits = password_fits(web->site, q->user.password, password);
    sodium_memzero(password, sizeof(password));
    lock(web);
    if (!fits && q->user.second && *code) {
        rc = second_check(web, q, &q->user, code, err);
        fits = rc == ERR_OK;
        rc = rc == ERR_DENIED ? ERR_OK : rc;
        q->need = NULL;
    }
    if (fits)
        rc = proved(web, q, err);
    TRY(unlock(web, rc));
    if (fits)
        return ERR_OK;
    refuse(q, 403, ERR_DENIED);
    return err_set(err, ERR_DENIED, "the password or the code is wrong");
}

static size_t page_size(const struct request *q)
{
    int64_t limit = request_number(q, "limit", 50);

    return limit < 1 ? 1 : limit > PAGE_MAX ? PAGE_MAX : (size_t)limit;
}

static void end_page(struct json_writer *w, size_t n, size_t cap, int64_t last)
{
    char cursor[32];

    json_end_array(w);
    snprintf(cursor, sizeof(cursor), "%" PRId64, last);
    json_key_stringz(w, "next_cursor", n == cap ? cursor : NULL);
    json_end_object(w);
}

static void begin_page(struct json_writer *w, const char *name)
{
    json_begin_object(w);
    json_key(w, name);
    json_begin_array(w);
}

enum err_code do_users(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct user_entry *users = xcalloc(PAGE_MAX, sizeof(*users));
    size_t n = 0, cap = page_size(q);
    enum err_code rc =
        store_users_list(web->store, request_number(q, "cursor", 0), users, cap, &n, err);

    begin_page(&w, "users");
    for (size_t i = 0; i < n; i++)
        show_user(&users[i], &w);
    end_page(&w, n, cap, n ? users[n - 1].id : 0);
    free(users);
    return rc;
}

static enum err_code read_role(struct json_value body, enum access_role *out, struct err *err)
{
    *out = role_of(json_text(json_get(body, "role"), STR_NONE));
    return *out ? ERR_OK : field_wrong("role", err);
}

enum err_code do_user_add(struct web *web, struct request *q, struct err *err)
{
    struct user_entry user = {.created_us = timestamp_now()};
    struct json_writer w = JSON_WRITER(&q->out);
    struct json_value body;

    TRY(request_json(q, &body, err));
    TRY(read_email(body, user.email, sizeof(user.email), err));
    TRY(read_role(body, &user.role, err));
    TRY(new_password(web, "password", body, &user, err));
    lock(web);
    TRY(unlock(web, store_user_add(web->store, &user, err)));
    snprintf(q->object, sizeof(q->object), "user %" PRId64, user.id);
    show_user(&user, &w);
    return ERR_OK;
}

/* A second factor is set by its holder alone; who lost it is let in again without. */
static enum err_code change_user(struct web *web, struct user_entry *user, bool keep_second,
                                 struct err *err)
{
    TRY(store_user_update(web->store, user, NULL, err));
    if (keep_second || !user->second)
        return ERR_OK;
    user->second = false;
    return store_second_delete(web->store, user->id, err);
}

enum err_code do_user_change(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct user_entry user;
    struct json_value body;
    bool found = false;
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(request_json(q, &body, err));
    lock(web);
    TRY(unlock(web, store_user_get(web->store, id, &user, &found, err)));
    if (!found)
        return not_here(q, q->arg, err);
    if (json_type_of(json_get(body, "role")) != JSON_NONE)
        TRY(read_role(body, &user.role, err));
    user.disabled = json_boolean(json_get(body, "disabled"), user.disabled);
    if (json_type_of(json_get(body, "password")) != JSON_NONE)
        TRY(new_password(web, "password", body, &user, err));
    lock(web);
    TRY(unlock(web,
               change_user(web, &user, json_boolean(json_get(body, "second_factor"), true), err)));
    show_user(&user, &w);
    return ERR_OK;
}

enum err_code do_user_delete(struct web *web, struct request *q, struct err *err)
{
    struct user_entry user;
    bool found;
    int64_t id;

    TRY(request_id(q, &id, err));
    TRY(store_user_get(web->store, id, &user, &found, err));
    return found ? store_user_delete(web->store, id, err) : not_here(q, q->arg, err);
}

static void show_key(const struct key_entry *key, const char *secret, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "id", key->id);
    json_key_stringz(w, "name", key->name);
    json_key_stringz(w, "prefix", key->prefix);
    json_key(w, "scopes");
    json_begin_array(w);
    for (size_t i = 0; i < SCOPE_COUNT; i++)
        if (key->scopes & (1U << i))
            json_stringz(w, scope_names[i]);
    json_end_array(w);
    json_key_int(w, "user", key->user_id);
    json_key_time(w, "created_at", key->created_us);
    json_key_time(w, "expires_at", key->expires_us);
    json_key_time(w, "used_at", key->used_us);
    if (secret)
        json_key_stringz(w, "key", secret);
    json_end_object(w);
}

enum err_code do_keys(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct key_entry *keys = xcalloc(PAGE_MAX, sizeof(*keys));
    size_t n = 0, cap = page_size(q);
    enum err_code rc =
        store_keys_list(web->store, request_number(q, "cursor", 0), keys, cap, &n, err);

    begin_page(&w, "keys");
    for (size_t i = 0; i < n; i++)
        show_key(&keys[i], NULL, &w);
    end_page(&w, n, cap, n ? keys[n - 1].id : 0);
    free(keys);
    return rc;
}

static enum err_code read_scopes(struct json_value body, unsigned *out, struct err *err)
{
    struct json_value list = json_get(body, "scopes");

    *out = 0;
    for (struct json_iter it = json_iter(list); json_iter_next(&it);) {
        unsigned bit = 0;

        for (size_t i = 0; i < SCOPE_COUNT; i++)
            if (str_eqz(json_text(it.value, STR_NONE), scope_names[i]))
                bit = 1U << i;
        if (!bit)
            return field_wrong("scopes", err);
        *out |= bit;
    }
    return *out ? ERR_OK : field_wrong("scopes", err);
}

enum err_code do_key_add(struct web *web, struct request *q, struct err *err)
{
    struct key_entry key = {.user_id = q->user.id, .created_us = timestamp_now()};
    struct json_writer w = JSON_WRITER(&q->out);
    char hex[65], secret[72];
    struct json_value body;
    int64_t days;

    TRY(request_json(q, &body, err));
    TRY(request_text(body, "name", key.name, sizeof(key.name), err));
    TRY(read_scopes(body, &key.scopes, err));
    days = json_integer(json_get(body, "days"), 365);
    if (days < 1 || days > KEY_DAYS_MAX)
        return field_wrong("days", err);
    key.expires_us = key.created_us + days * US_PER_DAY;
    secret_new(hex);
    snprintf(secret, sizeof(secret), "tmk_%s", hex);
    snprintf(key.prefix, sizeof(key.prefix), "%.12s", secret);
    digest_of(str_of(secret), key.hash);
    TRY(store_key_add(web->store, &key, err));
    snprintf(q->object, sizeof(q->object), "key %" PRId64, key.id);
    show_key(&key, secret, &w);
    return ERR_OK;
}

enum err_code do_key_delete(struct web *web, struct request *q, struct err *err)
{
    int64_t id;

    TRY(request_id(q, &id, err));
    return store_key_delete(web->store, id, err);
}

enum err_code do_audit(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    struct audit_entry *entries = xcalloc(PAGE_MAX, sizeof(*entries));
    size_t n = 0, cap = page_size(q);
    enum err_code rc =
        store_audit_list(web->store, request_number(q, "cursor", 0), entries, cap, &n, err);

    begin_page(&w, "audit");
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&w);
        json_key_int(&w, "id", entries[i].id);
        json_key_time(&w, "at", entries[i].at_us);
        json_key_stringz(&w, "actor", entries[i].actor);
        json_key_stringz(&w, "action", entries[i].action);
        json_key_stringz(&w, "object", entries[i].object);
        json_key_stringz(&w, "address", entries[i].ip);
        json_key_int(&w, "status", entries[i].status);
        json_end_object(&w);
    }
    end_page(&w, n, cap, n ? entries[n - 1].id : 0);
    free(entries);
    return rc;
}
