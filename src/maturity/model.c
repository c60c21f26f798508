/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/model.h"

#include "base/digest.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/json_write.h"
#include "maturity/model_read.h"

enum { MODEL_MEMORY_MAX = 32 << 20 };

extern const struct embedded_file model_files[];

size_t model_practice(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->practice_count; i++)
        if (strcmp(model->practices[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

size_t model_dimension(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->dimension_count; i++)
        if (strcmp(model->dimensions[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

size_t model_vertical(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->vertical_count; i++)
        if (strcmp(model->verticals[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

size_t model_role(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->role_count; i++)
        if (strcmp(model->roles[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

bool practice_needs(const struct practice *practice, const char *need)
{
    for (size_t k = 0; k < practice->need_count; k++)
        if (strcmp(practice->needs[k], need) == 0)
            return true;
    return false;
}

int prerequisite_level(int to)
{
    return to > 3 ? to - 1 : 2;
}

static void add_three(struct json_writer *w, const char *key, const double x[3])
{
    json_key(w, key);
    json_begin_array(w);
    for (int i = 0; i < 3; i++)
        json_double(w, x[i]);
    json_end_array(w);
}

static void add_indicator(struct json_writer *w, const struct indicator *ind)
{
    json_begin_object(w);
    json_key_stringz(w, "measure", ind->measure);
    json_key_stringz(w, "form", indicator_form_words[ind->form]);
    json_key_bool(w, "lower", ind->lower_is_better);
    json_key_stringz(w, "multiplier", ind->multiplier);
    json_key_int(w, "strict", ind->strict[0] | ind->strict[1] << 1 | ind->strict[2] << 2);
    add_three(w, "cuts", ind->cuts);
    add_three(w, "upper", ind->upper);
    json_end_object(w);
}

static void add_practice(struct json_writer *w, const struct model *m, const struct practice *p)
{
    json_begin_object(w);
    json_key_stringz(w, "id", p->id);
    json_key_stringz(w, "dimension", m->dimensions[p->dimension].id);
    json_key_int(w, "classes", p->classes);
    json_key_int(w, "essential", p->essential);
    json_key_double(w, "weight", p->weight);
    json_key_int(w, "window_days", p->window_days);
    json_key_int(w, "ttl_days", p->ttl_days);
    json_key_double(w, "n_min", p->n_min);
    json_key_stringz(w, "applies_if", p->applies_if);
    json_key(w, "prerequisites");
    json_begin_array(w);
    for (size_t i = 0; i < p->prerequisite_count; i++)
        json_stringz(w, m->practices[p->prerequisites[i]].id);
    json_end_array(w);
    json_key(w, "indicators");
    json_begin_array(w);
    for (size_t i = 0; i < p->indicator_count; i++)
        add_indicator(w, &p->indicators[i]);
    json_end_array(w);
    json_end_object(w);
}

/* What can change a score, in file order and one spelling: 0.70 and 0.7 are the same. */
static enum err_code scoring_hash(struct model *m, struct err *err)
{
    struct buf out = BUF_INIT(YAML_FILE_MAX);
    struct json_writer w = JSON_WRITER(&out);
    enum err_code code;

    json_begin_object(&w);
    json_key_double(&w, "vertical_repeat_median", m->vertical_repeat_median);
    json_key(&w, "verticals");
    json_begin_object(&w);
    for (size_t i = 0; i < m->vertical_count; i++)
        json_key_double(&w, m->verticals[i].id, m->verticals[i].repeat_median);
    json_end_object(&w);
    add_three(&w, "quorum", m->quorum);
    add_three(&w, "evidence_floors", m->evidence_floor);
    json_key(&w, "dimensions");
    json_begin_object(&w);
    for (size_t i = 0; i < m->dimension_count; i++)
        json_key_double(&w, m->dimensions[i].id, m->dimensions[i].weight);
    json_end_object(&w);
    json_key(&w, "practices");
    json_begin_array(&w);
    for (size_t i = 0; i < m->practice_count; i++)
        add_practice(&w, m, &m->practices[i]);
    json_end_array(&w);
    json_end_object(&w);
    code = buf_check(&out, err);
    if (code == ERR_OK)
        digest_of(buf_str(&out), m->scoring_hash);
    buf_release(&out);
    return code;
}

static enum err_code parse(const char *name, struct str text, struct yaml_faults *faults,
                           struct model **out_model, struct err *err)
{
    TM_CLEANUP(model_freep) struct model *m = xcalloc(1, sizeof(*m));
    struct yaml_reader r = {.name = name, .arena = &m->arena, .err = err, .faults = faults};
    enum err_code code;

    m->arena = ARENA_INIT(MODEL_MEMORY_MAX);
    code = yaml_reader_open(&r, text);
    if (code == ERR_OK) {
        code = model_read(&r, m);
        yaml_reader_close(&r);
    }
    if (code != ERR_OK) {
        yaml_go_on(&r, code, 0);
        return code;
    }
    digest_of(text, m->content_hash);
    TRY(scoring_hash(m, err));
    *out_model = m;
    m = NULL;
    return ERR_OK;
}

enum err_code model_load_all(const char *path, struct yaml_faults *faults, struct model **out_model,
                             struct err *err)
{
    struct buf text = BUF_INIT(0);
    enum err_code code;

    if (!path)
        return parse("tidemark.yaml (built in)",
                     (struct str){model_files[0].text, model_files[0].n}, faults, out_model, err);
    code = file_read(path, YAML_FILE_MAX, &text, err);
    if (code == ERR_OK)
        code = parse(path, buf_str(&text), faults, out_model, err);
    buf_release(&text);
    return code;
}

enum err_code model_load(const char *path, struct model **out_model, struct err *err)
{
    return model_load_all(path, NULL, out_model, err);
}

void model_free(struct model *model)
{
    if (!model)
        return;
    arena_release(&model->arena);
    free(model);
}

void model_freep(struct model **model)
{
    model_free(*model);
}
