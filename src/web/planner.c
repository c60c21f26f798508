/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/planner.h"

#include "base/i18n.h"
#include "maturity/history.h"
#include "maturity/promise.h"
#include "store/hand.h"

/* That a search may take while somebody waits. */
static const double wait_seconds = 2;

struct planner {
    pthread_mutex_t lock;
    struct buf kept;     /* the document that `basis` was read from */
    struct basis *basis; /* NULL: nothing worked out */
    struct buf text;     /* of the plan that `map` follows */
    struct plan *plan;
    struct roadmap *map; /* NULL: nothing worked out */
};

struct planner *planner_new(void)
{
    struct planner *p = xcalloc(1, sizeof(*p));

    p->kept = BUF_INIT(BASIS_BYTES_MAX);
    p->text = BUF_INIT(1 << 20);
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

static void forget_map(struct planner *p)
{
    roadmap_free(p->map);
    plan_free(p->plan);
    p->map = NULL;
    p->plan = NULL;
}

static void forget(struct planner *p)
{
    forget_map(p);
    basis_free(p->basis);
    p->basis = NULL;
}

void planner_free(struct planner *planner)
{
    if (!planner)
        return;
    forget(planner);
    buf_release(&planner->kept);
    buf_release(&planner->text);
    pthread_mutex_destroy(&planner->lock);
    free(planner);
}

enum err_code plan_text(struct web *web, struct buf *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    bool there;

    TRY(hand_text(web->store, HAND_PLAN, &text, &there, err));
    if (there) {
        buf_adds(out, buf_str(&text));
        return buf_check(out, err);
    }
    plan_write_template(web->options->model, i18n_current(), out);
    return buf_check(out, err);
}

static enum err_code no_mark(struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "nothing was assessed here yet");
    err_hint(err, "Start an assessment: POST /api/v1/assessments.");
    return ERR_NOT_FOUND;
}

/* The newest of those kept: of a workspace that was assessed before this was kept beside it. */
static enum err_code newest(struct web *web, int64_t *out_id, struct err *err)
{
    struct arena arena = ARENA_INIT(HISTORY_BYTES_MAX);
    struct assessment_entry *entries = NULL;
    size_t n = 0;
    enum err_code rc = store_assessments_list(web->store, &arena, &entries, &n, err);

    if (rc == ERR_OK && n)
        *out_id = entries[n - 1].id;
    arena_release(&arena);
    return rc != ERR_OK ? rc : n ? ERR_OK : no_mark(err);
}

static int64_t assessment_of(struct str kept)
{
    struct json_parser *parser = json_parser_new(BASIS_BYTES_MAX);
    struct err ignored = ERR_INIT;
    struct json_value root;
    int64_t id = 0;

    if (kept.n && json_parse(parser, kept, &root, &ignored) == ERR_OK)
        id = json_integer(json_get(root, "assessment"), 0);
    json_parser_free(parser);
    return id;
}

/* Under web->lock: the documents, when they are others than those that are known. */
static enum err_code fetch(struct web *web, struct buf *kept, struct buf *evidence, struct err *err)
{
    bool found;
    int64_t id;

    TRY(store_get(web->store, "basis", kept, &found, err));
    if (web->planner->basis && kept->n && str_eq(buf_str(kept), buf_str(&web->planner->kept)))
        return ERR_OK;
    id = assessment_of(buf_str(kept));
    if (!id)
        TRY(newest(web, &id, err));
    return store_assessment_evidence(web->store, id, evidence, err);
}

static enum err_code refresh(struct web *web, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf evidence = BUF_INIT(STORE_EVIDENCE_MAX);
    TM_CLEANUP(buf_release) struct buf kept = BUF_INIT(BASIS_BYTES_MAX);
    struct planner *p = web->planner;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = fetch(web, &kept, &evidence, err);
    pthread_mutex_unlock(&web->lock);
    if (rc != ERR_OK || !evidence.n)
        return rc;
    forget(p);
    TRY(basis_read(buf_str(&kept), buf_str(&evidence), web->options->model, &p->basis, err));
    buf_reset(&p->kept);
    buf_adds(&p->kept, buf_str(&kept));
    pthread_mutex_lock(&web->lock);
    rc = promise_priors(web->store, web->options->model, p->basis->priors, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

enum err_code planner_hold(struct web *web, const struct basis **out_basis, struct err *err)
{
    enum err_code rc;

    pthread_mutex_lock(&web->planner->lock);
    rc = refresh(web, err);
    if (rc != ERR_OK) {
        forget(web->planner);
        pthread_mutex_unlock(&web->planner->lock);
        return rc;
    }
    *out_basis = web->planner->basis;
    return ERR_OK;
}

void planner_release(struct web *web)
{
    pthread_mutex_unlock(&web->planner->lock);
}

static enum err_code solve(struct web *web, struct str text, struct err *err)
{
    struct planner *p = web->planner;
    enum err_code rc;

    forget_map(p);
    TRY(plan_parse(text, "plan.yaml", web->options->model, &p->plan, err));
    p->plan->seconds = fmin(p->plan->seconds, wait_seconds);
    TRY(roadmap(p->basis->assessment, p->basis->sensitivity, p->basis->money, p->plan,
                p->basis->priors, &p->map, err));
    buf_reset(&p->text);
    buf_adds(&p->text, text);
    if (!p->basis->assessment_id)
        return ERR_OK;
    pthread_mutex_lock(&web->lock);
    rc = promise_keep(web->store, p->basis->assessment_id, p->map, err);
    pthread_mutex_unlock(&web->lock);
    return rc;
}

enum err_code planner_roadmap(struct web *web, const struct roadmap **out_map, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct planner *p = web->planner;
    enum err_code rc;

    pthread_mutex_lock(&web->lock);
    rc = plan_text(web, &text, err);
    pthread_mutex_unlock(&web->lock);
    if (rc == ERR_OK && (!p->map || !str_eq(buf_str(&text), buf_str(&p->text))))
        rc = solve(web, buf_str(&text), err);
    if (rc == ERR_OK)
        *out_map = p->map;
    return rc;
}
