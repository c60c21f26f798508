/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Evidence as JSON and back: nothing of it may change, and nothing broken may pass. */
#include "maturity/evidence_io.h"

#include "fixture.h"
#include "tap.h"

static uint64_t state = 7;

/* Steele, Lea, Flood (2014): SplitMix64. */
static uint64_t next(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static double uniform(double low, double high)
{
    return low + (high - low) * (double)(next() >> 11) * 0x1p-53;
}

static int below(int n)
{
    return (int)(next() % (uint64_t)n);
}

static void random_case(struct fixture *f)
{
    static const enum indicator_form forms[] = {FORM_SHARE, FORM_FRACTION, FORM_RATIO, FORM_RATE,
                                                FORM_VALUE};
    static const double cuts[] = {.2, .4, .6};
    size_t slots = 0;

    fixture_init(f, 4 + (size_t)below(FIXTURE_PRACTICES - 3), 1 + (size_t)below(4));
    f->practices[0].essential = 2;
    for (size_t i = 0; i < f->model.practice_count; i++) {
        struct finding *x = &f->items[i].findings[0];
        double r = uniform(0, .9), n = 5 + below(300);

        f->practices[i].indicators[0].form = forms[below(5)];
        memcpy(f->practices[i].indicators[0].cuts, cuts, sizeof(cuts));
        if (below(5) == 0)
            give_answer(f, i, 1 + below(4));
        if (below(9) == 0)
            give_na(f, i, AS_OF - US_PER_DAY);
        if (below(4) == 0)
            continue;
        *x = (struct finding){.known = true, .n = n, .value = r, .slot = -1};
        x->k = floor(r * n);
        x->clusters = n;
        x->sd = n * uniform(10, 30);
        x->sdd = n * 400 * uniform(1, 3);
        x->su = r * x->sd;
        x->sud = r * x->sdd;
        x->suu = r * r * x->sdd * (1 + uniform(0, 1));
        f->items[i].measured = below(3) ? CLASS_MEASURED : CLASS_OBSERVED;
        f->items[i].newest_at = AS_OF - below(400) * US_PER_DAY;
        f->items[i].applicable = below(9) != 0;
        if (slots < FIXTURE_SLOTS && below(2))
            x->slot = (int)slots++;
    }
    f->set.slots = slots;
    for (size_t a = 0; a < slots; a++)
        for (size_t b = 0; b < slots; b++)
            f->sigma[a * slots + b] = a == b ? uniform(1, 2) * 1e-5 : 1e-6 / 3;
}

/* Written, read and scored again: the same to the last bit. */
static void comes_back(void)
{
    const struct score_plan plan = {.draws = 300, .full = true};
    int published[FIXTURE_PRACTICES];
    int wrong = 0, lost = 0;

    for (int i = 0; i < 120; i++) {
        struct fixture f;
        TM_CLEANUP(evidence_set_freep) struct evidence_set *again = NULL;
        TM_CLEANUP(assessment_freep) struct assessment *first = NULL, *second = NULL;
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
        TM_CLEANUP(buf_release) struct buf twice = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
        struct evidence_kept kept;
        struct err err = ERR_INIT;

        random_case(&f);
        for (size_t k = 0; k < f.model.practice_count; k++)
            published[k] = below(5);
        struct score_history before = {published};

        if (evidence_write(&f.set, published, &text, &err) != ERR_OK ||
            evidence_read(buf_str(&text), "case", &f.model, &again, &kept, &err) != ERR_OK ||
            score_with(&f.set, &before, &plan, &first, &err) != ERR_OK) {
            CHECK_MSG(false, "case %d: %s", i, err.msg);
            return;
        }
        struct score_history after = {kept.published};

        CHECK_OK(score_with(again, &after, &plan, &second, &err), err);
        wrong += strcmp(first->result_hash, second->result_hash) != 0;
        CHECK_OK(evidence_write(again, kept.published, &twice, &err), err);
        wrong += !str_eq(buf_str(&text), buf_str(&twice));
        lost += kept.loss_count > 0 || kept.fresh > 0;
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(lost, 0);
}

/* Under another model only what means the same is taken over. */
static void another_model(void)
{
    struct fixture f, g;
    TM_CLEANUP(evidence_set_freep) struct evidence_set *set = NULL;
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
    struct evidence_kept kept;
    struct err err = ERR_INIT;

    fixture_init(&f, 6, 2);
    for (size_t i = 0; i < 6; i++)
        give_fact(&f, i, 2);
    give_answer(&f, 4, 3);
    give_answer(&f, 5, 3);
    CHECK_OK(evidence_write(&f.set, NULL, &text, &err), err);
    fixture_copy(&g, &f);
    g.practices[0].indicators[0].cuts[0] = 1.5;         /* other cuts: the same figure */
    g.practices[1].indicators[0].measure = "other";     /* another figure */
    g.practices[2].window_days = 30;                    /* over another time */
    snprintf(g.ids[3], sizeof(g.ids[3]), "NEW-1");      /* another practice */
    g.practices[4].question.in[LANG_EN] = "How often?"; /* another question */
    g.practices[5].indicators[0].form = FORM_RATE;      /* read otherwise, asked the same */
    CHECK_OK(evidence_read(buf_str(&text), "case", &g.model, &set, &kept, &err), err);
    CHECK(set->items[0].measured == CLASS_MEASURED && set->items[0].findings[0].value == 2);
    CHECK(set->items[1].measured == CLASS_NONE && set->items[2].measured == CLASS_NONE);
    CHECK(set->items[3].measured == CLASS_NONE);
    CHECK(set->items[4].measured == CLASS_MEASURED && set->items[4].answer.kind == ANSWER_NONE);
    CHECK(set->items[5].measured == CLASS_NONE && set->items[5].answer.level == 3);
    CHECK_INT(kept.loss_count, 5);
    CHECK_INT(kept.carried, 3);
    CHECK_INT(kept.fresh, 1);
    CHECK(kept.loss_count == 5 && kept.losses[0].why == LOSS_INDICATOR &&
          kept.losses[2].why == LOSS_PRACTICE && kept.losses[3].why == LOSS_QUESTION);
    CHECK_STR(kept.losses[2].practice, "P-4");
}

static enum err_code read_text(const struct fixture *f, const char *text, struct err *err)
{
    TM_CLEANUP(evidence_set_freep) struct evidence_set *set = NULL;

    *err = ERR_INIT;
    return evidence_read(str_of(text), "kept", &f->model, &set, NULL, err);
}

static void broken(void)
{
    static const struct {
        const char *from, *to, *told;
    } cases[] = {
        {"tidemark-evidence", "something", "no evidence of Tidemark"},
        {"\"version\": 1,\n  \"model\"", "\"version\": 2,\n  \"model\"", "newer Tidemark"},
        {"\"as_of\": 1728000000000000", "\"as_of\": \"today\"", "\"as_of\" must be"},
        {"\"as_of\": 1728000000000000", "\"as_of\": 9223372036854775807", "out of range"},
        {"\"slots\": 0", "\"slots\": 300", "out of range"},
        {"\"slots\": 0", "\"slots\": 1", "must have 1 numbers"},
        {"\"id\": \"P-2\"", "\"id\": \"P-1\"", "P-1: is given twice"},
        {"\"known\": true", "\"known\": 1", "P-1: \"known\" must be true or false"},
        {"\"class\": \"measured\"", "\"class\": \"guessed\"", "\"class\" must be"},
        {"\"value\": 2", "\"value\": \"2\"", "\"value\" must be a number"},
        {"\"level\": 3", "\"level\": 9", "out of range"},
        {"0000000000011\"", "00000000000xx\"", "no SHA-256"},
    };
    struct fixture f;
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
    struct err err = ERR_INIT;

    fixture_init(&f, 3, 1);
    give_fact(&f, 0, 2);
    give_answer(&f, 1, 3);
    CHECK_OK(evidence_write(&f.set, NULL, &text, &err), err);
    CHECK(read_text(&f, buf_cstr(&text), &err) == ERR_OK);
    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        TM_CLEANUP(buf_release) struct buf changed = BUF_INIT(EVIDENCE_IO_BYTES_MAX);
        const char *at = strstr(buf_cstr(&text), cases[i].from);

        if (!at) {
            CHECK_MSG(false, "case %zu: the text holds %s", i, cases[i].from);
            continue;
        }
        buf_add(&changed, text.p, (size_t)(at - text.p));
        buf_addz(&changed, cases[i].to);
        buf_addz(&changed, at + strlen(cases[i].from));
        CHECK_MSG(read_text(&f, buf_cstr(&changed), &err) == ERR_INVALID &&
                      strstr(err.msg, cases[i].told),
                  "%s: %s", cases[i].to, err.msg);
    }
    for (size_t n = 0; n < text.n; n += 37) {
        TM_CLEANUP(buf_release) struct buf cut = BUF_INIT(EVIDENCE_IO_BYTES_MAX);

        buf_add(&cut, text.p, n);
        if (read_text(&f, buf_cstr(&cut), &err) == ERR_OK || !err.msg[0])
            CHECK_MSG(false, "a text cut at %zu passes", n);
    }
    CHECK(read_text(&f, "[]", &err) == ERR_INVALID);
}

int main(void)
{
    comes_back();
    another_model();
    broken();
    return tap_done();
}
