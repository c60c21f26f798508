/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The integer program in GLPK's words. */
#include "maturity/roadmap_program.h"

#include <glpk.h>
#include <pthread.h>
#include <setjmp.h>

enum { MEMORY_MB = 512, BOUND_EVERY = 8 };

/* Among plans of the same worth the one that follows the model's order: so much less a step. */
static const double tie = 1e-7;

/* GLPK's state is the process's, or the thread's, by how it was built: one at a time. */
static pthread_mutex_t glpk_lock = PTHREAD_MUTEX_INITIALIZER;

/* A program while it is built. Rows and columns are counted from 1; 0: there is none. */
struct program {
    const struct problem *p;
    const struct program_wish *wish;
    glp_prob *lp;
    int *x;     /* step * quarters + quarter */
    int z;      /* the first of `quarters` */
    int *hours; /* role * quarters + quarter: beyond what there is */
    int money;  /* the first of `quarters` */
    int *drop;  /* step */
    int *ind;   /* of the row at hand */
    double *val;
    int len;
    double scale; /* of the objective */
    int calls;
    double bound;
};

static int add_column(struct program *g, double cost, double upper, bool binary)
{
    int c = glp_add_cols(g->lp, 1);

    if (binary)
        glp_set_col_kind(g->lp, c, GLP_BV);
    else
        glp_set_col_bnds(g->lp, c, isinf(upper) ? GLP_LO : GLP_DB, 0, isinf(upper) ? 0 : upper);
    glp_set_obj_coef(g->lp, c, cost);
    return c;
}

static void put(struct program *g, int column, double value)
{
    if (!column || value == 0)
        return;
    g->ind[++g->len] = column;
    g->val[g->len] = value;
}

/* The row at hand, between least and most; one of them may be infinite. */
static void end_row(struct program *g, double least, double most)
{
    int type = least == most ? GLP_FX : isinf(least) ? GLP_UP : isinf(most) ? GLP_LO : GLP_DB;
    int r = glp_add_rows(g->lp, 1);

    glp_set_row_bnds(g->lp, r, type, isinf(least) ? 0 : least, isinf(most) ? 0 : most);
    glp_set_mat_row(g->lp, r, g->len, g->ind, g->val);
    g->len = 0;
}

static int column_of(const struct program *g, size_t step, int quarter)
{
    return g->x[step * (size_t)g->p->quarters + (size_t)quarter];
}

/* +value for each column in which the step has ended (begun) by the quarter. */
static void put_ended(struct program *g, size_t step, int quarter, double value)
{
    for (int q = 0; q + g->p->steps[step].length - 1 <= quarter; q++)
        put(g, column_of(g, step, q), value);
}

static void put_begun(struct program *g, size_t step, int quarter, double value)
{
    for (int q = 0; q <= quarter; q++)
        put(g, column_of(g, step, q), value);
}

static double largest(const struct problem *p)
{
    double most = p->stage_open ? fabs(p->stage_worth) : 0;

    for (size_t i = 0; i < p->n; i++)
        most = fmax(most, fabs(p->steps[i].worth));
    return most > 0 ? most : 1;
}

static void add_columns(struct program *g)
{
    const struct problem *p = g->p;
    bool worth = g->wish->aim == AIM_WORTH;

    for (size_t i = 0; i < p->n; i++) {
        const struct problem_step *s = &p->steps[i];

        for (int q = 0; q + s->length <= p->quarters; q++) {
            double gain = s->worth / g->scale * problem_left(p, q + s->length - 1);

            g->x[i * (size_t)p->quarters + (size_t)q] =
                add_column(g, worth ? gain - tie * (double)(i + 1) / (double)p->n : 0, 1, true);
        }
    }
    for (int q = 0; p->stage_open && q < p->quarters; q++) {
        int c = add_column(g, worth ? p->stage_worth / g->scale * problem_left(p, q) : 0, 1, true);

        g->z = q ? g->z : c;
    }
}

/* A wish counts one, lest more be given up than must be; of as few, those worth least go. */
static double drop_cost(const struct problem *p, size_t step)
{
    const struct problem_step *mine = &p->steps[step];
    double wishes = 0, below = 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct problem_step *s = &p->steps[i];

        if (s->wish == NO_QUARTER)
            continue;
        wishes++;
        below += s->worth < mine->worth || (s->worth == mine->worth && i < step);
    }
    return 1 + below / (wishes * wishes);
}

/* What may be used beyond the limits, or given up: later quarters first, lest ties be open. */
static void add_elastic_columns(struct program *g)
{
    const struct problem *p = g->p;

    if (g->wish->aim == AIM_MORE) {
        for (size_t r = 0; r < p->roles; r++)
            for (int q = 0; q < p->quarters; q++)
                g->hours[r * (size_t)p->quarters + (size_t)q] =
                    add_column(g, 1 + 1e-4 * (q + 1), INFINITY, false);
        for (int q = 0; q < p->quarters; q++) {
            int c = add_column(g, (1 + 1e-4 * (q + 1)) / p->money_per_hour, INFINITY, false);

            g->money = q ? g->money : c;
        }
    }
    for (size_t i = 0; g->wish->aim == AIM_DROP && i < p->n; i++)
        if (p->steps[i].wish != NO_QUARTER)
            g->drop[i] = add_column(g, drop_cost(p, i), 1, true);
}

/* Each step once at most, in the quarter that is wished for, after what it needs. */
static void add_step_rows(struct program *g)
{
    const struct problem *p = g->p;

    for (size_t i = 0; i < p->n; i++) {
        const struct problem_step *s = &p->steps[i];

        put_begun(g, i, p->quarters - 1, 1);
        if (g->len)
            end_row(g, -INFINITY, 1);
        if (s->wish != NO_QUARTER) {
            put(g, column_of(g, i, s->wish), 1);
            put(g, g->drop[i], 1);
            end_row(g, 1, 1);
        }
        if (s->earliest > 0) {
            put_begun(g, i, s->earliest - 1, 1);
            if (g->len)
                end_row(g, -INFINITY, 0);
        }
        for (size_t k = 0; k < s->need_count; k++)
            for (int q = 0; q + s->length <= p->quarters; q++) {
                put_begun(g, i, q, 1);
                put_ended(g, s->needs[k], q, -1);
                end_row(g, -INFINITY, 0);
            }
    }
}

static void add_limit_rows(struct program *g)
{
    const struct problem *p = g->p;

    for (int q = 0; q < p->quarters; q++) {
        for (size_t r = 0; r < p->roles; r++) {
            for (size_t i = 0; i < p->n; i++) {
                const struct problem_step *s = &p->steps[i];

                for (int b = q - s->length + 1; s->role == r && b <= q; b++)
                    put(g, b < 0 ? 0 : column_of(g, i, b), s->hours / s->length);
            }
            if (g->len) {
                put(g, g->hours[r * (size_t)p->quarters + (size_t)q], -1);
                end_row(g, -INFINITY, p->have[r].hours[q]);
            }
        }
        if (isinf(p->budget[q]))
            continue;
        for (size_t i = 0; i < p->n; i++)
            put_begun(g, i, q, p->steps[i].cost);
        if (g->len) {
            put(g, g->money ? g->money + q : 0, -1);
            end_row(g, -INFINITY, p->budget[q]);
        }
    }
}

/* The stage is reached once at most, and holds from then on. */
static void add_stage_rows(struct program *g)
{
    const struct problem *p = g->p;

    if (!p->stage_open)
        return;
    for (int q = 0; q < p->quarters; q++)
        put(g, g->z + q, 1);
    end_row(g, g->wish->reach ? 1 : -INFINITY, 1);
    for (size_t c = 0; c < p->condition_count; c++)
        for (int q = 0; q < p->quarters; q++) {
            const struct problem_condition *cond = &p->conditions[c];

            for (size_t i = 0; i < cond->n; i++)
                put_ended(g, cond->terms[i].step, q, cond->terms[i].amount);
            for (int k = 0; k <= q; k++)
                put(g, g->z + k, -cond->least);
            end_row(g, 0, INFINITY);
        }
}

static void build(struct program *g)
{
    g->lp = glp_create_prob();
    glp_set_obj_dir(g->lp, g->wish->aim == AIM_WORTH ? GLP_MAX : GLP_MIN);
    add_columns(g);
    add_elastic_columns(g);
    add_step_rows(g);
    add_limit_rows(g);
    add_stage_rows(g);
}

static void watch_bound(glp_tree *tree, void *info)
{
    struct program *g = info;
    int best;

    if (glp_ios_reason(tree) != GLP_ISELECT || g->calls++ % BOUND_EVERY)
        return;
    best = glp_ios_best_node(tree);
    if (best)
        g->bound = glp_ios_node_bound(tree, best);
}

static void take(struct program *g, struct program_result *out)
{
    const struct problem *p = g->p;

    out->found = true;
    for (size_t i = 0; i < p->n; i++) {
        out->start[i] = NO_QUARTER;
        for (int q = 0; q < p->quarters; q++)
            if (column_of(g, i, q) && glp_mip_col_val(g->lp, column_of(g, i, q)) > .5)
                out->start[i] = q;
        out->dropped[i] = g->drop[i] && glp_mip_col_val(g->lp, g->drop[i]) > .5;
    }
    for (int q = 0; q < p->quarters; q++) {
        for (size_t r = 0; r < p->roles; r++) {
            int c = g->hours[r * (size_t)p->quarters + (size_t)q];

            out->more_hours[r][q] = c ? glp_mip_col_val(g->lp, c) : 0;
        }
        out->more_money[q] = g->money ? glp_mip_col_val(g->lp, g->money + q) : 0;
    }
    out->reached = problem_reached(p, out->start);
}

static enum err_code search(struct program *g, struct program_result *out, struct err *err)
{
    glp_smcp simplex;
    glp_iocp how;
    int rc, status;

    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.presolve = GLP_OFF;
    simplex.tm_lim = (int)(g->wish->seconds * 1000) + 1;
    glp_init_iocp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.br_tech = GLP_BR_PCH;
    how.bt_tech = GLP_BT_BLB;
    how.gmi_cuts = how.mir_cuts = how.cov_cuts = how.clq_cuts = GLP_ON;
    how.tm_lim = simplex.tm_lim;
    how.cb_func = watch_bound;
    how.cb_info = g;
    rc = glp_simplex(g->lp, &simplex);
    status = glp_get_status(g->lp);
    if (rc == 0 && status == GLP_NOFEAS) {
        out->proven = true;
        return ERR_OK;
    }
    if (rc == GLP_ETMLIM)
        return ERR_OK;
    if (rc != 0 || status != GLP_OPT)
        return err_set(err, ERR_INTERNAL,
                       "the road map's program could not be solved: simplex %d, status %d", rc,
                       status);
    g->bound = glp_get_obj_val(g->lp);
    rc = glp_intopt(g->lp, &how);
    status = glp_mip_status(g->lp);
    if (rc != 0 && rc != GLP_ETMLIM && rc != GLP_EMIPGAP)
        return err_set(err, ERR_INTERNAL,
                       "the road map's program could not be solved: search %d, status %d", rc,
                       status);
    out->proven = rc == 0;
    if (status == GLP_OPT || status == GLP_FEAS)
        take(g, out);
    out->bound = status == GLP_OPT ? glp_mip_obj_val(g->lp) : g->bound;
    return ERR_OK;
}

static void on_error(void *info)
{
    longjmp(*(jmp_buf *)info, 1);
}

/* GLPK ends the program on a fault or when memory runs out; here it comes back instead. */
static enum err_code guarded(struct program *g, struct program_result *out, struct err *err)
{
    volatile enum err_code code = ERR_OK;
    jmp_buf back;

    pthread_mutex_lock(&glpk_lock);
    if (setjmp(back) == 0) {
        glp_term_out(GLP_OFF);
        glp_mem_limit(MEMORY_MB);
        glp_error_hook(on_error, &back);
        build(g);
        code = search(g, out, err);
    } else {
        code = err_set(err, ERR_INTERNAL,
                       "the road map's program could not be solved: a fault in "
                       "the solver, or more than %d MB of memory",
                       MEMORY_MB);
    }
    glp_free_env();
    pthread_mutex_unlock(&glpk_lock);
    return code;
}

static enum err_code make_room(struct program *g, struct arena *arena, struct program_result *out,
                               struct err *err)
{
    size_t n = g->p->n + 1, quarters = (size_t)g->p->quarters, roles = g->p->roles + 1;
    size_t widest = n * quarters + roles * quarters + n + 1;

    g->x = arena_alloc(arena, n * quarters * sizeof(*g->x));
    g->hours = arena_alloc(arena, roles * quarters * sizeof(*g->hours));
    g->drop = arena_alloc(arena, n * sizeof(*g->drop));
    g->ind = arena_alloc(arena, widest * sizeof(*g->ind));
    g->val = arena_alloc(arena, widest * sizeof(*g->val));
    out->start = arena_alloc(arena, n * sizeof(*out->start));
    out->more_hours = arena_alloc(arena, roles * sizeof(*out->more_hours));
    out->dropped = arena_alloc(arena, n * sizeof(*out->dropped));
    return arena_check(arena, err);
}

enum err_code program_solve(const struct problem *p, const struct program_wish *wish,
                            struct arena *arena, struct program_result *out_result, struct err *err)
{
    struct program g = {.p = p, .wish = wish, .scale = largest(p)};

    *out_result = (struct program_result){.reached = NO_QUARTER};
    TRY(make_room(&g, arena, out_result, err));
    for (size_t i = 0; i < p->n; i++) {
        int wished = p->steps[i].wish;

        out_result->start[i] = NO_QUARTER;
        /* A wish beyond the horizon: no column stands for it. */
        if (wished != NO_QUARTER && wished + p->steps[i].length > p->quarters &&
            wish->aim != AIM_DROP) {
            out_result->proven = true;
            return ERR_OK;
        }
    }
    if (p->n == 0 || (wish->reach && !p->stage_open)) {
        out_result->found = !wish->reach;
        out_result->proven = true;
        return ERR_OK;
    }
    TRY(guarded(&g, out_result, err));
    if (out_result->found)
        out_result->objective = problem_value(p, out_result->start);
    out_result->bound = fmax(out_result->bound * g.scale, out_result->objective);
    return ERR_OK;
}
