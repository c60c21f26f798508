/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/live_adrift.h"

#include "base/log.h"
#include "engine/hash.h"
#include "store/suppression.h"

enum { ADDRESSES_MAX = 64, WORDS_MAX = 1 << 20, AT_ONCE = 500 };

struct word {
    struct pseudonym who;
    uint64_t ids[2]; /* as the people's: a customer's number counts in its source, or everywhere */
    uint64_t in_force; /* of the addresses that it holds for: their sum; 0: none yet */
    char channel[12];
};

struct live_adrift {
    struct live_people *people; /* borrowed */
    struct word *words;         /* owned */
    size_t n, cap;
    int64_t seq;   /* the last entry of the ledger that was looked at */
    uint64_t turn; /* of the people that they were watched among */
    const struct pseudonyms *keys;
};

struct live_adrift *live_adrift_new(struct live_people *people)
{
    struct live_adrift *a = xcalloc(1, sizeof(*a));

    a->people = people;
    return a;
}

void live_adrift_free(struct live_adrift *a)
{
    if (!a)
        return;
    free(a->words);
    free(a);
}

/* ---- out of the ledger -------------------------------------------------------------------- */

static uint64_t id_of(const char *kind, struct str source, struct str value)
{
    uint64_t hash = engine_hash(str_of(kind));

    return engine_hash_and(source.n ? engine_hash_and(hash, source) : hash, value);
}

static bool read_word(const struct live_adrift *a, const struct consent_fact *f, struct word *out)
{
    bool address = f->kind == IDENTIFIER_EMAIL || f->kind == IDENTIFIER_PHONE;

    *out = (struct word){0};
    snprintf(out->channel, sizeof(out->channel), "%.*s",
             (int)(f->channel.n < sizeof(out->channel) ? f->channel.n : 0), f->channel.p);
    if (!out->channel[0] ||
        !pseudonym_of(a->keys, f->kind, address ? STR_NONE : f->source, f->address, "", &out->who))
        return false;
    switch (f->kind) {
    case IDENTIFIER_EMAIL:
        out->ids[0] = id_of("email", STR_NONE, f->address);
        return true;
    case IDENTIFIER_PHONE:
        out->ids[0] = id_of("phone", STR_NONE, f->address);
        return true;
    case IDENTIFIER_CUSTOMER:
        out->ids[0] = id_of("customer", STR_NONE, f->address);
        out->ids[1] = id_of("customer", f->source, f->address);
        return true;
    case IDENTIFIER_PROFILE:
        out->ids[0] = id_of("profile", f->source, f->address);
        return true;
    default:
        return false;
    }
}

static enum err_code take(void *ctx, const struct consent_entry *entry, struct err *err)
{
    struct live_adrift *a = ctx;
    struct word word;

    (void)err;
    a->seq = entry->seq;
    if (!read_word(a, &entry->fact, &word))
        return ERR_OK;
    if (a->n == WORDS_MAX) {
        log_line(LOG_WARN, "identity",
                 "more withdrawals without an address than are watched: entry %" PRId64
                 " counts for its person when figures are next made",
                 entry->seq);
        return ERR_OK;
    }
    if (a->n == a->cap) {
        a->cap = a->cap ? 2 * a->cap : 64;
        a->words = xrealloc(a->words, a->cap * sizeof(*a->words));
    }
    live_people_watch(a->people, word.ids[0]);
    live_people_watch(a->people, word.ids[1]);
    a->words[a->n++] = word;
    return ERR_OK;
}

/* Of those who were erased nothing is held any longer than the people are. */
static enum err_code take_new(struct live_adrift *a, struct consents *ledger, struct err *err)
{
    uint64_t turn = live_people_turn(a->people);

    if (turn != a->turn) {
        a->turn = turn;
        a->n = 0;
        a->seq = 0;
        live_people_unwatch(a->people);
    }
    a->keys = consents_keys(ledger);
    return consents_adrift(ledger, a->seq, take, a, err);
}

/* ---- into force --------------------------------------------------------------------------- */

static uint64_t sum_of(const struct pseudonym *who, size_t n)
{
    uint64_t sum = 0, part;

    for (size_t i = 0; i < n; i++) {
        memcpy(&part, who[i].bytes, sizeof(part));
        sum += part;
    }
    return sum;
}

/* Commits now and then: others write, too. */
static enum err_code begin(struct consents *ledger, size_t *io_begun, struct err *err)
{
    if (*io_begun == AT_ONCE) {
        *io_begun = 0;
        TRY(consents_end(ledger, ERR_OK, err));
    }
    if (!*io_begun)
        TRY(consents_begin_first(ledger, err));
    ++*io_begun;
    return ERR_OK;
}

static enum err_code spread(struct live_adrift *a, struct consents *ledger, struct word *word,
                            size_t *io_begun, int64_t *io_n, struct err *err)
{
    struct pseudonym who[1 + ADDRESSES_MAX];
    bool phones = strcmp(word->channel, "sms") == 0 || strcmp(word->channel, "whatsapp") == 0;
    size_t n = live_people_addresses(a->people, word->ids, TM_COUNT(word->ids), phones, who + 1,
                                     ADDRESSES_MAX);
    uint64_t sum = sum_of(who + 1, n);
    int64_t added = 0;

    if (sum == word->in_force)
        return ERR_OK;
    TRY(begin(ledger, io_begun, err));
    who[0] = word->who;
    TRY(suppression_spread(ledger, word->channel, who, n + 1, &added, err));
    word->in_force = sum;
    *io_n += added;
    return ERR_OK;
}

enum err_code live_adrift_settle(struct live_adrift *a, struct store *store, int64_t *out_n,
                                 struct err *err)
{
    TM_CLEANUP(consents_closep) struct consents *ledger = NULL;
    enum err_code rc = ERR_OK;
    size_t begun = 0; /* words of the transaction under way */

    *out_n = 0;
    TRY(consents_open_kept(store, &ledger, err));
    if (!ledger)
        return ERR_OK;
    TRY(take_new(a, ledger, err));
    for (size_t i = 0; i < a->n && rc == ERR_OK; i++)
        rc = spread(a, ledger, &a->words[i], &begun, out_n, err);
    if (begun)
        rc = consents_end(ledger, rc, err);
    for (size_t i = 0; i < a->n && rc != ERR_OK; i++)
        a->words[i].in_force = 0; /* nothing was committed */
    return rc;
}
