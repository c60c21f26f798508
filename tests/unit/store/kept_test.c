/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a workspace keeps of its past: assessments, promised steps, peers. */
#include "store/assessments.h"
#include "store/peers.h"
#include "store/steps.h"

#include "tap.h"
#include "temp_dir.h"

static struct store *open_store(const char *name)
{
    struct store *store = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(store_open(temp_path(name), &store, &err), err);
    return store;
}

static const struct kept_practice practices[] = {
    {"RET-1", "MEASURED", 3, 2, 2.7182818284590452, {.1, .2, .3, .4}, 1.0 / 3},
    {"EML-1", "UNKNOWN", 0, 0, (double)NAN, {.4, .3, .2, .1}, (double)NAN},
};
static const struct kept_dimension dimensions[] = {{"RET", 2.7, 2.1, 3.3},
                                                   {"EML", (double)NAN, 1, 4}};

static struct assessment_entry entry_of(const char *input, int64_t as_of, const char *program)
{
    struct assessment_entry e = {.as_of = as_of,
                                 .stage_best = 2,
                                 .stage_confirmed = 1,
                                 .stage_claimed = true,
                                 .stage_p = {.1, .2, .3, .4},
                                 .index = (double)NAN,
                                 .index_low = 20,
                                 .index_high = 70.125,
                                 .coverage = .5,
                                 .practices = practices,
                                 .practice_count = TM_COUNT(practices),
                                 .dimensions = dimensions,
                                 .dimension_count = TM_COUNT(dimensions)};

    snprintf(e.program, sizeof(e.program), "%s", program);
    snprintf(e.model, sizeof(e.model), "tidemark");
    snprintf(e.model_version, sizeof(e.model_version), "1.0.0");
    snprintf(e.scoring_hash, sizeof(e.scoring_hash), "s");
    snprintf(e.input_hash, sizeof(e.input_hash), "%s", input);
    return e;
}

static void keep(struct store *store, struct assessment_entry *e, const char *evidence)
{
    struct err err = ERR_INIT;

    CHECK_OK(store_assessment_put(store, e, str_of(evidence), &err), err);
}

static void assessments(void)
{
    struct store *store = open_store("shop");
    struct assessment_entry late = entry_of("late", 200, "1"), early = entry_of("early", 100, "1"),
                            again = entry_of("late", 200, "1"), newer = entry_of("early", 100, "2"),
                            *all;
    struct arena arena = ARENA_INIT(16 << 20);
    struct buf evidence = BUF_INIT(100);
    struct err err = ERR_INIT;
    size_t n = 0;

    keep(store, &late, "{\"late\": 1}");
    keep(store, &early, "{\"early\": 1}");
    keep(store, &again, "{\"other\": 1}");
    CHECK(early.id != late.id && again.id == late.id && again.seen == 2);
    keep(store, &newer, "{\"early\": 2}");
    CHECK_MSG(newer.id == early.id, "a newer program's result takes the old one's place");
    store_close(store);

    store = open_store("shop");
    CHECK_OK(store_assessments_list(store, &arena, &all, &n, &err), err);
    CHECK_INT(n, 2);
    CHECK(n == 2 && all[0].as_of == 100 && all[1].as_of == 200 && all[1].seen == 2);
    CHECK(isnan(all[1].index) && all[1].index_high == 70.125 && all[1].stage_p[2] == .3);
    CHECK(all[1].stage_claimed && all[1].practice_count == 2 && all[1].dimension_count == 2);
    CHECK(all[1].practices[0].continuous == practices[0].continuous &&
          all[1].practices[0].value == 1.0 / 3);
    CHECK_STR(all[1].practices[1].state, "UNKNOWN");
    CHECK(isnan(all[1].practices[1].continuous) && isnan(all[1].dimensions[1].value));
    CHECK_STR(all[0].program, "2");
    CHECK_OK(store_assessment_evidence(store, late.id, &evidence, &err), err);
    CHECK_STR(buf_cstr(&evidence), "{\"late\": 1}");
    buf_reset(&evidence);
    CHECK_OK(store_assessment_evidence(store, early.id, &evidence, &err), err);
    CHECK_STR(buf_cstr(&evidence), "{\"early\": 2}");
    CHECK(store_assessment_evidence(store, 99, &evidence, &err) == ERR_NOT_FOUND);
    buf_release(&evidence);
    arena_release(&arena);
    store_close(store);
}

struct seen_steps {
    struct kept_step items[16];
    size_t n;
};

static enum err_code see_step(void *ctx, const struct kept_step *step, struct err *err)
{
    struct seen_steps *seen = ctx;

    (void)err;
    if (seen->n < TM_COUNT(seen->items))
        seen->items[seen->n++] = *step;
    return ERR_OK;
}

static struct seen_steps steps_of(struct store *store)
{
    struct seen_steps seen = {.n = 0};
    struct err err = ERR_INIT;

    CHECK_OK(store_steps_each(store, see_step, &seen, &err), err);
    return seen;
}

static void steps(void)
{
    struct kept_step plan[] = {
        {.practice = "RET-1", .from = 2, .to = 3, .due_day = 20000, .cut = .28, .owner = "Ann"},
        {.practice = "EML-1", .from = 1, .to = 2, .due_day = 20090, .cut = (double)NAN},
        {.practice = "AUT-1", .from = 1, .to = 2, .due_day = 20090, .status = STEP_BEGUN},
    };
    struct store *store = open_store("steps");
    struct step_record records[4];
    struct seen_steps seen;
    struct err err = ERR_INIT;
    size_t n = 9;

    CHECK_OK(store_success_priors(store, records, 4, &n, &err), err);
    CHECK_INT(n, 0);
    CHECK_OK(store_steps_put(store, plan, 3, &err), err);
    plan[0].due_day = 20030;
    CHECK_OK(store_steps_put(store, plan, 1, &err), err);
    seen = steps_of(store);
    CHECK_INT(seen.n, 3);
    CHECK_MSG(seen.items[0].due_day == 20030 && seen.items[0].cut == .28,
              "the same step is brought up to date");
    CHECK_STR(seen.items[0].owner, "Ann");
    CHECK(isnan(seen.items[1].cut) && isnan(seen.items[0].p_met));
    CHECK_MSG(seen.items[1].status == STEP_DROPPED, "a planned step that the plan lost is dropped");
    CHECK_MSG(seen.items[2].status == STEP_BEGUN, "a step that was begun is not");

    CHECK_OK(store_step_decide(store, seen.items[0].id, STEP_FAILED, .2, 5, &err), err);
    CHECK_OK(store_step_decide(store, seen.items[0].id, STEP_PASSED, .9, 6, &err), err);
    CHECK_OK(store_steps_put(store, plan, 1, &err), err);
    seen = steps_of(store);
    CHECK_MSG(seen.n == 4 && seen.items[0].verdict == STEP_FAILED && seen.items[0].p_met == .2 &&
                  seen.items[0].decided_by == 5,
              "a step is decided once");
    CHECK_MSG(seen.items[3].verdict == STEP_UNDECIDED, "promised again it is another step");
    CHECK_OK(store_step_decide(store, seen.items[3].id, STEP_PASSED, .95, 7, &err), err);
    CHECK_OK(store_success_priors(store, records, 4, &n, &err), err);
    CHECK(n == 1 && records[0].passed == 1 && records[0].failed == 1);
    CHECK(store_steps_put(store, plan, STORE_STEPS_MAX + 1, &err) == ERR_TOO_LARGE);
    store_close(store);
}

static enum err_code see_peer(void *ctx, const struct kept_peer *peer, struct err *err)
{
    (void)err;
    buf_addf(ctx, "%s %" PRId64 " %.*s;", peer->shop, peer->made_us, (int)peer->text.n,
             peer->text.p);
    return ERR_OK;
}

static void peers(void)
{
    const struct kept_peer first = {"aa", 5, STR_LIT("{1}")}, older = {"aa", 4, STR_LIT("{0}")},
                           newer = {"aa", 6, STR_LIT("{2}")}, other = {"bb", 1, STR_LIT("{3}")};
    struct store *store = open_store("peers");
    struct buf text = BUF_INIT(200);
    struct err err = ERR_INIT;
    bool kept = false;

    CHECK_OK(store_peer_put(store, &first, &kept, &err), err);
    CHECK(kept);
    CHECK_OK(store_peer_put(store, &older, &kept, &err), err);
    CHECK(!kept);
    CHECK_OK(store_peer_put(store, &newer, &kept, &err), err);
    CHECK(kept);
    CHECK_OK(store_peer_put(store, &other, &kept, &err), err);
    CHECK_OK(store_peers_each(store, see_peer, &text, &err), err);
    CHECK_STR(buf_cstr(&text), "aa 6 {2};bb 1 {3};");
    buf_release(&text);
    store_close(store);
}

int main(void)
{
    temp_dir_make();
    assessments();
    steps();
    peers();
    return tap_done();
}
