/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/peers.h"

#include "base/digest.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "engine/catalogue.h"
#include "maturity/level.h"

enum { PEERS_BYTES_MAX = 64 << 20, FORMAT_VERSION = 1 };

static const char one_format[] = "tidemark-peer", many_format[] = "tidemark-peers";

const char *peers_size_band(double orders)
{
    return !(orders >= 0)  ? ""
           : orders < 100  ? "0-99"
           : orders < 1000 ? "100-999"
           : orders < 1e4  ? "1000-9999"
                           : "10000+";
}

/* Two digits say where a shop stands, and little of which shop it is. */
static double rounded(double x)
{
    char text[40];

    snprintf(text, sizeof(text), "%.2g", x);
    return strtod(text, NULL);
}

static void definition_of(const struct catalogue *sql, const struct practice *p, size_t k,
                          char out[17])
{
    char name[96], window[40], hex[DIGEST_HEX];
    const struct statement *statement;
    struct digest digest;

    snprintf(name, sizeof(name), "measure/%s", p->indicators[k].measure);
    snprintf(window, sizeof(window), " %d", p->window_days);
    statement = catalogue_find(sql, name);
    digest_begin(&digest);
    digest_add(&digest, str_of(name));
    digest_add(&digest, str_of(statement ? statement->text : ""));
    digest_add(&digest, str_of(window));
    digest_end(&digest, hex);
    snprintf(out, 17, "%.16s", hex);
}

/* Measured from enough cases, and a share or ratio: counts and ages tell too much or too little. */
static bool may_be_told(const struct practice_result *r, size_t k)
{
    const struct indicator *in = &r->practice->indicators[k];

    return r->state == STATE_MEASURED && in->form != FORM_VALUE && r->evidence->findings[k].known &&
           isfinite(r->value[k].mid);
}

/* Orders of the last 365 days: what the share of orders with a known customer rests on. */
static double orders_of(const struct assessment *a)
{
    for (size_t i = 0; i < a->evidence->model->practice_count; i++) {
        const struct practice_result *r = &a->practices[i];

        for (size_t k = 0; k < r->practice->indicator_count; k++)
            if (strcmp(r->practice->indicators[k].measure, "dat_1") == 0 &&
                r->evidence->findings[k].known)
                return r->evidence->findings[k].n;
    }
    return (double)NAN;
}

static void write_values(struct json_writer *w, const struct assessment *a,
                         const struct catalogue *sql)
{
    json_key(w, "values");
    json_begin_array(w);
    for (size_t i = 0; i < a->evidence->model->practice_count; i++) {
        const struct practice_result *r = &a->practices[i];

        for (size_t k = 0; k < r->practice->indicator_count; k++) {
            char definition[17];

            if (!may_be_told(r, k))
                continue;
            definition_of(sql, r->practice, k, definition);
            json_begin_object(w);
            json_key_stringz(w, "measure", r->practice->indicators[k].measure);
            json_key_stringz(w, "definition", definition);
            json_key_double(w, "value", rounded(r->value[k].mid));
            json_end_object(w);
        }
    }
    json_end_array(w);
}

static enum err_code write_payload(const struct assessment *a, const char *vertical,
                                   int64_t made_us, struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);
    struct catalogue *sql = NULL;
    struct buf day = BUF_INIT(32);

    TRY(catalogue_open(NULL, &sql, err));
    timestamp_add_date(&day, made_us);
    json_begin_object(&w);
    json_key_int(&w, "version", FORMAT_VERSION);
    json_key_string(&w, "made", buf_str(&day));
    json_key_stringz(&w, "vertical", vertical);
    json_key_stringz(&w, "size", peers_size_band(orders_of(a)));
    write_values(&w, a, sql);
    json_end_object(&w);
    buf_release(&day);
    catalogue_close(sql);
    return buf_check(out, err);
}

void peers_shop(const unsigned char seed[PEERS_SEED_BYTES], char out_shop[65])
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];

    crypto_sign_seed_keypair(public_key, secret, seed);
    sodium_bin2hex(out_shop, 65, public_key, sizeof(public_key));
    sodium_memzero(secret, sizeof(secret));
}

static void sign(struct str payload, const unsigned char seed[PEERS_SEED_BYTES], char out_hex[129])
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    unsigned char signature[crypto_sign_BYTES];

    crypto_sign_seed_keypair(public_key, secret, seed);
    crypto_sign_detached(signature, NULL, (const unsigned char *)payload.p, payload.n, secret);
    sodium_bin2hex(out_hex, 129, signature, sizeof(signature));
    sodium_memzero(secret, sizeof(secret));
}

enum err_code peers_export(const struct assessment *a, const char *vertical,
                           const unsigned char seed[PEERS_SEED_BYTES], int64_t made_us,
                           struct buf *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf payload = BUF_INIT(PEERS_PAYLOAD_MAX);
    struct json_writer w = JSON_WRITER(out);
    char shop[65], signature[129];

    TRY(write_payload(a, vertical, made_us, &payload, err));
    peers_shop(seed, shop);
    sign(buf_str(&payload), seed, signature);
    json_begin_object(&w);
    json_key_stringz(&w, "format", one_format);
    json_key_stringz(&w, "shop", shop);
    json_key_stringz(&w, "signature", signature);
    json_key_string(&w, "payload", buf_str(&payload));
    json_end_object(&w);
    buf_addc(out, '\n');
    return buf_check(out, err);
}

/* A short text of the given characters; false otherwise. */
static bool take_word(struct json_value v, const char *allowed, char *out, size_t size)
{
    struct str s = json_text(v, (struct str){"", SIZE_MAX});

    if (s.n >= size)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr(allowed, s.p[i]))
            return false;
    memcpy(out, s.p, s.n);
    out[s.n] = 0;
    return true;
}

static bool take_day(struct json_value v, int64_t *out_us)
{
    struct civil c = {0};
    char text[16];
    int used = 0;

    if (!take_word(v, "0123456789-", text, sizeof(text)) ||
        sscanf(text, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &used) != 3 || text[used] ||
        !civil_valid(&c))
        return false;
    *out_us = civil_to_utc(&c);
    return true;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz_0123456789"
#define HEX "0123456789abcdef"

static enum err_code take_values(struct json_value list, const char *name, struct arena *arena,
                                 struct peer *out, struct err *err)
{
    size_t n = 0;

    if (json_type_of(list) != JSON_ARRAY)
        return err_set(err, ERR_INVALID, "%s: the values are missing", name);
    for (struct json_iter it = json_iter(list); json_iter_next(&it);)
        if (++n > PEERS_VALUES_MAX)
            return err_set(err, ERR_TOO_LARGE, "%s: a shop tells more than %d values", name,
                           PEERS_VALUES_MAX);
    out->values = arena_alloc(arena, (n + 1) * sizeof(*out->values));
    TRY(arena_check(arena, err));
    for (struct json_iter it = json_iter(list); json_iter_next(&it);) {
        struct peer_value *value = &out->values[out->count];

        value->value = json_real(json_get(it.value, "value"), (double)NAN);
        if (!take_word(json_get(it.value, "measure"), LOWER, value->measure,
                       sizeof(value->measure)) ||
            !take_word(json_get(it.value, "definition"), HEX, value->definition,
                       sizeof(value->definition)) ||
            !isfinite(value->value) || fabs(value->value) > 1e12)
            return err_set(err, ERR_INVALID, "%s: value %zu of a shop is not valid", name,
                           out->count + 1);
        out->count++;
    }
    return ERR_OK;
}

static enum err_code take_payload(struct json_value root, const char *name, struct arena *arena,
                                  struct peer *out, struct err *err)
{
    int64_t version = json_integer(json_get(root, "version"), 0);

    if (version != FORMAT_VERSION)
        return err_set(err, ERR_INVALID, "%s: version %d of what a shop tells is not known here",
                       name, (int)(version < INT_MAX && version > 0 ? version : 0));
    if (!take_day(json_get(root, "made"), &out->made_us))
        return err_set(err, ERR_INVALID, "%s: the day on which it was made is not valid", name);
    if (!take_word(json_get(root, "vertical"), LOWER, out->vertical, sizeof(out->vertical)) ||
        !take_word(json_get(root, "size"), "0123456789-+", out->size, sizeof(out->size)))
        return err_set(err, ERR_INVALID, "%s: kind or size of a shop is not valid", name);
    return take_values(json_get(root, "values"), name, arena, out, err);
}

enum err_code peer_payload_read(struct str payload, const char *shop, const char *name,
                                struct arena *arena, struct peer *out_peer, struct err *err)
{
    struct json_parser *parser;
    struct json_value root;
    enum err_code rc;

    *out_peer = (struct peer){0};
    snprintf(out_peer->shop, sizeof(out_peer->shop), "%s", shop);
    if (payload.n > PEERS_PAYLOAD_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s: a shop tells more than %d bytes", name,
                       PEERS_PAYLOAD_MAX);
    parser = json_parser_new(PEERS_PAYLOAD_MAX);
    rc = json_parse(parser, payload, &root, err);
    if (rc == ERR_OK)
        rc = take_payload(root, name, arena, out_peer, err);
    else
        err_context(err, "reading what a shop of %s tells", name);
    json_parser_free(parser);
    return rc;
}

static enum err_code verify(struct json_value entry, const char *name, size_t at, char shop[65],
                            struct str *out_payload, struct err *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    char hex[129];

    *out_payload = json_text(json_get(entry, "payload"), STR_NONE);
    if (!take_word(json_get(entry, "shop"), HEX, shop, 65) ||
        !take_word(json_get(entry, "signature"), HEX, hex, sizeof(hex)) ||
        sodium_hex2bin(public_key, sizeof(public_key), shop, strlen(shop), NULL, NULL, NULL) != 0 ||
        sodium_hex2bin(signature, sizeof(signature), hex, strlen(hex), NULL, NULL, NULL) != 0 ||
        strlen(shop) != 64 || strlen(hex) != 128)
        return err_set(err, ERR_INVALID, "%s: entry %zu has no key or no signature", name, at);
    if (crypto_sign_verify_detached(signature, (const unsigned char *)out_payload->p,
                                    out_payload->n, public_key) != 0) {
        err_set(err, ERR_INVALID, "%s: entry %zu was changed after it was signed", name, at);
        err_hint(err, "Ask its shop for the file again; a file is passed on as it is.");
        return ERR_INVALID;
    }
    return ERR_OK;
}

struct peers_reader {
    const char *name;
    struct arena *arena;
    enum err_code (*each)(void *ctx, const struct peer *peer, struct str payload, struct err *err);
    void *ctx;
};

static enum err_code read_entry(const struct peers_reader *r, struct json_value entry, size_t at,
                                struct err *err)
{
    struct str payload;
    struct peer peer;
    char shop[65];

    TRY(verify(entry, r->name, at, shop, &payload, err));
    TRY(peer_payload_read(payload, shop, r->name, r->arena, &peer, err));
    return r->each(r->ctx, &peer, payload, err);
}

static enum err_code read_root(const struct peers_reader *r, struct json_value root,
                               struct err *err)
{
    struct str format = json_text(json_get(root, "format"), STR_NONE);
    struct json_value list = json_get(root, "shops");
    size_t n = 0;

    if (str_eqz(format, one_format))
        return read_entry(r, root, 1, err);
    if (!str_eqz(format, many_format) || json_type_of(list) != JSON_ARRAY) {
        err_set(err, ERR_UNRECOGNISED, "%s: this is no export of \"tidemark peers\"", r->name);
        err_hint(err, "Another shop makes one with: tidemark peers export --out FILE");
        return ERR_UNRECOGNISED;
    }
    for (struct json_iter it = json_iter(list); json_iter_next(&it);) {
        if (++n > PEERS_IN_FILE_MAX)
            return err_set(err, ERR_TOO_LARGE, "%s: more than %d shops in one file", r->name,
                           PEERS_IN_FILE_MAX);
        TRY(read_entry(r, it.value, n, err));
    }
    return ERR_OK;
}

enum err_code peers_read(struct str text, const char *name, struct arena *arena,
                         enum err_code (*each)(void *ctx, const struct peer *peer,
                                               struct str payload, struct err *err),
                         void *ctx, struct err *err)
{
    const struct peers_reader r = {name, arena, each, ctx};
    struct json_parser *parser;
    struct json_value root;
    enum err_code rc;

    if (text.n > PEERS_FILE_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s: a file of peers may have %d bytes", name,
                       PEERS_FILE_MAX);
    parser = json_parser_new(PEERS_FILE_MAX);
    rc = json_parse(parser, text, &root, err);
    if (rc != ERR_OK)
        err_context(err, "reading %s", name);
    else
        rc = read_root(&r, root, err);
    json_parser_free(parser);
    return rc;
}

struct comparing {
    const struct peer *others;
    size_t n;
    const char *vertical, *size;
    double *work; /* n values */
};

static bool in_group(const struct comparing *c, const struct peer *peer, enum peer_group group)
{
    if (group == PEERS_ALL)
        return true;
    if (!c->vertical[0] || strcmp(peer->vertical, c->vertical) != 0)
        return false;
    return group == PEERS_VERTICAL || (c->size[0] && strcmp(peer->size, c->size) == 0);
}

static size_t gather(const struct comparing *c, enum peer_group group, const char *measure,
                     const char *definition)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        const struct peer *peer = &c->others[i];

        if (!in_group(c, peer, group))
            continue;
        for (size_t k = 0; k < peer->count; k++) {
            if (strcmp(peer->values[k].measure, measure) != 0 ||
                strcmp(peer->values[k].definition, definition) != 0)
                continue;
            c->work[n++] = peer->values[k].value;
            break;
        }
    }
    return n;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void place(const struct comparing *c, size_t k, bool lower, struct peer_standing *out)
{
    double mine = rounded(out->value), worse = 0;
    struct posterior share;

    for (size_t i = 0; i < k; i++)
        worse += c->work[i] == mine ? .5 : (c->work[i] < mine) != lower;
    share = posterior_share(worse, (double)k);
    out->worse.mid = share.point;
    posterior_interval(&share, .90, &out->worse.low, &out->worse.high);
    qsort(c->work, k, sizeof(*c->work), by_value);
    out->median = k % 2 ? c->work[k / 2] : (c->work[k / 2 - 1] + c->work[k / 2]) / 2;
}

static void stand(const struct comparing *c, const struct practice *p, const char *definition,
                  struct peer_standing *out)
{
    const struct indicator *in = &p->indicators[out->indicator];

    out->worse = (struct interval){(double)NAN, (double)NAN, (double)NAN};
    out->median = (double)NAN;
    for (int g = PEERS_LIKE; g <= PEERS_ALL; g++) {
        out->group = (enum peer_group)g;
        out->shops = gather(c, out->group, in->measure, definition);
        if (out->shops < PEERS_MIN)
            continue;
        place(c, out->shops, in->lower_is_better, out);
        return;
    }
}

static enum err_code compare(const struct assessment *a, struct comparing *c, struct peers *peers,
                             struct err *err)
{
    const struct model *model = a->evidence->model;
    struct catalogue *sql = NULL;

    TRY(catalogue_open(NULL, &sql, err));
    for (size_t i = 0; i < model->practice_count; i++)
        for (size_t k = 0; k < model->practices[i].indicator_count; k++) {
            struct peer_standing *standing = &peers->items[peers->count];
            char definition[17];

            if (!may_be_told(&a->practices[i], k))
                continue;
            definition_of(sql, &model->practices[i], k, definition);
            *standing = (struct peer_standing){
                .practice = i, .indicator = k, .value = a->practices[i].value[k].mid};
            stand(c, &model->practices[i], definition, standing);
            peers->count++;
        }
    catalogue_close(sql);
    return ERR_OK;
}

enum err_code peers_compare(const struct assessment *a, const char *vertical,
                            const struct peer *others, size_t n, struct peers **out_peers,
                            struct err *err)
{
    TM_CLEANUP(peers_freep) struct peers *peers = xcalloc(1, sizeof(*peers));
    struct comparing c = {.others = others,
                          .n = n,
                          .vertical = vertical ? vertical : "",
                          .size = peers_size_band(orders_of(a))};
    size_t most = a->evidence->model->practice_count * INDICATORS_MAX;

    peers->arena = ARENA_INIT(PEERS_BYTES_MAX);
    peers->shops = n;
    peers->items = arena_alloc(&peers->arena, (most + 1) * sizeof(*peers->items));
    c.work = arena_alloc(&peers->arena, (n + 1) * sizeof(*c.work));
    TRY(arena_check(&peers->arena, err));
    TRY(compare(a, &c, peers, err));
    *out_peers = peers;
    peers = NULL;
    return ERR_OK;
}

void peers_free(struct peers *peers)
{
    if (!peers)
        return;
    arena_release(&peers->arena);
    free(peers);
}

void peers_freep(struct peers **peers)
{
    peers_free(*peers);
}
