/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Cuts in the units of what is counted (maturity.md 6.9, 3). */
#include "maturity/sensitivity_parts.h"
#include "maturity/units.h"

/* The level that this practice needs next: for the target stage where it is a gap, else one up. */
static int needed_level(const struct sensing *s, size_t i)
{
    const struct practice_result *r = &s->a->practices[i];
    int level = practice_known(r) ? r->level_best + 1 : 2;

    for (size_t g = 0; g < s->a->gap_count; g++)
        if (s->a->gaps[g].practice == i && s->a->gaps[g].target > level)
            level = s->a->gaps[g].target;
    return level;
}

static void add_unit(struct sensing *s, size_t i, size_t k, const struct cuts *cuts, int level)
{
    const struct practice_result *r = &s->a->practices[i];
    const struct indicator *indicator = &r->practice->indicators[k];
    const struct finding *f = &r->evidence->findings[k];
    bool ratio = indicator->form == FORM_FRACTION || indicator->form == FORM_RATIO;
    bool fact = indicator->form == FORM_VALUE;
    struct unit_gap gap = unit_gap(indicator, cuts, f, level);

    s->out->units[s->out->unit_count++] =
        (struct natural_unit){.practice = i,
                              .indicator = k,
                              .form = indicator->form,
                              .level = level,
                              .cut = gap.cut,
                              .k = ratio ? f->su : (fact ? f->value : f->k),
                              .n = ratio ? f->sd : f->n,
                              .value = gap.value,
                              .met = gap.met,
                              .more = gap.more,
                              .more_confirmed = gap.more_confirmed};
}

enum err_code sense_units(struct sensing *s, struct err *err)
{
    size_t room = 1;

    for (size_t i = 0; i < s->model->practice_count; i++)
        room += 3 * s->model->practices[i].indicator_count;
    s->out->units = arena_alloc(&s->out->arena, room * sizeof(*s->out->units));
    TRY(arena_check(&s->out->arena, err));
    for (size_t i = 0; i < s->model->practice_count; i++) {
        const struct practice_result *r = &s->a->practices[i];
        int first = practice_known(r) ? r->level_best + 1 : 2, last = needed_level(s, i);

        for (size_t k = 0; practice_applies(r) && k < r->practice->indicator_count; k++) {
            const struct indicator *indicator = &r->practice->indicators[k];
            struct cuts cuts;

            if (!finding_usable(indicator, &r->evidence->findings[k]))
                continue;
            TRY(cuts_of(indicator, s->a->evidence, &cuts, err));
            for (int level = 2; level <= last && level <= 4; level++)
                if (level >= first && !isnan(indicator->cuts[level - 2]))
                    add_unit(s, i, k, &cuts, level);
        }
    }
    return ERR_OK;
}
