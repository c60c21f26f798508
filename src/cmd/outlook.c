/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/outlook.h"

#include "base/log.h"
#include "store/hand.h"
#include "store/peers.h"

enum { SHOPS_BYTES_MAX = 256 << 20 };

/* For the plan that an assessment comes with. */
static const double plan_seconds = 1;

static enum err_code held_plan(const struct store *store, const struct model *model,
                               struct plan **out_plan, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    bool there;

    TRY(hand_text(store, HAND_PLAN, &text, &there, err));
    if (there)
        return plan_parse(buf_str(&text), hand_names[HAND_PLAN], model, out_plan, err);
    *out_plan = plan_new(model);
    return ERR_OK;
}

enum err_code outlook_plan(const struct assess_wish *wish, const struct model *model,
                           const char *file, struct plan **out_plan, struct err *err)
{
    char beside[4096];

    if (wish->open)
        return held_plan(wish->open->store, model, out_plan, err);
    if (!file && assess_find_beside(wish, "plan.yaml", beside, sizeof(beside)))
        file = beside;
    if (file)
        return plan_read(file, model, out_plan, err);
    *out_plan = plan_new(model);
    return ERR_OK;
}

static enum err_code make_money(const struct assessed *done, struct money **out_money,
                                struct err *err)
{
    const struct money_wish wish = {.margin = done->settings.margin};
    bool any = false;

    TRY(money(done->assessment, &done->economics, &wish, out_money, err));
    for (size_t i = 0; i < (*out_money)->lever_count; i++)
        any = any || (*out_money)->levers[i].known;
    if (!any) {
        money_free(*out_money);
        *out_money = NULL;
    }
    return ERR_OK;
}

static enum err_code make_sensitivity(const struct assessed *done, const struct money *m,
                                      struct sensitivity **out_sensitivity, struct err *err)
{
    const struct score_history history = {.published = done->published};
    const struct evidence_set *variants[MEASURE_VARIANTS];
    const char *ids[MEASURE_VARIANTS];
    size_t practices = done->model->practice_count;
    double *worth = xcalloc(practices + 1, sizeof(*worth));
    struct sensitivity_wish wish = {.history = &history,
                                    .worth = worth,
                                    .past = done->past,
                                    .past_count = done->past_count,
                                    .variants = variants,
                                    .variant_ids = ids};
    enum err_code rc;

    for (size_t i = 0; i < practices; i++)
        worth[i] = m && m->practices[i].known ? m->practices[i].share.median : (double)NAN;
    for (size_t i = 0; i < MEASURE_VARIANTS; i++) {
        if (!done->variants[i])
            continue;
        variants[wish.variant_count] = done->variants[i];
        ids[wish.variant_count++] = measure_variants[i].id;
    }
    rc = sensitivity(done->assessment, &wish, out_sensitivity, err);
    free(worth);
    return rc;
}

enum err_code outlook_make(const struct assessed *done, struct plan *plan, struct outlook *out,
                           struct err *err)
{
    int64_t from_us = timestamp_now();

    *out = (struct outlook){.plan = plan};
    TRY(make_money(done, &out->money, err));
    from_us = assess_took(from_us, "money");
    TRY(make_sensitivity(done, out->money, &out->sensitivity, err));
    from_us = assess_took(from_us, "sensitivity");
    TRY(roadmap(done->assessment, out->sensitivity, out->money, plan, done->priors, &out->roadmap,
                err));
    assess_took(from_us, "road map");
    return ERR_OK;
}

struct others {
    struct arena arena;
    struct peer *items;
    size_t n, cap;
};

static enum err_code add_other(void *ctx, const struct kept_peer *kept, struct err *err)
{
    struct others *all = ctx;

    if (all->n == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 64;
        all->items = xrealloc(all->items, all->cap * sizeof(*all->items));
    }
    return peer_payload_read(kept->text, kept->shop, kept->shop, &all->arena, &all->items[all->n++],
                             err);
}

enum err_code outlook_peers(struct store *store, const struct assessment *a, const char *vertical,
                            struct peers **out_peers, struct err *err)
{
    struct others others = {.arena = ARENA_INIT(SHOPS_BYTES_MAX)};
    enum err_code rc = store ? store_peers_each(store, add_other, &others, err) : ERR_OK;

    if (rc == ERR_OK)
        rc = peers_compare(a, vertical, others.items, others.n, out_peers, err);
    free(others.items);
    arena_release(&others.arena);
    return rc;
}

static enum err_code make_peers(const struct assess_wish *wish, const struct assessed *done,
                                struct peers **out_peers, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *opened = NULL;
    struct store *store = wish->open ? wish->open->store : NULL;

    if (!store && wish->workspace) {
        TRY(workspace_open_store(wish->workspace, &opened, err));
        store = opened;
    }
    return outlook_peers(store, done->assessment, done->settings.vertical, out_peers, err);
}

enum err_code outlook_ahead(const struct assess_wish *wish, const struct assessed *done,
                            struct outlook *out, struct err *err)
{
    struct plan *plan;
    int64_t from_us;

    *out = (struct outlook){0};
    TRY(outlook_plan(wish, done->model, NULL, &plan, err));
    plan->seconds = plan_seconds;
    TRY(outlook_make(done, plan, out, err));
    from_us = timestamp_now();
    TRY(make_peers(wish, done, &out->peers, err));
    assess_took(from_us, "peers");
    return ERR_OK;
}

struct report_options outlook_report(const struct assessed *done, const struct outlook *outlook)
{
    bool has_past = done->trend && done->trend->count > 1;

    return (struct report_options){.sensitivity = outlook->sensitivity,
                                   .money = outlook->money,
                                   .roadmap = outlook->roadmap,
                                   .trend = has_past ? done->trend : NULL,
                                   .peers = outlook->peers,
                                   .language = i18n_current(),
                                   .from_data = done->resolved.as_of_from_data,
                                   .facts = &done->facts,
                                   .inputs = done->inputs,
                                   .input_count = done->input_count};
}

void outlook_release(struct outlook *outlook)
{
    peers_free(outlook->peers);
    roadmap_free(outlook->roadmap);
    plan_free(outlook->plan);
    sensitivity_free(outlook->sensitivity);
    money_free(outlook->money);
    *outlook = (struct outlook){0};
}
