/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/consents.h"

#include "base/ip_short.h"
#include "intake/live/drain.h"

enum { BATCH_FACTS = 50000, GROUP_MAX = 64 };

struct taking {
    struct store *store;
    struct engine *engine;
    struct consents *ledger;
    const volatile sig_atomic_t *cancel;
    struct range *ranges; /* owned */
    size_t range_count;
    int64_t import_id, last_line, added;
    int64_t in_batch;
};

/* Columns of import/consent_facts and import/consent_messages. */
enum { LINE, SOURCE, PROFILE, EMAIL, PHONE, CUSTOMER, CHANNEL, STATE, AT, METHOD, PROOF };

static bool is_of_phones(struct str channel)
{
    return str_eqz(channel, "sms") || str_eqz(channel, "whatsapp");
}

struct whose {
    enum pseudonym_kind kind;
    struct str value;
};

/* The channel's own address, else whatever tells the person. */
static struct whose whose_of(struct str channel, struct str email, struct str phone,
                             struct str customer, struct str profile)
{
    bool phones = is_of_phones(channel);
    const struct whose by_weight[] = {
        {phones ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL, phones ? phone : email},
        {phones ? IDENTIFIER_EMAIL : IDENTIFIER_PHONE, phones ? email : phone},
        {IDENTIFIER_CUSTOMER, customer},
        {IDENTIFIER_PROFILE, profile}};

    for (size_t i = 0; i < TM_COUNT(by_weight); i++)
        if (by_weight[i].value.n)
            return by_weight[i];
    return (struct whose){IDENTIFIER_PROFILE, STR_NONE};
}

/* False for a word that says nothing about consent. */
static bool read_fact(const struct result *res, const struct taking *t, bool of_message,
                      char ip[IP_SHORT_MAX], struct consent_fact *out)
{
    struct str state = result_text(res, STATE);
    struct whose who =
        whose_of(result_text(res, CHANNEL), result_text(res, EMAIL), result_text(res, PHONE),
                 result_text(res, CUSTOMER), result_text(res, PROFILE));

    *out = (struct consent_fact){.kind = who.kind,
                                 .address = who.value,
                                 .channel = result_text(res, CHANNEL),
                                 .when_us = result_int(res, AT),
                                 .source = result_text(res, SOURCE),
                                 .import_id = t->import_id,
                                 .line = result_int(res, LINE),
                                 .method = result_text(res, METHOD),
                                 .proof = result_text(res, PROOF)};
    if (ip_short(out->proof, ip)) {
        out->ip = str_of(ip);
        out->proof = STR_NONE;
    }
    if (!of_message)
        return consent_state_of(state, &out->state);
    out->state = CONSENT_WITHDRAWN;
    out->of_message = true;
    out->complained = str_eqz(state, "complained");
    return true;
}

static enum err_code take_bounce(struct taking *t, const struct consent_fact *f, struct err *err)
{
    char channel[CONSENT_WORD_MAX + 1];
    struct pseudonym who;

    snprintf(channel, sizeof(channel), "%.*s", (int)(f->channel.n < 64 ? f->channel.n : 64),
             f->channel.p);
    if (!pseudonym_of(consents_keys(t->ledger), f->kind,
                      f->kind == IDENTIFIER_EMAIL || f->kind == IDENTIFIER_PHONE ? STR_NONE
                                                                                 : f->source,
                      f->address, "", &who))
        return ERR_OK;
    return suppression_bounce(t->ledger, channel, &who, f->when_us, f->source, err);
}

static enum err_code take_row(struct taking *t, const struct result *res, bool of_message,
                              struct err *err)
{
    struct consent_fact fact;
    char ip[IP_SHORT_MAX];
    bool added = false;

    if (result_int(res, LINE) > t->last_line)
        t->last_line = result_int(res, LINE);
    if (!read_fact(res, t, of_message, ip, &fact))
        return ERR_OK;
    if (of_message && str_eqz(result_text(res, STATE), "bounced"))
        return take_bounce(t, &fact, err);
    TRY(consents_add(t->ledger, &fact, &added, err));
    t->added += added;
    return ERR_OK;
}

/* Commits now and then, so that others may write in between. */
static enum err_code breathe(struct taking *t, struct err *err)
{
    if (++t->in_batch < BATCH_FACTS)
        return ERR_OK;
    t->in_batch = 0;
    if (t->cancel && *t->cancel)
        return err_set(err, ERR_CANCELLED, "it was cancelled");
    TRY(consents_end(t->ledger, ERR_OK, err));
    return consents_begin(t->ledger, err);
}

static enum err_code take_rows(struct taking *t, const char *statement, int64_t after,
                               bool of_message, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", t->import_id), PARAM_I64("after", after)};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(t->engine, statement, params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        TRY(take_row(t, res, of_message, err));
        TRY(breathe(t, err));
    }
    return result_status(res, err);
}

/* A file's records are there all at once; those of what came live follow each other. */
static bool is_live(const struct taking *t, int64_t import_id)
{
    for (size_t i = 0; i < t->range_count; i++)
        if (t->ranges[i].import_id == import_id)
            return true;
    return false;
}

static enum err_code take_import(struct taking *t, const struct holding *has,
                                 struct consent_taken *taken, struct err *err)
{
    int64_t after = is_live(t, has->import_id) ? taken->last_line : 0;
    enum err_code rc;

    t->import_id = has->import_id;
    t->last_line = taken->last_line;
    TRY(consents_begin(t->ledger, err));
    rc = take_rows(t, "import/consent_facts", after, false, err);
    if (rc == ERR_OK)
        rc = take_rows(t, "import/consent_messages", after, true, err);
    if (rc == ERR_OK) {
        *taken = (struct consent_taken){has->records[RECORD_CONSENT] + has->records[RECORD_MESSAGE],
                                        t->last_line};
        rc = consents_take(t->ledger, has->import_id, taken, err);
    }
    return consents_end(t->ledger, rc, err);
}

/* The next import that holds other than was taken in; NULL: none. */
static enum err_code next_waiting(const struct taking *t, const struct holdings *holdings,
                                  size_t *io_at, struct consent_taken *out_taken,
                                  const struct holding **out, struct err *err)
{
    *out = NULL;
    for (; *io_at < holdings->n && !*out; (*io_at)++) {
        const struct holding *has = &holdings->list[*io_at];

        TRY(consents_taken(t->ledger, has->import_id, out_taken, err));
        if (has->records[RECORD_CONSENT] + has->records[RECORD_MESSAGE] != out_taken->rows)
            *out = has;
    }
    return ERR_OK;
}

static enum err_code take_all(struct taking *t, const struct holdings *holdings, struct err *err)
{
    const struct holding *has;
    struct consent_taken taken;
    size_t at = 0;

    TRY(store_ranges(t->store, t->ranges, RANGES_MAX, &t->range_count, err));
    for (;;) {
        TRY(next_waiting(t, holdings, &at, &taken, &has, err));
        if (!has)
            return ERR_OK;
        TRY(take_import(t, has, &taken, err));
    }
}

enum err_code consents_take_in(struct store *store, struct engine *engine, struct consents *ledger,
                               const volatile sig_atomic_t *cancel, int64_t *out_n, struct err *err)
{
    TM_CLEANUP(holdings_release) struct holdings holdings = {0};
    struct taking t = {.store = store,
                       .engine = engine,
                       .ledger = ledger,
                       .cancel = cancel,
                       .ranges = xcalloc(RANGES_MAX, sizeof(*t.ranges))};
    enum err_code rc = holdings_read(engine, &holdings, err);

    if (rc == ERR_OK)
        rc = take_all(&t, &holdings, err);
    if (rc != ERR_OK)
        err_context(err, "taking consent into its ledger");
    free(t.ranges);
    *out_n = t.added;
    return rc;
}

enum err_code consents_waiting(struct store *store, struct engine *engine, struct consents *ledger,
                               int64_t *out_imports, struct err *err)
{
    TM_CLEANUP(holdings_release) struct holdings holdings = {0};
    const struct taking t = {.store = store, .engine = engine, .ledger = ledger};
    const struct holding *has;
    struct consent_taken taken;
    size_t at = 0;

    *out_imports = 0;
    TRY(holdings_read(engine, &holdings, err));
    for (;;) {
        TRY(next_waiting(&t, &holdings, &at, &taken, &has, err));
        if (!has)
            return ERR_OK;
        *out_imports += 1;
    }
}

/* ---- one person's addresses --------------------------------------------------------------- */

static const char *const channels[] = {"email", "sms", "whatsapp", "push", "post", "ads"};

struct group {
    uint64_t person;
    bool phones;
    struct pseudonym list[GROUP_MAX]; /* of more addresses nobody makes a person */
    size_t n;
};

static enum err_code join_group(struct consents *ledger, const struct group *g, int64_t *io_n,
                                struct err *err)
{
    for (size_t i = 0; i < TM_COUNT(channels) && g->n > 1; i++) {
        int64_t n = 0;

        TRY(suppression_spread(ledger, channels[i], g->list, g->n, &n, err));
        *io_n += n;
    }
    return ERR_OK;
}

static enum err_code join_addresses(struct engine *engine, struct consents *ledger, int64_t *io_n,
                                    struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct group g = {.n = 0};

    TRY(engine_query(engine, "identity/addresses", NULL, 0, &res, err));
    while (result_next(res)) {
        uint64_t person = result_uint(res, 0);
        bool phones = str_eqz(result_text(res, 1), "phone");

        if (person != g.person || phones != g.phones) {
            TRY(join_group(ledger, &g, io_n, err));
            g.person = person;
            g.phones = phones;
            g.n = 0;
        }
        if (g.n < GROUP_MAX &&
            pseudonym_of(consents_keys(ledger), phones ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL,
                         STR_NONE, result_text(res, 2), "", &g.list[g.n]))
            g.n++;
    }
    TRY(result_status(res, err));
    return join_group(ledger, &g, io_n, err);
}

static enum err_code join_adrift(struct engine *engine, struct consents *ledger, int64_t *io_n,
                                 struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    const struct pseudonyms *keys = consents_keys(ledger);

    TRY(engine_query(engine, "identity/adrift", NULL, 0, &res, err));
    while (result_next(res)) {
        struct str channel = result_text(res, 0);
        struct whose who = whose_of(channel, result_text(res, 3), result_text(res, 4),
                                    result_text(res, 5), result_text(res, 2));
        bool number = who.kind != IDENTIFIER_EMAIL && who.kind != IDENTIFIER_PHONE;
        struct pseudonym both[2];
        char word[CONSENT_WORD_MAX + 1];
        int64_t n = 0;

        snprintf(word, sizeof(word), "%.*s", (int)(channel.n < 64 ? channel.n : 64), channel.p);
        if (pseudonym_of(keys, who.kind, number ? result_text(res, 1) : STR_NONE, who.value, "",
                         &both[0]) &&
            pseudonym_of(keys, is_of_phones(channel) ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL,
                         STR_NONE, result_text(res, 6), "", &both[1]))
            TRY(suppression_spread(ledger, word, both, 2, &n, err));
        *io_n += n;
    }
    return result_status(res, err);
}

enum err_code consents_join(struct engine *engine, struct consents *ledger, int64_t *out_n,
                            struct err *err)
{
    enum err_code rc;

    *out_n = 0;
    TRY(consents_begin(ledger, err));
    rc = join_adrift(engine, ledger, out_n, err);
    if (rc == ERR_OK)
        rc = join_addresses(engine, ledger, out_n, err);
    return consents_end(ledger, rc, err);
}
