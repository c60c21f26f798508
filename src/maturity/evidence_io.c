/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/evidence_io.h"

#include "base/digest.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "maturity/model_read.h"

static const char format_name[] = "tidemark-evidence";

static const char *const class_words[] = {
    [CLASS_NONE] = NULL, [CLASS_MEASURED] = "measured", [CLASS_OBSERVED] = "observed"};

/* What was asked, in short: an answer to another question says nothing. */
static void question_mark(const struct practice *p, char out[17])
{
    struct digest digest;
    char hex[DIGEST_HEX];

    digest_begin(&digest);
    digest_add(&digest, str_of(p->question.in[LANG_EN]));
    for (size_t i = 0; i < p->choice_count; i++) {
        digest_add(&digest, STR_LIT("\n"));
        digest_add(&digest, str_of(p->choices[i].text.in[LANG_EN]));
    }
    digest_end(&digest, hex);
    snprintf(out, 17, "%.16s", hex);
}

static void write_finding(struct json_writer *w, const struct indicator *in,
                          const struct finding *f)
{
    json_begin_object(w);
    json_key_stringz(w, "measure", in->measure);
    json_key_stringz(w, "form", indicator_form_words[in->form]);
    json_key_bool(w, "known", f->known);
    json_key_double(w, "k", f->k);
    json_key_double(w, "n", f->n);
    json_key_double(w, "value", f->value);
    json_key_double(w, "clusters", f->clusters);
    json_key_double(w, "su", f->su);
    json_key_double(w, "sd", f->sd);
    json_key_double(w, "suu", f->suu);
    json_key_double(w, "sud", f->sud);
    json_key_double(w, "sdd", f->sdd);
    json_key_int(w, "slot", f->slot);
    json_end_object(w);
}

static void write_answer(struct json_writer *w, const struct practice *p, const struct answer *a)
{
    char asked[17];

    question_mark(p, asked);
    json_begin_object(w);
    json_key_stringz(w, "asked", asked);
    json_key_int(w, "kind", a->kind);
    json_key_int(w, "level", a->level);
    json_key_bool(w, "attested", a->attested);
    json_key_string(w, "evidence", str_of(a->evidence));
    json_key_int(w, "answered_at", a->answered_at);
    json_key_string(w, "reason", str_of(a->reason));
    json_key_int(w, "until", a->until);
    json_end_object(w);
}

static void write_practice(struct json_writer *w, const struct evidence *e, int published)
{
    const struct practice *p = e->practice;

    json_begin_object(w);
    json_key_stringz(w, "id", p->id);
    json_key_stringz(w, "class", class_words[e->measured]);
    json_key_bool(w, "applicable", e->applicable);
    json_key_stringz(w, "applies_if", p->applies_if);
    json_key_int(w, "window_days", p->window_days);
    json_key_int(w, "window_from", e->window_from);
    json_key_int(w, "window_to", e->window_to);
    json_key_int(w, "newest_at", e->newest_at);
    json_key_stringz(w, "fingerprint", e->fingerprint);
    json_key_string(w, "sources", str_of(e->sources));
    json_key_int(w, "published", published);
    json_key(w, "findings");
    json_begin_array(w);
    for (size_t k = 0; k < p->indicator_count; k++)
        write_finding(w, &p->indicators[k], &e->findings[k]);
    json_end_array(w);
    json_key(w, "answer");
    if (e->answer.kind == ANSWER_NONE)
        json_null(w);
    else
        write_answer(w, p, &e->answer);
    json_end_object(w);
}

static void write_head(struct json_writer *w, const struct evidence_set *set)
{
    const struct model *model = set->model;

    json_key_stringz(w, "format", format_name);
    json_key_int(w, "version", EVIDENCE_IO_VERSION);
    json_key(w, "model");
    json_begin_object(w);
    json_key_stringz(w, "id", model->id);
    json_key_stringz(w, "version", model->version);
    json_key_stringz(w, "content_hash", model->content_hash);
    json_key_stringz(w, "scoring_hash", model->scoring_hash);
    json_end_object(w);
    json_key_stringz(w, "input_hash", set->input_hash);
    json_key_int(w, "as_of", set->as_of);
    json_key_double(w, "vertical_repeat_median", set->factors.vertical_repeat_median);
    json_key(w, "connected");
    if (set->connected) {
        json_begin_array(w);
        for (size_t i = 0; i < model->need_count; i++)
            if (set->connected[i])
                json_stringz(w, model->needs[i].id);
        json_end_array(w);
    } else {
        json_null(w);
    }
}

enum err_code evidence_write(const struct evidence_set *set, const int *published, struct buf *out,
                             struct err *err)
{
    struct json_writer w = JSON_WRITER(out);
    size_t slots = set->sigma ? set->slots : 0;

    json_begin_object(&w);
    write_head(&w, set);
    json_key_int(&w, "slots", (int64_t)slots);
    json_key(&w, "sigma");
    json_begin_array(&w);
    for (size_t i = 0; i < slots * slots; i++)
        json_double(&w, set->sigma[i]);
    json_end_array(&w);
    json_key(&w, "practices");
    json_begin_array(&w);
    for (size_t i = 0; i < set->model->practice_count; i++)
        write_practice(&w, &set->items[i], published ? published[i] : 0);
    json_end_array(&w);
    json_end_object(&w);
    return buf_check(out, err);
}

/* Where in the document, for messages. */
struct reading {
    const char *name;
    const struct model *model;
    struct evidence_set *set;
    struct evidence_kept *kept;
    size_t loss_cap;
    struct err *err;
};

static TM_PRINTF(3, 4) enum err_code
    refuse(const struct reading *r, const char *where, const char *fmt, ...)
{
    char what[300];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_INVALID, "%s: %s%s%s", r->name, where, where[0] ? ": " : "", what);
}

static enum err_code need_type(const struct reading *r, struct json_value v, enum json_type type,
                               const char *where, const char *key)
{
    static const char *const names[] = {[JSON_BOOL] = "true or false",
                                        [JSON_INT] = "a whole number",
                                        [JSON_STRING] = "a text",
                                        [JSON_ARRAY] = "a list",
                                        [JSON_OBJECT] = "an object"};

    if (json_type_of(v) == type)
        return ERR_OK;
    return refuse(r, where, "\"%s\" must be %s", key, names[type]);
}

/* A text of at most `max` bytes without control characters; null is "". */
static enum err_code get_text(const struct reading *r, struct json_value object, const char *where,
                              const char *key, size_t max, const char **out)
{
    struct json_value v = json_get(object, key);
    struct str s;

    *out = "";
    if (json_type_of(v) == JSON_NULL)
        return ERR_OK;
    TRY(need_type(r, v, JSON_STRING, where, key));
    s = json_text(v, STR_NONE);
    if (s.n > max)
        return refuse(r, where, "\"%s\" is longer than %zu bytes", key, max);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20)
            return refuse(r, where, "\"%s\" holds control characters", key);
    *out = arena_strdup(&r->set->arena, s);
    return arena_check(&r->set->arena, r->err);
}

static enum err_code get_int(const struct reading *r, struct json_value object, const char *where,
                             const char *key, int64_t min, int64_t max, int64_t *out)
{
    struct json_value v = json_get(object, key);

    TRY(need_type(r, v, JSON_INT, where, key));
    *out = json_integer(v, 0);
    if (*out < min || *out > max)
        return refuse(r, where, "\"%s\" is out of range", key);
    return ERR_OK;
}

static enum err_code get_flag(const struct reading *r, struct json_value object, const char *where,
                              const char *key, bool *out)
{
    struct json_value v = json_get(object, key);

    TRY(need_type(r, v, JSON_BOOL, where, key));
    *out = json_boolean(v, false);
    return ERR_OK;
}

static enum err_code real_of(const struct reading *r, struct json_value v, const char *where,
                             const char *key, double *out)
{
    enum json_type type = json_type_of(v);

    if (type == JSON_NULL) {
        *out = (double)NAN;
        return ERR_OK;
    }
    if (type != JSON_INT && type != JSON_REAL)
        return refuse(r, where, "\"%s\" must be a number", key);
    *out = json_real(v, (double)NAN);
    return ERR_OK;
}

static enum err_code get_real(const struct reading *r, struct json_value object, const char *where,
                              const char *key, double *out)
{
    return real_of(r, json_get(object, key), where, key, out);
}

/* To the end of the year 9999, so that differences cannot overflow. */
static enum err_code get_time(const struct reading *r, struct json_value object, const char *where,
                              const char *key, int64_t *out)
{
    const int64_t far = INT64_C(253402300800) * US_PER_SECOND;

    return get_int(r, object, where, key, -far, far, out);
}

/* 64 hex digits, or none where `optional`. */
static enum err_code get_hash(const struct reading *r, struct json_value object, const char *where,
                              const char *key, bool optional, char out[65])
{
    const char *text;

    TRY(get_text(r, object, where, key, 64, &text));
    if (strspn(text, "0123456789abcdef") != strlen(text) ||
        !(strlen(text) == 64 || (optional && !text[0])))
        return refuse(r, where, "\"%s\" is no SHA-256 in hexadecimal", key);
    snprintf(out, 65, "%s", text);
    return ERR_OK;
}

static enum err_code add_loss(struct reading *r, const char *practice, enum evidence_loss_why why)
{
    struct evidence_kept *kept = r->kept;

    if (kept->loss_count == r->loss_cap)
        return refuse(r, practice, "more practices than a model can have");
    kept->losses[kept->loss_count++] = (struct evidence_loss){.practice = practice, .why = why};
    return ERR_OK;
}

static enum err_code read_connected(struct reading *r, struct json_value root)
{
    struct json_value list = json_get(root, "connected");
    const struct model *model = r->model;
    bool *connected;

    if (json_type_of(list) == JSON_NULL)
        return ERR_OK;
    TRY(need_type(r, list, JSON_ARRAY, "", "connected"));
    connected = arena_alloc(&r->set->arena, (model->need_count + 1) * sizeof(*connected));
    TRY(arena_check(&r->set->arena, r->err));
    for (struct json_iter it = json_iter(list); json_iter_next(&it);)
        for (size_t i = 0; i < model->need_count; i++)
            if (str_eqz(json_text(it.value, STR_NONE), model->needs[i].id))
                connected[i] = true;
    r->set->connected = connected;
    return ERR_OK;
}

static enum err_code read_sigma(struct reading *r, struct json_value root)
{
    struct json_value list = json_get(root, "sigma");
    int64_t slots = 0;
    size_t n = 0;

    TRY(get_int(r, root, "", "slots", 0, EVIDENCE_IO_SLOTS_MAX, &slots));
    TRY(need_type(r, list, JSON_ARRAY, "", "sigma"));
    r->set->slots = (size_t)slots;
    r->set->sigma = xcalloc((size_t)(slots * slots), sizeof(*r->set->sigma));
    for (struct json_iter it = json_iter(list); json_iter_next(&it); n++) {
        if (n == (size_t)(slots * slots))
            break;
        TRY(real_of(r, it.value, "", "sigma", &r->set->sigma[n]));
        if (!isfinite(r->set->sigma[n]))
            return refuse(r, "sigma", "a number is missing");
    }
    if (n != (size_t)(slots * slots))
        return refuse(r, "sigma", "must have %zu numbers", (size_t)(slots * slots));
    return ERR_OK;
}

static enum err_code read_head(struct reading *r, struct json_value root)
{
    struct json_value model = json_get(root, "model");
    struct evidence_set *set = r->set;
    int64_t version = 0;

    if (!str_eqz(json_text(json_get(root, "format"), STR_NONE), format_name))
        return refuse(r, "", "this is no evidence of Tidemark");
    TRY(get_int(r, root, "", "version", 1, INT_MAX, &version));
    if (version > EVIDENCE_IO_VERSION)
        return refuse(r, "", "written by a newer Tidemark (version %d, known here: %d)",
                      (int)version, EVIDENCE_IO_VERSION);
    TRY(need_type(r, model, JSON_OBJECT, "", "model"));
    TRY(get_text(r, model, "model", "id", 40, &r->kept->model));
    TRY(get_text(r, model, "model", "version", 40, &r->kept->model_version));
    TRY(get_hash(r, model, "model", "content_hash", true, r->kept->content_hash));
    TRY(get_hash(r, model, "model", "scoring_hash", true, r->kept->scoring_hash));
    TRY(get_hash(r, root, "", "input_hash", false, set->input_hash));
    TRY(get_time(r, root, "", "as_of", &set->as_of));
    TRY(get_real(r, root, "", "vertical_repeat_median", &set->factors.vertical_repeat_median));
    if (!(set->factors.vertical_repeat_median >= 0 && set->factors.vertical_repeat_median <= 1))
        return refuse(r, "", "\"%s\" is out of range", "vertical_repeat_median");
    TRY(read_connected(r, root));
    return read_sigma(r, root);
}

static enum err_code read_finding(const struct reading *r, struct json_value v, const char *where,
                                  struct finding *f)
{
    static const struct {
        const char *key;
        size_t at;
    } numbers[] = {
        {"k", offsetof(struct finding, k)},     {"n", offsetof(struct finding, n)},
        {"su", offsetof(struct finding, su)},   {"value", offsetof(struct finding, value)},
        {"sd", offsetof(struct finding, sd)},   {"clusters", offsetof(struct finding, clusters)},
        {"suu", offsetof(struct finding, suu)}, {"sud", offsetof(struct finding, sud)},
        {"sdd", offsetof(struct finding, sdd)},
    };
    int64_t slot = -1;

    TRY(get_flag(r, v, where, "known", &f->known));
    for (size_t i = 0; i < TM_COUNT(numbers); i++)
        TRY(get_real(r, v, where, numbers[i].key, (double *)(void *)((char *)f + numbers[i].at)));
    TRY(get_int(r, v, where, "slot", -1, EVIDENCE_IO_SLOTS_MAX, &slot));
    f->slot = slot < (int64_t)r->set->slots ? (int)slot : -1;
    return ERR_OK;
}

/* The same measures, each read in the same way, over the same window. */
static bool same_indicators(struct json_value v, const struct practice *p)
{
    size_t k = 0;

    if (json_integer(json_get(v, "window_days"), -1) != p->window_days)
        return false;
    for (struct json_iter it = json_iter(json_get(v, "findings")); json_iter_next(&it); k++)
        if (k >= p->indicator_count ||
            !str_eqz(json_text(json_get(it.value, "measure"), STR_NONE),
                     p->indicators[k].measure) ||
            !str_eqz(json_text(json_get(it.value, "form"), STR_NONE),
                     indicator_form_words[p->indicators[k].form]))
            return false;
    return k == p->indicator_count;
}

static enum err_code read_class(const struct reading *r, struct json_value v, const char *where,
                                enum evidence_class *out)
{
    struct str word = json_text(json_get(v, "class"), STR_NONE);

    *out = CLASS_NONE;
    if (json_type_of(json_get(v, "class")) == JSON_NULL)
        return ERR_OK;
    for (int c = CLASS_MEASURED; c <= CLASS_OBSERVED; c++)
        if (str_eqz(word, class_words[c]))
            *out = (enum evidence_class)c;
    if (*out == CLASS_NONE)
        return refuse(r, where, "\"%s\" must be %s", "class", "measured, observed, null");
    return ERR_OK;
}

static enum err_code read_measured(const struct reading *r, struct json_value v, const char *where,
                                   struct evidence *e)
{
    const char *fingerprint;
    size_t k = 0;

    TRY(read_class(r, v, where, &e->measured));
    TRY(get_time(r, v, where, "window_from", &e->window_from));
    TRY(get_time(r, v, where, "window_to", &e->window_to));
    TRY(get_time(r, v, where, "newest_at", &e->newest_at));
    TRY(get_text(r, v, where, "sources", 1024, &e->sources));
    TRY(get_text(r, v, where, "fingerprint", sizeof(e->fingerprint) - 1, &fingerprint));
    snprintf(e->fingerprint, sizeof(e->fingerprint), "%s", fingerprint);
    for (struct json_iter it = json_iter(json_get(v, "findings")); json_iter_next(&it); k++)
        TRY(read_finding(r, it.value, where, &e->findings[k]));
    return ERR_OK;
}

static enum err_code read_answer(struct reading *r, struct json_value v, const char *where,
                                 struct evidence *e, bool *out_carried)
{
    int64_t kind = 0, level = 0;
    struct answer a = {0};
    char asked[17];

    if (json_type_of(v) == JSON_NULL)
        return ERR_OK;
    TRY(need_type(r, v, JSON_OBJECT, where, "answer"));
    question_mark(e->practice, asked);
    if (!str_eqz(json_text(json_get(v, "asked"), STR_NONE), asked))
        return add_loss(r, e->practice->id, LOSS_QUESTION);
    TRY(get_int(r, v, where, "kind", ANSWER_NONE, ANSWER_LATER, &kind));
    TRY(get_int(r, v, where, "level", 0, 4, &level));
    TRY(get_flag(r, v, where, "attested", &a.attested));
    TRY(get_text(r, v, where, "evidence", 4096, &a.evidence));
    TRY(get_text(r, v, where, "reason", 4096, &a.reason));
    TRY(get_time(r, v, where, "answered_at", &a.answered_at));
    TRY(get_time(r, v, where, "until", &a.until));
    a.kind = (enum answer_kind)kind;
    a.level = (int)level;
    if (a.kind == ANSWER_LEVEL && a.level < 1)
        return refuse(r, where, "\"%s\" is out of range", "level");
    e->answer = a;
    *out_carried = true;
    return ERR_OK;
}

/* A predicate that the evidence did not ask is not known: it counts as true. */
static enum err_code read_applies(const struct reading *r, struct json_value v, const char *where,
                                  struct evidence *e)
{
    const char *predicate;
    bool applicable = true;

    TRY(get_flag(r, v, where, "applicable", &applicable));
    TRY(get_text(r, v, where, "applies_if", 60, &predicate));
    e->applicable =
        applicable || strcmp(predicate, e->practice->applies_if ? e->practice->applies_if : "");
    return ERR_OK;
}

static enum err_code read_known_practice(struct reading *r, struct json_value v, const char *id,
                                         size_t at)
{
    struct evidence *e = &r->set->items[at];
    bool same = same_indicators(v, e->practice), answered = false;
    int64_t published = 0;

    TRY(read_applies(r, v, id, e));
    if (same)
        TRY(read_measured(r, v, id, e));
    else if (json_type_of(json_get(v, "class")) == JSON_STRING)
        TRY(add_loss(r, e->practice->id, LOSS_INDICATOR));
    TRY(read_answer(r, json_get(v, "answer"), id, e, &answered));
    TRY(get_int(r, v, id, "published", 0, 4, &published));
    r->kept->published[at] = (int)published;
    r->kept->carried += (same && e->measured != CLASS_NONE) || answered;
    return ERR_OK;
}

static enum err_code read_practice(struct reading *r, struct json_value v, bool *seen)
{
    const char *id;
    size_t at;

    TRY(need_type(r, v, JSON_OBJECT, "", "practices"));
    TRY(get_text(r, v, "practices", "id", 40, &id));
    TRY(need_type(r, json_get(v, "findings"), JSON_ARRAY, id, "findings"));
    at = model_practice(r->model, id);
    if (at == SIZE_MAX)
        return add_loss(r, id, LOSS_PRACTICE);
    if (seen[at])
        return refuse(r, id, "is given twice");
    seen[at] = true;
    return read_known_practice(r, v, id, at);
}

static enum err_code read_practices(struct reading *r, struct json_value root)
{
    struct json_value list = json_get(root, "practices");
    size_t count = r->model->practice_count;
    bool *seen = arena_alloc(&r->set->arena, (count + 1) * sizeof(*seen));

    r->loss_cap = 2 * (size_t)MODEL_PRACTICES_MAX;
    r->kept->losses = arena_alloc(&r->set->arena, r->loss_cap * sizeof(*r->kept->losses));
    r->kept->published = arena_alloc(&r->set->arena, (count + 1) * sizeof(*r->kept->published));
    TRY(arena_check(&r->set->arena, r->err));
    TRY(need_type(r, list, JSON_ARRAY, "", "practices"));
    for (struct json_iter it = json_iter(list); json_iter_next(&it);)
        TRY(read_practice(r, it.value, seen));
    for (size_t i = 0; i < count; i++)
        r->kept->fresh += !seen[i];
    return ERR_OK;
}

static enum err_code read_all(struct reading *r, struct str text)
{
    struct json_parser *parser = json_parser_new(EVIDENCE_IO_BYTES_MAX);
    struct json_value root;
    enum err_code rc = json_parse(parser, text, &root, r->err);

    if (rc != ERR_OK)
        err_context(r->err, "reading %s", r->name);
    if (rc == ERR_OK && json_type_of(root) != JSON_OBJECT)
        rc = refuse(r, "", "this is no evidence of Tidemark");
    if (rc == ERR_OK)
        rc = read_head(r, root);
    if (rc == ERR_OK)
        rc = read_practices(r, root);
    json_parser_free(parser);
    return rc;
}

enum err_code evidence_read(struct str text, const char *name, const struct model *model,
                            struct evidence_set **out_set, struct evidence_kept *out_kept,
                            struct err *err)
{
    TM_CLEANUP(evidence_set_freep) struct evidence_set *set = NULL;
    struct evidence_kept ignored = {0}, *kept = out_kept ? out_kept : &ignored;
    struct reading r = {.name = name, .model = model, .kept = kept, .err = err};

    if (text.n > EVIDENCE_IO_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s: %zu bytes of evidence; %d at most are read", name,
                       text.n, EVIDENCE_IO_BYTES_MAX);
    *kept = (struct evidence_kept){0};
    set = r.set = evidence_set_new(model);
    TRY(read_all(&r, text));
    *out_set = set;
    set = NULL;
    return ERR_OK;
}
