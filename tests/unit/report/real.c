/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "real.h"

#include "fake.h"

enum { PRACTICES_MAX = 100 };

static struct evidence items[PRACTICES_MAX];
static struct evidence_set set;
static uint64_t seed;

/* 0 to 1 (Knuth's MMIX generator). */
static double any(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* A value that lies at `level` by the indicator's cuts. */
static double value_at(const struct indicator *indicator, int level, double factor)
{
    double low = level >= 2 ? indicator->cuts[level - 2] : NAN;
    double high = level <= 3 ? indicator->cuts[level - 1] : NAN;

    if (indicator->lower_is_better)
        return factor * (isfinite(low) ? low * .9 : isfinite(high) ? high * 1.6 : 1);
    if (isfinite(low) && isfinite(high))
        return factor * (low + (high - low) * (.15 + .7 * any()));
    if (isfinite(low))
        return factor * low * 1.05;
    return isfinite(high) ? factor * high * .6 : factor;
}

static void find(const struct indicator *indicator, int level, struct finding *out_finding)
{
    double factor = indicator->multiplier ? set.factors.vertical_repeat_median : 1;
    double value = value_at(indicator, level, factor), n = floor(60 + 900 * any());
    double spread = .8 * value * value;

    *out_finding = (struct finding){.known = true, .n = n, .value = value, .slot = -1};
    switch (indicator->form) {
    case FORM_SHARE:
        out_finding->n = value < .02 ? 20 * n : n;
        out_finding->k = fmin(out_finding->n, round(value * out_finding->n));
        break;
    case FORM_RATE:
        out_finding->n = 6;
        out_finding->k = round(6 * value);
        break;
    case FORM_VALUE:
        out_finding->value = value > 1.5 ? ceil(value) : value;
        break;
    case FORM_FRACTION:
    case FORM_RATIO:
        /* Denominators of 1, numerators around the value with some spread. */
        out_finding->clusters = n;
        out_finding->su = value * n;
        out_finding->sd = n;
        out_finding->suu = (value * value + fmin(spread, value)) * n;
        out_finding->sud = value * n;
        out_finding->sdd = n;
        break;
    }
}

static void evidence(const struct practice *practice, int stage, struct evidence *out_evidence)
{
    int level = stage + (any() < .25) - (any() < .25);
    bool data = practice->classes & (CLASS_BIT_M | CLASS_BIT_C);
    bool measured = data && (practice->essential ? any() < .95 : any() < .75);

    level = level < 1 ? 1 : level > 4 ? 4 : level;
    if (practice->essential && practice->essential <= stage && level < stage)
        level = stage;
    *out_evidence = (struct evidence){.practice = practice, .applicable = true, .sources = ""};
    if (measured) {
        out_evidence->measured = practice->classes & CLASS_BIT_M ? CLASS_MEASURED : CLASS_OBSERVED;
        for (size_t i = 0; i < practice->indicator_count; i++)
            find(&practice->indicators[i], level, &out_evidence->findings[i]);
        out_evidence->newest_at = set.as_of - (int64_t)(20 * any()) * US_PER_DAY;
        out_evidence->window_from = set.as_of - 365 * US_PER_DAY;
        out_evidence->window_to = set.as_of;
        out_evidence->sources = "shopify, klaviyo";
        snprintf(out_evidence->fingerprint, sizeof(out_evidence->fingerprint), "%016" PRIx64, seed);
    }
    if ((practice->classes & CLASS_BIT_Q) && (!measured || any() < .3)) {
        double r = any();

        out_evidence->answer = (struct answer){
            .kind = r < .8 ? ANSWER_LEVEL : ANSWER_DONT_KNOW,
            .level = level + (r < .3 && level < 4),
            .attested = r > .5,
            .evidence = "calendar-2026.pdf",
            .answered_at = set.as_of - 10 * US_PER_DAY,
        };
    }
}

enum err_code real_assessment(int stage, struct model **out_model,
                              struct assessment **out_assessment, struct err *err)
{
    struct model *model;

    TRY(model_load(NULL, &model, err));
    *out_model = model;
    set = (struct evidence_set){
        .model = model,
        .as_of = INT64_C(1790726400) * US_PER_SECOND,
        .items = items,
        .factors = {.vertical_repeat_median = model->vertical_repeat_median},
    };
    snprintf(set.input_hash, sizeof(set.input_hash), "%064d", stage);
    seed = 40 + (uint64_t)stage;
    assert(model->practice_count <= PRACTICES_MAX);
    for (size_t i = 0; i < model->practice_count; i++)
        evidence(&model->practices[i], stage, &items[i]);
    return score(&set, NULL, out_assessment, err);
}

struct report_options real_options(enum language language)
{
    struct report_options options = fake_options(FAKE_STAGE_2, language);

    options.sensitivity = NULL;
    options.money = NULL;
    options.roadmap = NULL;
    options.trend = NULL;
    options.peers = NULL;
    return options;
}
