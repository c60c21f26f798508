/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as evidence that a workspace kept, for the built-in model. What is read can be written,
 * reads the same, and can be judged. */
#include "fuzz.h"

#include "maturity/evidence_io.h"

static const struct model *built_in(void)
{
    static struct model *model;

    MUST(model || model_load(NULL, &model, NULL) == ERR_OK);
    return model;
}

static void check_findings(const struct evidence_set *set)
{
    MUST(set->as_of != TIME_NONE && strlen(set->input_hash) == 64);
    for (size_t i = 0; i < set->slots * set->slots; i++)
        MUST(isfinite(set->sigma[i]));
    for (size_t i = 0; i < set->model->practice_count; i++) {
        const struct evidence *e = &set->items[i];

        MUST(e->answer.kind != ANSWER_LEVEL || (e->answer.level >= 1 && e->answer.level <= 4));
        for (size_t k = 0; k < e->practice->indicator_count; k++)
            MUST(e->findings[k].slot >= -1 && e->findings[k].slot < (int)set->slots);
    }
}

static void check_same(const struct evidence_set *set, const struct evidence_kept *kept)
{
    TM_CLEANUP(evidence_set_freep) struct evidence_set *again = NULL;
    TM_CLEANUP(buf_release) struct buf first = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
    TM_CLEANUP(buf_release) struct buf second = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
    struct err err = ERR_INIT;
    struct evidence_kept kept_again;

    MUST(evidence_write(set, kept->published, &first, &err) == ERR_OK);
    MUST(evidence_read(buf_str(&first), "again", set->model, &again, &kept_again, &err) == ERR_OK);
    MUST(kept_again.loss_count == 0 && kept_again.fresh == 0);
    MUST(evidence_write(again, kept_again.published, &second, &err) == ERR_OK);
    MUST(str_eq(buf_str(&first), buf_str(&second)));
}

/* Slow: twenty thousand draws. */
static void judge(const struct evidence_set *set, const struct evidence_kept *kept)
{
    TM_CLEANUP(assessment_freep) struct assessment *a = NULL;
    const struct score_history history = {kept->published};
    struct err err = ERR_INIT;
    double sum = 0;

    if (score(set, &history, &a, &err) != ERR_OK) {
        MUST(err.code && err.msg[0]);
        return;
    }
    for (int s = 0; s < 4; s++) {
        MUST(a->stage_p[s] >= 0 && a->stage_p[s] <= 1 + 1e-9);
        sum += a->stage_p[s];
    }
    MUST(fabs(sum - 1) < 1e-6);
    MUST(a->stage_best >= 1 && a->stage_best <= 4);
    MUST(a->stage_confirmed >= 1 && a->stage_confirmed <= a->stage_best);
    MUST(isnan(a->index) || (a->index >= -1e-9 && a->index <= 100 + 1e-9));
    for (size_t i = 0; i < set->model->practice_count; i++)
        MUST(a->practices[i].level_best >= 0 && a->practices[i].level_best <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TM_CLEANUP(evidence_set_freep) struct evidence_set *set = NULL;
    struct str text = {(const char *)data, size};
    struct err err = ERR_INIT;
    struct evidence_kept kept;
    unsigned sum = 0;
    enum err_code rc;

    rc = evidence_read(text, "evidence", built_in(), &set, &kept, &err);
    MUST(rc == ERR_OK || (err.code == rc && err.msg[0]));
    if (rc != ERR_OK)
        return 0;
    check_findings(set);
    check_same(set, &kept);
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    if (sum % 16 == 0)
        judge(set, &kept);
    return 0;
}
