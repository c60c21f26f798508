/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/measure.h"

#include "base/digest.h"
#include "base/i18n.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SLOTS_MAX = 64, HANDS = 2 };

/* One person's part in a ratio. */
struct part {
    uint64_t person;
    double u, d;
};

/* A ratio whose clusters are persons, kept until all are read, for the covariance. */
struct slot {
    struct part *parts; /* owned, by rising person */
    size_t count, cap;
    double ratio, sum_d;
};

struct measuring {
    struct engine *engine;
    const struct measure_options *options;
    const struct measure_variant *variant; /* never NULL; all zero for the standing definitions */
    struct evidence_set *set;
    struct slot slots[SLOTS_MAX];
    size_t slot_count;
    struct source_age {
        char need[32];
        const char *source; /* in the set's arena */
        int64_t newest_at;
    } ages[256];
    size_t age_count;
};

enum { PARAMS_MAX = 7 };

static const struct measure_variant standing;

const struct measure_variant measure_variants[MEASURE_VARIANTS] = {
    {.id = "window_90", .days = 90},
    {.id = "window_365", .days = 365},
    {.id = "refunds_in", .refunds = true},
    {.id = "guests_apart", .guests_apart = true},
};

/* What is asked instead where guests are kept apart, and within how many days for a second order.
 */
static const struct {
    const char *measure, *statement;
    int horizon;
} apart[] = {
    {"ret_1", "measure/ret_apart", 365},
    {"ret_2", "measure/ret_apart", 90},
    {"ret_3", "measure/ret_3_apart", 0},
    {"dat_1", "measure/dat_1_apart", 0},
};

/* Figures of trade, about which another window can be argued. What counts how well the data is
 * kept, or what was sent, is asked for the window that its source keeps. */
static const char *const windowed[] = {"acq_1", "acq_2", "acq_4", "cnv_3",
                                       "cnv_4", "dat_1", "eml_4", "ret_3"};

static bool is_windowed(const char *measure)
{
    for (size_t i = 0; i < TM_COUNT(windowed); i++)
        if (strcmp(windowed[i], measure) == 0)
            return true;
    return false;
}

/* Index in `apart`, or SIZE_MAX. */
static size_t apart_of(const struct measure_variant *variant, const struct indicator *indicator)
{
    for (size_t i = 0; variant->guests_apart && i < TM_COUNT(apart); i++)
        if (strcmp(apart[i].measure, indicator->measure) == 0)
            return i;
    return SIZE_MAX;
}

/* What the statement declares of the values that measures may use. */
static size_t take_params(const struct measuring *m, const struct practice *practice,
                          const char *statement, int horizon, struct param out[PARAMS_MAX])
{
    const struct measure_options *options = m->options;
    int days = m->variant->days ? m->variant->days : practice->window_days;
    const struct param all[PARAMS_MAX] = {
        PARAM_AT("as_of", options->as_of),
        PARAM_STRZ("tz", options->time_zone),
        PARAM_I64("days", days),
        PARAM_F64("margin", isnan(options->margin) ? -1 : options->margin),
        PARAM_I64("dimensions", (int64_t)m->set->model->dimension_count),
        PARAM_I64("refunds", m->variant->refunds),
        PARAM_I64("horizon", horizon),
    };

    return engine_pick_params(m->engine, statement, all, PARAMS_MAX, out);
}

static enum err_code read_single(struct result *res, enum indicator_form form,
                                 struct finding *finding, struct err *err)
{
    while (result_next(res)) {
        double a = result_real(res, 1), n = result_real(res, 2);

        finding->known = result_int(res, 0) == 1 && isfinite(a) && isfinite(n);
        finding->n = n;
        if (form == FORM_VALUE)
            finding->value = a;
        else
            finding->k = a;
    }
    return result_status(res, err);
}

static void keep_part(struct slot *slot, struct part part)
{
    if (slot->count == slot->cap) {
        slot->cap = slot->cap ? slot->cap * 2 : 1024;
        slot->parts = xrealloc(slot->parts, slot->cap * sizeof(*slot->parts));
    }
    slot->parts[slot->count++] = part;
}

static enum err_code read_clusters(struct measuring *m, struct result *res, struct finding *finding,
                                   struct err *err)
{
    bool persons = strcmp(result_column_name(res, 0), "person") == 0;
    struct slot *slot = NULL;

    /* A variant keeps the slot, and with it the correlation, of the standing definition. */
    if (persons && m->variant == &standing && m->slot_count < SLOTS_MAX) {
        slot = &m->slots[m->slot_count];
        finding->slot = (int)m->slot_count++;
    }
    while (result_next(res)) {
        double u = result_real(res, 1), d = result_real(res, 2);

        if (!isfinite(u) || !isfinite(d))
            continue;
        finding->clusters += 1;
        finding->su += u;
        finding->sd += d;
        finding->suu += u * u;
        finding->sud += u * d;
        finding->sdd += d * d;
        if (slot)
            keep_part(slot, (struct part){result_uint(res, 0), u, d});
    }
    TRY(result_status(res, err));
    finding->known = finding->clusters > 0 && finding->sd > 0;
    if (slot) {
        slot->sum_d = finding->sd;
        slot->ratio = finding->known ? finding->su / finding->sd : 0;
    }
    return ERR_OK;
}

static enum err_code measure_indicator(struct measuring *m, const struct practice *practice,
                                       const struct indicator *indicator, struct finding *finding,
                                       struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct param params[PARAMS_MAX];
    size_t other = apart_of(m->variant, indicator), n;
    char statement[96];

    snprintf(statement, sizeof(statement), "measure/%s", indicator->measure);
    if (other != SIZE_MAX)
        snprintf(statement, sizeof(statement), "%s", apart[other].statement);
    if (!engine_find_statement(m->engine, statement))
        return ERR_OK; /* a model of one's own may ask what only answers can tell */
    n = take_params(m, practice, statement, other != SIZE_MAX ? apart[other].horizon : 0, params);
    TRY(engine_query(m->engine, statement, params, n, &res, err));
    if (indicator->form == FORM_FRACTION || indicator->form == FORM_RATIO)
        return read_clusters(m, res, finding, err);
    return read_single(res, indicator->form, finding, err);
}

static enum err_code check_applies(struct measuring *m, struct evidence *evidence, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct param params[PARAMS_MAX];
    char statement[96];
    size_t n;

    if (strcmp(evidence->practice->applies_if, "always") == 0)
        return ERR_OK;
    snprintf(statement, sizeof(statement), "applies/%s", evidence->practice->applies_if);
    n = take_params(m, evidence->practice, statement, 0, params);
    TRY(engine_query(m->engine, statement, params, n, &res, err));
    while (result_next(res))
        evidence->applicable = result_int(res, 0) == 1;
    return result_status(res, err);
}

static enum err_code read_ages(struct measuring *m, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(m->engine, "resolve/list_sources", NULL, 0, &res, err));
    while (result_next(res) && m->age_count < TM_COUNT(m->ages)) {
        struct source_age *age = &m->ages[m->age_count++];
        struct str need = result_text(res, 0);

        snprintf(age->need, sizeof(age->need), "%.*s", (int)need.n, need.p);
        age->source = arena_strdup(&m->set->arena, result_text(res, 1));
        age->newest_at = result_int(res, 3);
    }
    return result_status(res, err);
}

/* A kind of data is connected when any record of it is there; the margin is an answer. */
static void note_connected(struct measuring *m)
{
    const struct model *model = m->set->model;
    bool *connected = arena_alloc(&m->set->arena, (model->need_count + 1) * sizeof(*connected));

    if (!connected)
        return;
    for (size_t n = 0; n < model->need_count; n++) {
        connected[n] = strcmp(model->needs[n].id, "margin") == 0 && !isnan(m->options->margin);
        for (size_t k = 0; k < m->age_count; k++)
            connected[n] = connected[n] || strcmp(m->ages[k].need, model->needs[n].id) == 0;
    }
    m->set->connected = connected;
}

static bool names_source(const struct buf *list, const char *source)
{
    const char *at = strstr(buf_cstr(list), source);

    return at && (at == buf_cstr(list) || at[-1] == ' ') &&
           (at[strlen(source)] == ',' || at[strlen(source)] == '\0');
}

/* A practice is as fresh as the stalest kind of data that went into it; within a kind the
 * freshest source counts. */
static void note_freshness(struct measuring *m, struct evidence *evidence)
{
    const struct practice *practice = evidence->practice;
    struct buf list = BUF_INIT(1024);

    for (size_t i = 0; i < practice->need_count; i++) {
        int64_t newest = TIME_NONE;

        for (size_t k = 0; k < m->age_count; k++) {
            if (strcmp(m->ages[k].need, practice->needs[i]) != 0)
                continue;
            if (m->ages[k].newest_at > newest)
                newest = m->ages[k].newest_at;
            if (!names_source(&list, m->ages[k].source)) {
                if (list.n)
                    buf_addz(&list, ", ");
                buf_addz(&list, m->ages[k].source);
            }
        }
        if (newest != TIME_NONE &&
            (evidence->newest_at == TIME_NONE || newest < evidence->newest_at))
            evidence->newest_at = newest;
    }
    evidence->sources = arena_strdup(&m->set->arena, buf_str(&list));
    buf_release(&list);
}

/* Metric fingerprint (maturity.md 6.1): what was computed and by which rules; history and peers
 * compare only equal ones. */
static void fingerprint(const struct measuring *m, struct evidence *evidence)
{
    const struct practice *practice = evidence->practice;
    struct digest digest;
    char rules[160], hex[DIGEST_HEX];

    digest_begin(&digest);
    for (size_t i = 0; i < practice->indicator_count; i++) {
        char name[96];
        const struct statement *statement;

        snprintf(name, sizeof(name), "measure/%s", practice->indicators[i].measure);
        digest_add(&digest, str_of(name));
        statement = engine_find_statement(m->engine, name);
        if (statement)
            digest_add(&digest, str_of(statement->text));
    }
    snprintf(rules, sizeof(rules), "window=%d tz=%s currency=%s margin=%.6f", practice->window_days,
             m->options->time_zone, m->options->currency,
             isnan(m->options->margin) ? -1 : m->options->margin);
    digest_add(&digest, str_of(rules));
    digest_end(&digest, hex);
    snprintf(evidence->fingerprint, sizeof(evidence->fingerprint), "%.16s", hex);
}

/* The team's own log is an observation of how it works; everything else is measured. */
static enum evidence_class class_of(const struct practice *practice)
{
    bool log_only = practice->need_count > 0;

    for (size_t i = 0; i < practice->need_count; i++)
        log_only = log_only && strcmp(practice->needs[i], "activity") == 0;
    return (practice->classes & CLASS_BIT_M) && !log_only ? CLASS_MEASURED : CLASS_OBSERVED;
}

/* What the engine tells of a practice. */
static enum err_code ask(struct measuring *m, struct evidence *evidence, struct err *err)
{
    const struct practice *practice = evidence->practice;
    int64_t from_us = timestamp_now();
    enum err_code rc = ERR_OK;

    for (size_t i = 0; rc == ERR_OK && i < practice->indicator_count; i++) {
        evidence->findings[i] = (struct finding){.slot = -1};
        rc = measure_indicator(m, practice, &practice->indicators[i], &evidence->findings[i], err);
    }
    if (rc == ERR_OK)
        rc = check_applies(m, evidence, err);
    log_line(LOG_DEBUG, "maturity", "measuring %s took %" PRId64 " ms", practice->id,
             (timestamp_now() - from_us) / 1000);
    if (rc != ERR_OK)
        err_context(err, "measuring %s", practice->id);
    return rc;
}

/* What follows from it. */
static void note(struct measuring *m, struct evidence *evidence)
{
    const struct practice *practice = evidence->practice;
    bool known = practice->indicator_count > 0;

    for (size_t i = 0; i < practice->indicator_count; i++)
        known = known && evidence->findings[i].known;
    evidence->window_to = m->options->as_of;
    evidence->window_from = m->options->as_of - practice->window_days * US_PER_DAY;
    note_freshness(m, evidence);
    fingerprint(m, evidence);
    evidence->measured = known ? class_of(practice) : CLASS_NONE;
    if (known && evidence->newest_at == TIME_NONE)
        evidence->newest_at = m->options->as_of;
}

/* Two ask at a time, each over a connection of its own: most statements are too small for more
 * than one processor. What depends on the order of practices is done afterwards. */
struct hand {
    struct measuring m; /* with slots of its own */
    struct crew *crew;
    size_t failed_at; /* the practice of err */
    enum err_code rc;
    struct err err;
};

struct crew {
    struct hand hands[HANDS];
    atomic_size_t next;
    atomic_bool stop;        /* one has met an error */
    enum language language;  /* of messages */
    unsigned char *asked_by; /* owned; which hand asked for each practice */
    bool *again;             /* owned; the memory was too small for two at a time */
};

/* Takes practices until none is left. Only the calling thread's hand tells of its progress. */
static void ask_all(struct hand *hand, bool tells)
{
    struct crew *crew = hand->crew;
    struct evidence_set *set = hand->m.set;
    const struct measure_options *options = hand->m.options;
    size_t count = set->model->practice_count, i;

    while (!atomic_load(&crew->stop) && (i = atomic_fetch_add(&crew->next, 1)) < count) {
        if (tells && options->progress)
            options->progress(options->progress_ctx, set->items[i].practice->id,
                              (double)i / (double)count);
        crew->asked_by[i] = (unsigned char)(hand - crew->hands);
        hand->rc = ask(&hand->m, &set->items[i], &hand->err);
        hand->failed_at = i;
        if (hand->rc == ERR_MEMORY)
            crew->again[i] = true;
        else if (hand->rc != ERR_OK)
            atomic_store(&crew->stop, true);
        if (hand->rc != ERR_OK && hand->rc != ERR_MEMORY)
            return;
        hand->rc = ERR_OK;
    }
}

static void *help(void *opaque)
{
    struct hand *hand = opaque;

    i18n_use(hand->crew->language);
    ask_all(hand, false);
    return NULL;
}

/* The error of the earliest practice stands for all. */
static enum err_code first_fault(struct crew *crew, struct err *err)
{
    const struct hand *first = NULL;

    for (size_t i = 0; i < HANDS; i++) {
        const struct hand *hand = &crew->hands[i];

        if (hand->rc != ERR_OK && (!first || hand->failed_at < first->failed_at))
            first = hand;
    }
    if (!first)
        return ERR_OK;
    if (err)
        *err = first->err;
    return first->rc;
}

/* The set's slots are numbered as if one had asked for all practices in turn. */
static void take_slots(struct measuring *m, struct crew *crew, size_t at)
{
    struct evidence *evidence = &m->set->items[at];
    struct hand *hand = &crew->hands[crew->asked_by[at]];

    for (size_t i = 0; i < evidence->practice->indicator_count; i++) {
        struct finding *finding = &evidence->findings[i];
        struct slot *slot;

        if (finding->slot < 0)
            continue;
        slot = &hand->m.slots[finding->slot];
        finding->slot = -1;
        if (m->slot_count == SLOTS_MAX)
            continue;
        m->slots[m->slot_count] = *slot;
        slot->parts = NULL;
        finding->slot = (int)m->slot_count++;
    }
}

static enum err_code run_crew(struct measuring *m, struct crew *crew, struct err *err)
{
    struct engine *second = NULL;
    pthread_t thread;
    bool helped = false;

    for (size_t i = 0; i < HANDS; i++)
        crew->hands[i] = (struct hand){.m = *m, .crew = crew};
    TRY(engine_attach(m->engine, &second, err));
    crew->hands[1].m.engine = second;
    helped = pthread_create(&thread, NULL, help, &crew->hands[1]) == 0;
    ask_all(&crew->hands[0], true);
    if (helped)
        pthread_join(thread, NULL);
    engine_close(second);
    TRY(first_fault(crew, err));
    for (size_t i = 0; i < m->set->model->practice_count; i++) {
        if (crew->again[i]) {
            crew->asked_by[i] = 0;
            TRY(ask(&crew->hands[0].m, &m->set->items[i], err));
        }
        take_slots(m, crew, i);
        note(m, &m->set->items[i]);
    }
    return ERR_OK;
}

static void crew_free(struct crew *crew)
{
    for (size_t i = 0; i < HANDS; i++)
        for (size_t k = 0; k < crew->hands[i].m.slot_count; k++)
            free(crew->hands[i].m.slots[k].parts);
    free(crew->asked_by);
    free(crew->again);
    free(crew);
}

static enum err_code ask_and_note(struct measuring *m, struct err *err)
{
    size_t count = m->set->model->practice_count;
    struct crew *crew = xcalloc(1, sizeof(*crew));
    enum err_code rc;

    crew->language = i18n_current();
    crew->asked_by = xcalloc(count + 1, sizeof(*crew->asked_by));
    crew->again = xcalloc(count + 1, sizeof(*crew->again));
    rc = run_crew(m, crew, err);
    crew_free(crew);
    return rc;
}

static double influence(const struct slot *slot, const struct part *part)
{
    return (part->u - slot->ratio * part->d) / slot->sum_d;
}

/* Sum over persons of psi_a psi_b, both lists by rising person. */
static double covariance(const struct slot *a, const struct slot *b)
{
    double sum = 0;

    if (!(a->sum_d > 0) || !(b->sum_d > 0))
        return 0;
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        if (a->parts[i].person < b->parts[k].person) {
            i++;
        } else if (a->parts[i].person > b->parts[k].person) {
            k++;
        } else {
            sum += influence(a, &a->parts[i]) * influence(b, &b->parts[k]);
            i++;
            k++;
        }
    }
    return sum;
}

static void fill_sigma(struct measuring *m)
{
    struct evidence_set *set = m->set;

    set->slots = m->slot_count;
    set->sigma = xcalloc(m->slot_count * m->slot_count, sizeof(*set->sigma));
    for (size_t a = 0; a < m->slot_count; a++)
        for (size_t b = a; b < m->slot_count; b++)
            set->sigma[a * m->slot_count + b] = set->sigma[b * m->slot_count + a] =
                covariance(&m->slots[a], &m->slots[b]);
}

enum err_code measure(struct engine *engine, const struct measure_options *options,
                      struct evidence_set *set, struct err *err)
{
    struct measuring *m = xcalloc(1, sizeof(*m));
    enum err_code rc;

    m->engine = engine;
    m->options = options;
    m->variant = &standing;
    m->set = set;
    set->as_of = options->as_of;
    rc = read_ages(m, err);
    if (rc == ERR_OK)
        note_connected(m);
    if (rc == ERR_OK)
        rc = ask_and_note(m, err);
    if (rc == ERR_OK)
        fill_sigma(m);
    for (size_t i = 0; i < m->slot_count; i++)
        free(m->slots[i].parts);
    free(m);
    return rc == ERR_OK ? arena_check(&set->arena, err) : rc;
}

static bool declares(const struct measuring *m, const struct indicator *indicator,
                     const char *param)
{
    const struct statement *statement;
    char name[96];

    snprintf(name, sizeof(name), "measure/%s", indicator->measure);
    statement = engine_find_statement(m->engine, name);
    for (size_t i = 0; statement && i < statement->param_count; i++)
        if (strcmp(statement->params[i].name, param) == 0)
            return true;
    return false;
}

/* What is not known stays so. */
static bool differs(const struct measuring *m, const struct evidence *evidence)
{
    const struct measure_variant *v = m->variant;
    const struct practice *practice = evidence->practice;

    for (size_t i = 0; i < practice->indicator_count; i++) {
        const struct indicator *indicator = &practice->indicators[i];

        if (!evidence->findings[i].known)
            continue;
        if ((v->days && v->days != practice->window_days && is_windowed(indicator->measure)) ||
            (v->refunds && declares(m, indicator, "refunds")) || apart_of(v, indicator) != SIZE_MAX)
            return true;
    }
    return false;
}

static enum err_code measure_anew(struct measuring *m, struct evidence *evidence, struct err *err)
{
    const struct practice *practice = evidence->practice;
    bool known = true;

    for (size_t i = 0; i < practice->indicator_count; i++) {
        struct finding finding = {.slot = evidence->findings[i].slot};

        TRY(measure_indicator(m, practice, &practice->indicators[i], &finding, err));
        evidence->findings[i] = finding;
        known = known && finding.known;
    }
    evidence->measured = known ? class_of(practice) : CLASS_NONE;
    if (m->variant->days)
        evidence->window_from = m->options->as_of - m->variant->days * US_PER_DAY;
    return ERR_OK;
}

enum err_code measure_variant(struct engine *engine, const struct measure_options *options,
                              const struct measure_variant *variant,
                              const struct evidence_set *base, struct evidence_set **out_set,
                              struct err *err)
{
    TM_CLEANUP(evidence_set_freep) struct evidence_set *set = evidence_set_copy(base);
    struct measuring *m = xcalloc(1, sizeof(*m));
    enum err_code rc = ERR_OK;

    *m = (struct measuring){.engine = engine, .options = options, .variant = variant, .set = set};
    for (size_t i = 0; rc == ERR_OK && i < set->model->practice_count; i++) {
        if (!differs(m, &set->items[i]))
            continue;
        rc = measure_anew(m, &set->items[i], err);
        if (rc != ERR_OK)
            err_context(err, "measuring %s", set->items[i].practice->id);
    }
    free(m);
    if (rc != ERR_OK)
        return rc;
    *out_set = set;
    set = NULL;
    return ERR_OK;
}
