/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/consents.h"

#include "base/timestamp.h"
#include "intake/consents_parts.h"
#include "intake/live/drain.h"

enum { BATCH_FACTS = 50000, GROUP_MAX = 64, LOOK_EVERY = 64 };

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
enum {
    LINE,
    SOURCE,
    PROFILE,
    EMAIL,
    PHONE,
    CUSTOMER,
    CHANNEL,
    STATE,
    AT,
    METHOD,
    PROOF,
    WORDING,
    PAGE,
    IP,
    AGENT
};

static enum err_code take_row(struct taking *t, const struct result *res, bool of_message,
                              struct err *err)
{
    const struct consent_told told = {.import_id = t->import_id,
                                      .line = result_int(res, LINE),
                                      .at_us = result_int(res, AT),
                                      .source = result_text(res, SOURCE),
                                      .profile = result_text(res, PROFILE),
                                      .email = result_text(res, EMAIL),
                                      .phone = result_text(res, PHONE),
                                      .customer = result_text(res, CUSTOMER),
                                      .channel = result_text(res, CHANNEL),
                                      .state = result_text(res, STATE),
                                      .method = result_text(res, METHOD),
                                      .proof = result_text(res, PROOF),
                                      .wording = result_text(res, WORDING),
                                      .page = result_text(res, PAGE),
                                      .ip = result_text(res, IP),
                                      .agent = result_text(res, AGENT),
                                      .of_message = of_message};
    bool added = false;

    if (told.line > t->last_line)
        t->last_line = told.line;
    TRY(consent_take_told(t->ledger, &told, &added, err));
    t->added += added;
    return ERR_OK;
}

/* Commits now and then, and at once when somebody's withdrawal waits. */
static enum err_code breathe(struct consents *ledger, int64_t *io_in_batch, struct err *err)
{
    if (++*io_in_batch < BATCH_FACTS && (*io_in_batch % LOOK_EVERY || !consents_are_wanted(ledger)))
        return ERR_OK;
    *io_in_batch = 0;
    TRY(consents_end(ledger, ERR_OK, err));
    consents_give_way(ledger);
    return consents_begin(ledger, err);
}

static enum err_code take_rows(struct taking *t, const char *statement, int64_t after,
                               bool of_message, struct err *err)
{
    const struct param params[] = {PARAM_I64("import_id", t->import_id), PARAM_I64("after", after)};
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(t->engine, statement, params, TM_COUNT(params), &res, err));
    while (result_next(res)) {
        TRY(take_row(t, res, of_message, err));
        TRY(breathe(t->ledger, &t->in_batch, err));
        if (!t->in_batch && t->cancel && *t->cancel)
            return err_set(err, ERR_CANCELLED, "it was cancelled");
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
    int64_t in_batch = 0;

    TRY(engine_query(engine, "identity/addresses", NULL, 0, &res, err));
    while (result_next(res)) {
        uint64_t person = result_uint(res, 0);
        bool phones = str_eqz(result_text(res, 1), "phone");

        if (person != g.person || phones != g.phones) {
            TRY(join_group(ledger, &g, io_n, err));
            TRY(breathe(ledger, &in_batch, err));
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
    int64_t in_batch = 0;

    TRY(engine_query(engine, "identity/adrift", NULL, 0, &res, err));
    while (result_next(res)) {
        struct str channel = result_text(res, 0);
        struct consent_whose who = consent_whose(channel, result_text(res, 3), result_text(res, 4),
                                                 result_text(res, 5), result_text(res, 2));
        bool number = who.kind != IDENTIFIER_EMAIL && who.kind != IDENTIFIER_PHONE;
        struct pseudonym both[2];
        char word[CONSENT_WORD_MAX + 1];
        int64_t n = 0;

        snprintf(word, sizeof(word), "%.*s", (int)(channel.n < 64 ? channel.n : 64), channel.p);
        if (pseudonym_of(keys, who.kind, number ? result_text(res, 1) : STR_NONE, who.value, "",
                         &both[0]) &&
            pseudonym_of(keys, consent_is_of_phones(channel) ? IDENTIFIER_PHONE : IDENTIFIER_EMAIL,
                         STR_NONE, result_text(res, 6), "", &both[1]))
            TRY(suppression_spread(ledger, word, both, 2, &n, err));
        *io_n += n;
        TRY(breathe(ledger, &in_batch, err));
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
