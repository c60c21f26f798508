/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All that is wrong with a model at once, and what it may hardly mean. */
#include "maturity/model_diff.h"

#include "engine/catalogue.h"
#include "maturity/model_read.h"

enum { CHECK_BYTES_MAX = 4 << 20 };

struct checking {
    struct model_check *check;
    size_t cap;
};

static void doubt(struct checking *c, struct model_doubt doubt)
{
    if (c->check->doubt_count < c->cap)
        c->check->doubts[c->check->doubt_count++] = doubt;
}

/* The highest level that the practice's evidence can show, and the last stage whose gate it can
 * satisfy: claims and attested answers end below (maturity.md 6.2). */
static int reach(const struct practice *p, bool measurable)
{
    return measurable && (p->classes & (CLASS_BIT_M | CLASS_BIT_C)) ? 4
           : p->classes & CLASS_BIT_Q                               ? 3
                                                                    : 1;
}

static bool measurable(struct checking *c, const struct catalogue *sql, const struct practice *p)
{
    bool all = true;

    for (size_t k = 0; k < p->indicator_count; k++) {
        char name[96];

        snprintf(name, sizeof(name), "measure/%s", p->indicators[k].measure);
        if (catalogue_find(sql, name))
            continue;
        all = false;
        doubt(c, (struct model_doubt){.kind = DOUBT_MEASURE,
                                      .practice = p->id,
                                      .measure = p->indicators[k].measure});
    }
    return all;
}

static void look_at_practices(struct checking *c, const struct catalogue *sql)
{
    const struct model *m = c->check->model;
    double can[3] = {0}, all = 0;

    for (size_t i = 0; i < m->practice_count; i++) {
        const struct practice *p = &m->practices[i];
        int most = reach(p, measurable(c, sql, p));

        all += p->weight;
        for (int s = 2; s <= 4; s++)
            can[s - 2] += most >= s ? p->weight : 0;
        if (p->essential >= 2)
            c->check->essential[p->essential - 2]++;
        if (p->essential > most)
            doubt(c, (struct model_doubt){
                         .kind = DOUBT_ESSENTIAL, .practice = p->id, .stage = p->essential});
    }
    for (int s = 2; s <= 4; s++)
        if (all > 0 && can[s - 2] / all < m->quorum[s - 2])
            doubt(c, (struct model_doubt){
                         .kind = DOUBT_QUORUM, .stage = s, .share = can[s - 2] / all});
    for (int l = 0; l < LANG_COUNT; l++)
        if (m->untranslated[l])
            doubt(c, (struct model_doubt){.kind = DOUBT_LANGUAGE,
                                          .language = (enum language)l,
                                          .texts = m->untranslated[l]});
}

static enum err_code look(struct model_check *check, struct err *err)
{
    struct checking c = {.check = check};
    struct catalogue *sql = NULL;

    c.cap = check->model->practice_count * (INDICATORS_MAX + 1) + 3 + LANG_COUNT;
    check->doubts = arena_alloc(&check->arena, c.cap * sizeof(*check->doubts));
    TRY(arena_check(&check->arena, err));
    TRY(catalogue_open(NULL, &sql, err));
    look_at_practices(&c, sql);
    catalogue_close(sql);
    return ERR_OK;
}

enum err_code model_check(const char *path, struct model_check **out_check, struct err *err)
{
    TM_CLEANUP(model_check_freep) struct model_check *check = xcalloc(1, sizeof(*check));
    struct yaml_faults faults = {.items = check->mistakes, .cap = MODEL_MISTAKES_MAX};
    struct err last = ERR_INIT;
    enum err_code rc;

    check->arena = ARENA_INIT(CHECK_BYTES_MAX);
    rc = model_load_all(path, &faults, &check->model, &last);
    check->mistake_count = faults.n;
    if (rc != ERR_OK && rc != ERR_INVALID) {
        if (err)
            *err = last;
        return rc;
    }
    if (rc == ERR_OK)
        TRY(look(check, err));
    *out_check = check;
    check = NULL;
    return ERR_OK;
}

void model_check_free(struct model_check *check)
{
    if (!check)
        return;
    model_free(check->model);
    arena_release(&check->arena);
    free(check);
}

void model_check_freep(struct model_check **check)
{
    model_check_free(*check);
}
