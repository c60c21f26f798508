/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/plan.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "base/yaml_place.h"
#include "maturity/practice_named.h"

enum { PLAN_MEMORY_MAX = 8 << 20 };

static const double seconds_default = 4;
static const struct yaml_range hours_range = {0, 100000, false};
static const struct yaml_range money_range = {0, 1e12, false};

/* A key stands once in its block. */
static enum err_code check_once(struct yaml_reader *r, yaml_node_t *map, size_t i)
{
    yaml_node_t *key, *other, *value;

    for (size_t j = 0; yaml_pair(r, map, i, &key, &value) && j < i; j++)
        if (yaml_pair(r, map, j, &other, &value) && str_eq(yaml_scalar(other), yaml_scalar(key)))
            return yaml_fail(r, key, "\"%.*s\" is given twice",
                             (int)(yaml_scalar(key).n < 60 ? yaml_scalar(key).n : 60),
                             yaml_scalar(key).p);
    return ERR_OK;
}

/* One number for all quarters, or a list with one for each. */
static enum err_code read_quarters(struct yaml_reader *r, yaml_node_t *node, int quarters,
                                   const struct yaml_range *range, double *out)
{
    size_t n;

    if (yaml_is_null(node))
        return ERR_OK;
    if (node->type == YAML_SCALAR_NODE) {
        TRY(yaml_read_number(r, node, out, range));
        for (int q = 1; q < quarters; q++)
            out[q] = out[0];
        return ERR_OK;
    }
    TRY(yaml_list(r, node, (size_t)quarters, (size_t)quarters, &n));
    for (size_t q = 0; q < n; q++) {
        size_t mark = yaml_enter(r, "[%zu]", q);

        TRY(yaml_read_number(r, yaml_item(r, node, q), out + q, range));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_day(struct yaml_reader *r, yaml_node_t *node, int64_t *out)
{
    struct str s = str_trim(yaml_scalar(node));
    struct civil c = {0};
    int used = 0;

    if (yaml_is_null(node))
        return ERR_OK;
    if (s.n != 10 || sscanf(s.p, "%4d-%2d-%2d%n", &c.year, &c.month, &c.day, &used) != 3 ||
        used != 10 || !civil_valid(&c) || c.year < 1900 || c.year > 2200)
        return yaml_fail(r, node, "must be a day such as 2026-10-01, is \"%.*s\"",
                         (int)(s.n < 40 ? s.n : 40), s.p);
    *out = civil_to_days(c.year, c.month, c.day);
    return ERR_OK;
}

static enum err_code read_start(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    (void)arg;
    return read_day(r, node, out);
}

/* A whole number that may be left open; arg: its range. */
static enum err_code read_optional_int(struct yaml_reader *r, yaml_node_t *node, void *out,
                                       const void *arg)
{
    return yaml_is_null(node) ? ERR_OK : yaml_read_int(r, node, out, arg);
}

static enum err_code read_optional_number(struct yaml_reader *r, yaml_node_t *node, void *out,
                                          const void *arg)
{
    return yaml_is_null(node) ? ERR_OK : yaml_read_number(r, node, out, arg);
}

static enum err_code read_weekend(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    int i = 0;

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_read_word(r, node, &i, arg));
    *(bool *)out = i == 1;
    return ERR_OK;
}

static enum err_code read_currency(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    const char *code = "";

    TRY(yaml_read_currency(r, node, &code, arg));
    snprintf(out, sizeof(((struct plan *)0)->currency), "%s", code);
    return ERR_OK;
}

static enum err_code read_budget(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct plan *plan = out;

    (void)arg;
    return read_quarters(r, node, plan->quarters, &money_range, plan->budget);
}

static enum err_code read_role(struct yaml_reader *r, yaml_node_t *node, int quarters,
                               struct plan_role *role)
{
    static const char *const keys[] = {"hours", "name"};
    static const size_t name_max = 100;
    yaml_node_t *key, *value;

    if (yaml_is_null(node))
        return ERR_OK;
    if (node->type == YAML_SCALAR_NODE)
        return read_quarters(r, node, quarters, &hours_range, role->hours);
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be hours, or a block with \"hours\" and \"name\"");
    for (size_t i = 0; yaml_pair(r, node, i, &key, &value); i++) {
        size_t mark =
            yaml_enter(r, ".%.*s", (int)(yaml_scalar(key).n < 20 ? yaml_scalar(key).n : 20),
                       yaml_scalar(key).p);

        if (str_eqz(yaml_scalar(key), keys[0]))
            TRY(read_quarters(r, value, quarters, &hours_range, role->hours));
        else if (str_eqz(yaml_scalar(key), keys[1]))
            TRY(yaml_read_optional_text(r, value, &role->owner, &name_max));
        else
            return yaml_fail(r, key, "unknown field; known here: hours, name");
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_roles(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    const struct model *m = r->user;
    struct plan *plan = out;
    yaml_node_t *key, *value;

    (void)arg;
    if (yaml_is_null(node))
        return ERR_OK;
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of \"role: hours\" lines");
    for (size_t i = 0; yaml_pair(r, node, i, &key, &value); i++) {
        struct str id = yaml_scalar(key);
        size_t at = 0, mark;

        while (at < m->role_count && !str_eqz(id, m->roles[at].id))
            at++;
        if (at == m->role_count) {
            struct buf known = BUF_INIT(1000);

            for (size_t k = 0; k < m->role_count; k++)
                buf_addf(&known, "%s%s", k ? ", " : "", m->roles[k].id);
            yaml_fail(r, key, "there is no role \"%.*s\"", (int)(id.n < 60 ? id.n : 60), id.p);
            err_hint(r->err, "known here: %s", buf_cstr(&known));
            buf_release(&known);
            return ERR_INVALID;
        }
        TRY(check_once(r, node, i));
        mark = yaml_enter(r, ".%s", m->roles[at].id);
        TRY(read_role(r, value, plan->quarters, &plan->roles[at]));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_pin(struct yaml_reader *r, yaml_node_t *node, const struct plan *plan,
                              struct plan_wish *wish)
{
    struct yaml_range range = {1, plan->quarters, false};

    wish->pinned = true;
    if (str_ieqz(str_trim(yaml_scalar(node)), "first")) {
        wish->pin = PLAN_FIRST;
        return ERR_OK;
    }
    if (yaml_read_int(r, node, &wish->pin, &range) != ERR_OK)
        return yaml_fail(r, node, "must be \"first\" or a quarter from 1 to %d", plan->quarters);
    wish->pin--;
    return ERR_OK;
}

static enum err_code read_begun(struct yaml_reader *r, yaml_node_t *node, const struct plan *plan,
                                struct plan_wish *wish)
{
    (void)plan;
    wish->begun = true;
    return read_optional_number(r, node, &wish->left, &hours_range);
}

static enum err_code read_owner(struct yaml_reader *r, yaml_node_t *node, const struct plan *plan,
                                struct plan_wish *wish)
{
    static const size_t name_max = 100;

    (void)plan;
    return yaml_read_optional_text(r, node, &wish->owner, &name_max);
}

static enum err_code read_not_before(struct yaml_reader *r, yaml_node_t *node,
                                     const struct plan *plan, struct plan_wish *wish)
{
    (void)plan;
    return read_day(r, node, &wish->not_before);
}

/* A block of "practice: value" lines; arg: how a value is read. */
static enum err_code read_wishes(struct yaml_reader *r, yaml_node_t *node, struct plan *plan,
                                 enum err_code (*read)(struct yaml_reader *, yaml_node_t *,
                                                       const struct plan *, struct plan_wish *))
{
    yaml_node_t *key, *value;

    if (yaml_is_null(node))
        return ERR_OK;
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of \"practice: value\" lines");
    for (size_t i = 0; yaml_pair(r, node, i, &key, &value); i++) {
        const struct model *m = r->user;
        size_t at, mark;

        TRY(practice_named(r, key, r->user, &at));
        TRY(check_once(r, node, i));
        mark = yaml_enter(r, ".%s", m->practices[at].id);
        TRY(read(r, value, plan, &plan->wishes[at]));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_pins(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    (void)arg;
    return read_wishes(r, node, out, read_pin);
}

static enum err_code read_begun_all(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    (void)arg;
    return read_wishes(r, node, out, read_begun);
}

static enum err_code read_owners(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    (void)arg;
    return read_wishes(r, node, out, read_owner);
}

static enum err_code read_earliest(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    (void)arg;
    return read_wishes(r, node, out, read_not_before);
}

/* A list of practices; arg: the member of struct plan_wish. A practice that is done twice has
 * risen by two levels. */
static enum err_code read_practices(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    const bool *done = arg;
    struct plan *plan = out;
    size_t n;

    if (yaml_is_null(node))
        return ERR_OK;
    TRY(yaml_list(r, node, 0, 600, &n));
    for (size_t i = 0; i < n; i++) {
        size_t at, mark = yaml_enter(r, "[%zu]", i);

        TRY(practice_named(r, yaml_item(r, node, i), r->user, &at));
        if (*done)
            plan->wishes[at].done += plan->wishes[at].done < 3;
        else
            plan->wishes[at].forbidden = true;
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

/* What cannot be meant together. */
static enum err_code check(struct yaml_reader *r, yaml_node_t *node, const struct plan *plan)
{
    const struct model *m = r->user;
    bool limited = false;

    for (size_t i = 0; i < m->practice_count; i++) {
        const struct plan_wish *wish = &plan->wishes[i];

        if (wish->forbidden && (wish->pinned || wish->begun))
            return yaml_fail(r, yaml_get(r, node, "forbid"),
                             "%s is forbidden, and also pinned or begun", m->practices[i].id);
        if (wish->pinned && wish->begun)
            return yaml_fail(r, yaml_get(r, node, "pin"),
                             "%s has begun and goes on in quarter 1; it needs no pin",
                             m->practices[i].id);
    }
    for (int q = 0; q < plan->quarters; q++)
        limited = limited || !isinf(plan->budget[q]);
    if (limited && !plan->currency[0])
        return yaml_fail(r, yaml_get(r, node, "budget"), "needs \"currency\"");
    if (limited && strcmp(plan->currency, "USD") != 0 && isnan(plan->dollar))
        return yaml_fail(r, yaml_get(r, node, "budget"),
                         "needs \"dollar\": what one US dollar costs in %s", plan->currency);
    return ERR_OK;
}

struct plan *plan_new(const struct model *model)
{
    struct plan *plan = xcalloc(1, sizeof(*plan));

    plan->arena = ARENA_INIT(PLAN_MEMORY_MAX);
    plan->start = PLAN_NO_DAY;
    plan->quarters = PLAN_QUARTERS_DEFAULT;
    plan->dollar = (double)NAN;
    plan->seconds = seconds_default;
    /* A model has so many of them at most that the arena holds them. */
    plan->roles = arena_alloc(&plan->arena, (model->role_count + 1) * sizeof(*plan->roles));
    plan->wishes = arena_alloc(&plan->arena, (model->practice_count + 1) * sizeof(*plan->wishes));
    assert(!plan->arena.failed);
    for (size_t i = 0; i < model->role_count; i++) {
        plan->roles[i].owner = "";
        for (int q = 0; q < PLAN_QUARTERS_MAX; q++)
            plan->roles[i].hours[q] = model->roles[i].hours;
    }
    for (int q = 0; q < PLAN_QUARTERS_MAX; q++)
        plan->budget[q] = (double)INFINITY;
    for (size_t i = 0; i < model->practice_count; i++) {
        plan->wishes[i].left = (double)NAN;
        plan->wishes[i].owner = "";
        plan->wishes[i].not_before = PLAN_NO_DAY;
    }
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    arena_release(&plan->arena);
    free(plan);
}

void plan_freep(struct plan **plan)
{
    plan_free(*plan);
}

static enum err_code parse(struct yaml_reader *r, struct str text, struct plan *plan)
{
#define AT(member) offsetof(struct plan, member)
    static const struct yaml_range quarters = {1, PLAN_QUARTERS_MAX, false};
    static const struct yaml_range stages = {2, 4, false};
    static const struct yaml_range rates = {0, 1e9, true};
    static const struct yaml_range seconds = {0.1, 600, false};
    static const char *const weekends[] = {"saturday-sunday", "friday-saturday", NULL};
    static const bool done = true, forbidden = false;
    static const struct yaml_field fields[] = {
        {"quarters", AT(quarters), read_optional_int, &quarters, true}, /* first: others ask it */
        {"start", AT(start), read_start, NULL, true},
        {"target", AT(target), read_optional_int, &stages, true},
        {"weekend", AT(friday_saturday), read_weekend, weekends, true},
        {"roles", 0, read_roles, NULL, true},
        {"currency", AT(currency), read_currency, NULL, true},
        {"dollar", AT(dollar), read_optional_number, &rates, true},
        {"budget", 0, read_budget, NULL, true},
        {"pin", 0, read_pins, NULL, true},
        {"forbid", 0, read_practices, &forbidden, true},
        {"begun", 0, read_begun_all, NULL, true},
        {"done", 0, read_practices, &done, true},
        {"owner", 0, read_owners, NULL, true},
        {"not_before", 0, read_earliest, NULL, true},
        {"seconds", AT(seconds), read_optional_number, &seconds, true},
    };
#undef AT
    enum err_code code;

    TRY(yaml_reader_open(r, text));
    code = yaml_root(r) ? yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), plan) : ERR_OK;
    if (code == ERR_OK && yaml_root(r))
        code = check(r, yaml_root(r), plan);
    yaml_reader_close(r);
    return code;
}

enum err_code plan_parse(struct str text, const char *name, const struct model *model,
                         struct plan **out_plan, struct err *err)
{
    TM_CLEANUP(plan_freep) struct plan *plan = plan_new(model);
    struct yaml_reader r = {.name = name, .arena = &plan->arena, .err = err, .may_be_empty = true};

    r.user = (void *)(uintptr_t)model;
    TRY(parse(&r, text, plan));
    *out_plan = plan;
    plan = NULL;
    return ERR_OK;
}

enum err_code plan_read(const char *path, const struct model *model, struct plan **out_plan,
                        struct err *err)
{
    struct buf text = BUF_INIT(0);
    enum err_code code = file_read(path, YAML_FILE_MAX, &text, err);

    if (code == ERR_OK)
        code = plan_parse(buf_str(&text), path, model, out_plan, err);
    buf_release(&text);
    return code;
}
