/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/model_read.h"

#include "base/buf.h"

const char *const indicator_form_words[] = {"share", "fraction", "ratio", "rate", "value", NULL};

static const char *const units[] = {"percent", "times", "per_month", "months", "days",
                                    "hours",   "count", "level",     NULL};
static const char *const multipliers[] = {"vertical_repeat_median", NULL};
static const char *const predicates[] = {"always",         "sends_email",    "spends_on_ads",
                                         "open_12_months", "open_24_months", NULL};
static const char *const levers[] = {"",
                                     "second_purchase",
                                     "conversion",
                                     "checkout",
                                     "ad_return",
                                     "known_visits",
                                     "cart_reminders",
                                     "cart_sales",
                                     "campaign_clicks",
                                     "message_sales",
                                     "flow_orders",
                                     "list_growth",
                                     "sign_ups",
                                     NULL};
static const char *const bases[] = {"pub", "int", "own", "presence", "coverage", NULL};
static const char *const marks[] = {"V1",  "V2",    "V3",    "P",     "U", "int",
                                    "own", "V1/V2", "V1/V3", "V2/V3", NULL};
static const char *const directions[] = {"higher", "lower", NULL};
static const char *const classes[] = {"M", "C", "Q", NULL};

static const struct yaml_range positive = {0, 1000, true};
static const struct yaml_range share = {0, 1, false};
static const struct yaml_range median = {0, 1, true};
static const struct yaml_range days = {1, 3650, false};
static const struct yaml_range cases = {1, 100000, false};
static const struct yaml_range hours = {0, 10000, false};
static const struct yaml_range years = {0, 2100, false};

/* The same word as one of a table, kept as text. */
static enum err_code read_word_text(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    int i = 0;

    TRY(yaml_read_word(r, node, &i, arg));
    *(const char **)out = ((const char *const *)arg)[i];
    return ERR_OK;
}

/* A name without blanks made of the given characters; arg: which besides digits. */
static enum err_code read_name(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    const char *letters = arg;
    struct str s;

    TRY(yaml_read_string(r, node, out, NULL));
    s = str_of(*(const char **)out);
    if (s.n > 40)
        return yaml_fail(r, node, "the name is longer than 40 characters");
    for (size_t i = 0; i < s.n; i++)
        if (!isdigit((unsigned char)s.p[i]) && !strchr(letters, s.p[i]))
            return yaml_fail(r, node, "\"%s\" may hold only digits, %s%s", s.p,
                             letters[0] == 'a' ? "a-z" : "A-Z",
                             strchr(letters, '_')   ? ", _"
                             : strchr(letters, '-') ? ", -"
                             : strchr(letters, '.') ? ", ."
                                                    : "");
    return ERR_OK;
}

static const char lower_name[] = "abcdefghijklmnopqrstuvwxyz_";
static const char upper_name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
static const char trait_name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ.";

static enum err_code read_version(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    int part[3], used = 0;
    struct str s;

    TRY(yaml_read_string(r, node, out, arg));
    s = str_of(*(const char **)out);
    if (sscanf(s.p, "%9d.%9d.%9d%n", &part[0], &part[1], &part[2], &used) != 3 ||
        (size_t)used != s.n || strspn(s.p, "0123456789.") != s.n)
        return yaml_fail(r, node, "must be a version such as 1.0.0, is \"%s\"", s.p);
    return ERR_OK;
}

/* English stands in where another language has nothing. */
static enum err_code read_text3(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    static const struct yaml_field fields[LANG_COUNT] = {
        {"en", offsetof(struct text3, in[LANG_EN]), yaml_read_string, NULL, false},
        {"ar", offsetof(struct text3, in[LANG_AR]), yaml_read_string, NULL, true},
        {"th", offsetof(struct text3, in[LANG_TH]), yaml_read_string, NULL, true},
    };
    struct model *m = r->user;
    struct text3 *text = out;

    (void)arg;
    *text = (struct text3){{NULL}};
    TRY(yaml_read_map(r, node, fields, TM_COUNT(fields), text));
    for (int l = 0; l < LANG_COUNT; l++) {
        if (text->in[l])
            continue;
        text->in[l] = text->in[LANG_EN];
        m->untranslated[l]++;
    }
    return ERR_OK;
}

/* Three numbers; arg: struct yaml_range. */
static enum err_code read_three(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    double *x = out;
    size_t n;

    TRY(yaml_list(r, node, 3, 3, &n));
    for (size_t i = 0; i < n; i++) {
        size_t mark = yaml_enter(r, "[%zu]", i);

        TRY(yaml_read_number(r, yaml_item(r, node, i), x + i, arg));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

/* Cuts or upper bounds: numbers, `~` where nothing is asked, ">1.0" for more than 1.0. */
static enum err_code read_bounds(struct yaml_reader *r, yaml_node_t *node, double x[3],
                                 bool strict[3])
{
    size_t n;

    TRY(yaml_list(r, node, 3, 3, &n));
    for (size_t i = 0; i < n; i++) {
        yaml_node_t *item = yaml_item(r, node, i);
        size_t mark = yaml_enter(r, "[%zu]", i);
        struct str s = yaml_scalar(item);

        if (yaml_is_null(item)) {
            x[i] = (double)NAN;
        } else if (strict && s.n > 1 && s.n < 20 && s.p[0] == '>') {
            char *end;

            strict[i] = true;
            x[i] = strtod(s.p + 1, &end);
            if (*end || !isfinite(x[i]))
                return yaml_fail(r, item, "must be a number after \">\", is \"%s\"", s.p);
        } else {
            TRY(yaml_read_number(r, item, x + i, NULL));
        }
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_cuts(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct indicator *ind = out;

    (void)arg;
    return read_bounds(r, node, ind->cuts, ind->strict);
}

static enum err_code read_upper(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    (void)arg;
    return read_bounds(r, node, out, NULL);
}

static enum err_code read_form(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    int i = 0;

    TRY(yaml_read_word(r, node, &i, arg));
    *(enum indicator_form *)out = (enum indicator_form)i;
    return ERR_OK;
}

static enum err_code read_direction(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    int i = 0;

    TRY(yaml_read_word(r, node, &i, arg));
    *(bool *)out = i == 1;
    return ERR_OK;
}

/* The order of what is asked: each level must ask at least what the one below asks. */
static enum err_code check_cuts(struct yaml_reader *r, const yaml_node_t *node,
                                const struct indicator *ind)
{
    double sign = ind->lower_is_better ? -1 : 1;
    int last = -1;

    for (int i = 0; i < 3; i++) {
        if (isnan(ind->cuts[i]))
            continue;
        if (ind->form == FORM_SHARE && !ind->multiplier && (ind->cuts[i] < 0 || ind->cuts[i] > 1))
            return yaml_fail(r, node, "a share lies between 0 and 1; level %d asks %g", i + 2,
                             ind->cuts[i]);
        if (last >= 0 && sign * ind->cuts[i] < sign * ind->cuts[last])
            return yaml_fail(r, node,
                             ind->lower_is_better
                                 ? N_("must fall from level 2 to 4: level %d asks %g, level %d %g")
                                 : N_("must rise from level 2 to 4: level %d asks %g, level %d %g"),
                             last + 2, ind->cuts[last], i + 2, ind->cuts[i]);
        last = i;
    }
    if (last < 0)
        return yaml_fail(r, node, "at least one level must ask something");
    return ERR_OK;
}

static enum err_code check_upper(struct yaml_reader *r, const yaml_node_t *node,
                                 const struct indicator *ind)
{
    int last = -1;

    for (int i = 0; i < 3; i++) {
        if (isnan(ind->upper[i]))
            continue;
        if (ind->lower_is_better)
            return yaml_fail(r, node, "a band cannot be used with \"direction: lower\"");
        if (isnan(ind->cuts[i]) || ind->upper[i] <= ind->cuts[i])
            return yaml_fail(r, node, "must lie above the cut of level %d", i + 2);
        if (last >= 0 && ind->upper[i] > ind->upper[last])
            return yaml_fail(r, node, "must narrow from level 2 to 4: level %d allows %g", i + 2,
                             ind->upper[i]);
        last = i;
    }
    return ERR_OK;
}

static enum err_code read_indicator(struct yaml_reader *r, yaml_node_t *node, struct indicator *ind)
{
#define AT(member) offsetof(struct indicator, member)
    static const struct yaml_field fields[] = {
        {"measure", AT(measure), read_name, lower_name, false},
        {"form", AT(form), read_form, indicator_form_words, false},
        {"unit", AT(unit), read_word_text, units, false},
        {"direction", AT(lower_is_better), read_direction, directions, true},
        {"multiplier", AT(multiplier), read_word_text, multipliers, true},
        {"cuts", 0, read_cuts, NULL, false},
        {"upper", AT(upper), read_upper, NULL, true},
        {"title", AT(title), read_text3, NULL, true},
    };
#undef AT
    yaml_node_t *at;
    size_t mark;

    for (int i = 0; i < 3; i++)
        ind->upper[i] = (double)NAN;
    TRY(yaml_read_map(r, node, fields, TM_COUNT(fields), ind));
    at = yaml_get(r, node, "cuts");
    mark = yaml_enter(r, ".cuts");
    TRY(check_cuts(r, at, ind));
    yaml_leave(r, mark);
    at = yaml_get(r, node, "upper");
    mark = yaml_enter(r, ".upper");
    TRY(check_upper(r, at ? at : node, ind));
    yaml_leave(r, mark);
    return ERR_OK;
}

static enum err_code read_indicators(struct yaml_reader *r, yaml_node_t *node, void *out,
                                     const void *arg)
{
    struct practice *p = out;

    (void)arg;
    TRY(yaml_list(r, node, 1, INDICATORS_MAX, &p->indicator_count));
    for (size_t i = 0; i < p->indicator_count; i++) {
        size_t mark = yaml_enter(r, "[%zu]", i);

        TRY(read_indicator(r, yaml_item(r, node, i), &p->indicators[i]));
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_classes(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    unsigned *bits = out;
    size_t n;

    TRY(yaml_list(r, node, 1, 3, &n));
    for (size_t i = 0; i < n; i++) {
        int which = 0;

        TRY(yaml_read_word(r, yaml_item(r, node, i), &which, arg));
        *bits |= 1U << which; /* M, C, Q in the order of enum evidence_class_bit */
    }
    return ERR_OK;
}

static enum err_code read_essential(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    int stage = 0;

    TRY(yaml_read_int(r, node, &stage, arg));
    if (stage != 0 && (stage < 2 || stage > 4))
        return yaml_fail(r, node, "must be 0, 2, 3 or 4, is %d", stage);
    *(int *)out = stage;
    return ERR_OK;
}

static enum err_code read_dimension_of(struct yaml_reader *r, yaml_node_t *node, void *out,
                                       const void *arg)
{
    const struct model *m = r->user;
    const char *id = NULL;

    (void)arg;
    TRY(read_name(r, node, &id, upper_name));
    *(size_t *)out = model_dimension(m, id);
    if (*(size_t *)out == SIZE_MAX)
        return yaml_fail(r, node, "there is no dimension \"%s\"", id);
    return ERR_OK;
}

static enum err_code read_needs_of(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
    const struct model *m = r->user;
    struct practice *p = out;

    (void)arg;
    TRY(yaml_list(r, node, 0, NEEDS_MAX, &p->need_count));
    for (size_t i = 0; i < p->need_count; i++) {
        yaml_node_t *item = yaml_item(r, node, i);
        struct str id = yaml_scalar(item);
        size_t k = 0;

        while (k < m->need_count && !str_eqz(id, m->needs[k].id))
            k++;
        if (k == m->need_count)
            return yaml_fail(r, item, "there is no kind of data \"%.*s\"",
                             (int)(id.n < 60 ? id.n : 60), id.p);
        p->needs[i] = m->needs[k].id;
    }
    return ERR_OK;
}

static enum err_code read_prerequisites(struct yaml_reader *r, yaml_node_t *node, void *out,
                                        const void *arg)
{
    const struct model *m = r->user;
    struct practice *p = out;

    (void)arg;
    TRY(yaml_list(r, node, 0, PREREQUISITES_MAX, &p->prerequisite_count));
    for (size_t i = 0; i < p->prerequisite_count; i++) {
        yaml_node_t *item = yaml_item(r, node, i);
        const char *id = NULL;

        TRY(read_name(r, item, &id, upper_name));
        p->prerequisites[i] = model_practice(m, id);
        if (p->prerequisites[i] == SIZE_MAX)
            return yaml_fail(r, item, "there is no practice \"%s\"", id);
    }
    return ERR_OK;
}

static enum err_code read_traits(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct practice *p = out;

    TRY(yaml_list(r, node, 0, TRAITS_MAX, &p->trait_count));
    for (size_t i = 0; i < p->trait_count; i++)
        TRY(read_name(r, yaml_item(r, node, i), &p->traits[i], arg));
    return ERR_OK;
}

static enum err_code read_citation(struct yaml_reader *r, yaml_node_t *node, void *out,
                                   const void *arg)
{
#define AT(member) offsetof(struct citation, member)
    static const struct yaml_field fields[] = {
        {"basis", AT(basis), read_word_text, bases, false},
        {"mark", AT(mark), read_word_text, marks, false},
        {"source", AT(source), yaml_read_optional_text, NULL, true},
        {"year", AT(year), yaml_read_int, &years, true},
        {"note", AT(note), read_text3, NULL, true},
    };
#undef AT
    struct citation *c = out;

    (void)arg;
    TRY(yaml_read_map(r, node, fields, TM_COUNT(fields), c));
    if (strcmp(c->basis, "pub") == 0 && c->source[0] == '\0')
        return yaml_fail(r, node, "a published cut needs its source");
    return ERR_OK;
}

static enum err_code read_role_of(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    const struct model *m = r->user;
    const char *id = NULL;

    (void)arg;
    TRY(read_name(r, node, &id, lower_name));
    *(size_t *)out = model_role(m, id);
    if (*(size_t *)out == SIZE_MAX)
        return yaml_fail(r, node, "there is no role \"%s\"", id);
    return ERR_OK;
}

/* A higher level needs the tools of the ones below. */
static enum err_code read_cost(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const struct yaml_range dollars = {0, 100000, false};
    const double *cost = out;

    (void)arg;
    TRY(read_three(r, node, out, &dollars));
    for (int i = 1; i < 3; i++)
        if (cost[i] < cost[i - 1])
            return yaml_fail(r, node, "must not fall: level %d costs %g, level %d %g", i + 1,
                             cost[i - 1], i + 2, cost[i]);
    return ERR_OK;
}

static enum err_code read_choices(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    static const struct yaml_range levels = {1, 4, false};
    static const struct yaml_field fields[] = {
        {"level", offsetof(struct choice, level), yaml_read_int, &levels, false},
        {"text", offsetof(struct choice, text), read_text3, NULL, false},
    };
    struct practice *p = out;

    (void)arg;
    TRY(yaml_list(r, node, CHOICES_MAX, CHOICES_MAX, &p->choice_count));
    for (size_t i = 0; i < p->choice_count; i++) {
        size_t mark = yaml_enter(r, "[%zu]", i);

        TRY(yaml_read_map(r, yaml_item(r, node, i), fields, TM_COUNT(fields), &p->choices[i]));
        if (p->choices[i].level != (int)i + 1)
            return yaml_fail(r, yaml_item(r, node, i), "the level must be %zu, is %d", i + 1,
                             p->choices[i].level);
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

#define AT(member) offsetof(struct practice, member)
static const struct yaml_field practice_fields[] = {
    {"id", AT(id), read_name, upper_name, false},
    {"dimension", AT(dimension), read_dimension_of, NULL, false},
    {"traits", 0, read_traits, trait_name, true},
    {"essential", AT(essential), read_essential, NULL, true},
    {"weight", AT(weight), yaml_read_number, &positive, true},
    {"classes", AT(classes), read_classes, classes, false},
    {"applies_if", AT(applies_if), read_word_text, predicates, true},
    {"window_days", AT(window_days), yaml_read_int, &days, true},
    {"ttl_days", AT(ttl_days), yaml_read_int, &days, false},
    {"n_min", AT(n_min), yaml_read_number, &cases, true},
    {"prerequisites", 0, read_prerequisites, NULL, true},
    {"needs", 0, read_needs_of, NULL, true},
    {"effort_hours", AT(effort_hours), read_three, &hours, false},
    {"role", AT(role), read_role_of, NULL, false},
    {"cost", AT(cost), read_cost, NULL, true},
    {"lever", AT(lever), read_word_text, levers, true},
    {"citation", AT(citation), read_citation, NULL, false},
    {"indicators", 0, read_indicators, NULL, false},
    {"title", AT(title), read_text3, NULL, false},
    {"what", AT(what), read_text3, NULL, false},
    {"why", AT(why), read_text3, NULL, false},
    {"how", AT(how), read_text3, NULL, false},
    {"question", AT(question), read_text3, NULL, true},
    {"choices", 0, read_choices, NULL, true},
};
#undef AT

/* A gate must not stand on a number that nobody vouches for. */
static enum err_code check_essential(struct yaml_reader *r, yaml_node_t *node,
                                     const struct practice *p)
{
    const char *basis = p->citation.basis, *mark = p->citation.mark;
    bool fact = !strcmp(basis, "presence") || !strcmp(basis, "coverage") || !strcmp(basis, "own");
    bool vouched = !strcmp(mark, "V1") || !strcmp(mark, "V2") || !strcmp(mark, "V1/V2");
    size_t at = yaml_enter(r, ".citation");

    if (p->essential && !fact && !(strcmp(basis, "pub") == 0 && vouched))
        return yaml_fail(r, yaml_get(r, node, "citation"),
                         "an essential practice may not stand on basis %s with mark %s; presence, "
                         "coverage, own, or pub with V1 or V2 may gate a stage",
                         basis, mark);
    yaml_leave(r, at);
    return ERR_OK;
}

static enum err_code read_practice(struct yaml_reader *r, yaml_node_t *node, struct practice *p)
{
    p->weight = 1;
    p->window_days = 365;
    p->n_min = 30;
    p->applies_if = "always";
    p->lever = "";
    p->citation.source = "";
    for (int i = 0; i < LANG_COUNT; i++)
        p->question.in[i] = p->citation.note.in[i] = "";
    TRY(yaml_read_map(r, node, practice_fields, TM_COUNT(practice_fields), p));
    if ((p->choice_count > 0) != (p->question.in[LANG_EN][0] != '\0'))
        return yaml_fail(r, node, "question and choices go together; one of them is missing");
    if ((p->classes & CLASS_BIT_Q) && p->choice_count == 0)
        return yaml_fail(r, node, "class Q needs a question");
    return check_essential(r, node, p);
}

/* Ids first, so that prerequisites may point forward. */
static enum err_code read_practice_ids(struct yaml_reader *r, yaml_node_t *node, struct model *m,
                                       size_t n)
{
    static const struct yaml_field id = {"id", 0, read_name, upper_name, false};

    for (size_t i = 0; i < n; i++) {
        yaml_node_t *item = yaml_item(r, node, i), *value = yaml_get(r, item, "id");
        size_t mark = yaml_enter(r, "[%zu]", i), inner;

        if (!value)
            return yaml_fail(r, item, "\"id\" is missing");
        inner = yaml_enter(r, ".id");
        TRY(id.read(r, value, &m->practices[i].id, id.arg));
        if (model_practice(m, m->practices[i].id) != SIZE_MAX)
            return yaml_fail(r, value, "there is already a practice \"%s\"", m->practices[i].id);
        m->practice_count = i + 1;
        yaml_leave(r, inner);
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_practices(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    struct model *m = out;
    enum err_code code = ERR_OK;
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, 1, MODEL_PRACTICES_MAX, &n));
    m->practices = arena_alloc(&m->arena, n * sizeof(*m->practices));
    TRY(arena_check(&m->arena, r->err));
    TRY(read_practice_ids(r, node, m, n));
    for (size_t i = 0; i < n; i++) {
        size_t mark = yaml_enter(r, "[%zu] (%s)", i, m->practices[i].id);

        enum err_code one = read_practice(r, yaml_item(r, node, i), &m->practices[i]);

        if (one == ERR_OK) {
            yaml_leave(r, mark);
            continue;
        }
        code = one;
        if (!yaml_go_on(r, one, mark))
            return one;
    }
    return code == ERR_OK ? model_check_circles(r, node, m) : code;
}

static enum err_code read_dimensions(struct yaml_reader *r, yaml_node_t *node, void *out,
                                     const void *arg)
{
#define AT(member) offsetof(struct dimension, member)
    static const struct yaml_field fields[] = {
        {"id", AT(id), read_name, upper_name, false},
        {"weight", AT(weight), yaml_read_number, &positive, true},
        {"title", AT(title), read_text3, NULL, false},
        {"what", AT(what), read_text3, NULL, false},
    };
#undef AT
    struct model *m = out;
    enum err_code code, failed = ERR_OK;
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, 1, MODEL_DIMENSIONS_MAX, &n));
    m->dimensions = arena_alloc(&m->arena, n * sizeof(*m->dimensions));
    TRY(arena_check(&m->arena, r->err));
    for (size_t i = 0; i < n; i++) {
        struct dimension *d = &m->dimensions[i];
        size_t mark = yaml_enter(r, "[%zu]", i);

        d->weight = 1;
        d->id = "";
        m->dimension_count = i + 1;
        code = yaml_read_map(r, yaml_item(r, node, i), fields, TM_COUNT(fields), d);
        if (code != ERR_OK) {
            failed = code;
            if (!yaml_go_on(r, code, mark))
                return code;
            continue;
        }
        if (model_dimension(m, d->id) != i)
            return yaml_fail(r, yaml_item(r, node, i), "there is already a dimension \"%s\"",
                             d->id);
        yaml_leave(r, mark);
    }
    return failed;
}

static enum err_code read_needs(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
#define AT(member) offsetof(struct data_need, member)
    static const struct yaml_field fields[] = {
        {"id", AT(id), read_name, lower_name, false},
        {"title", AT(title), read_text3, NULL, false},
        {"how", AT(how), read_text3, NULL, false},
    };
#undef AT
    struct model *m = out;
    enum err_code code, failed = ERR_OK;
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, 1, MODEL_NEEDS_MAX, &n));
    m->needs = arena_alloc(&m->arena, n * sizeof(*m->needs));
    TRY(arena_check(&m->arena, r->err));
    for (size_t i = 0; i < n; i++) {
        struct data_need *need = &m->needs[i];
        size_t mark = yaml_enter(r, "[%zu]", i);

        need->id = "";
        m->need_count = i + 1;
        code = yaml_read_map(r, yaml_item(r, node, i), fields, TM_COUNT(fields), need);
        if (code != ERR_OK) {
            failed = code;
            if (!yaml_go_on(r, code, mark))
                return code;
            continue;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(m->needs[k].id, need->id) == 0)
                return yaml_fail(r, yaml_item(r, node, i), "there is already a kind of data \"%s\"",
                                 need->id);
        yaml_leave(r, mark);
    }
    return failed;
}

static enum err_code read_roles(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
#define AT(member) offsetof(struct role, member)
    static const struct yaml_field fields[] = {
        {"id", AT(id), read_name, lower_name, false},
        {"hours", AT(hours), yaml_read_number, &hours, false},
        {"title", AT(title), read_text3, NULL, false},
    };
#undef AT
    struct model *m = out;
    enum err_code code, failed = ERR_OK;
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, 1, MODEL_ROLES_MAX, &n));
    m->roles = arena_alloc(&m->arena, n * sizeof(*m->roles));
    TRY(arena_check(&m->arena, r->err));
    for (size_t i = 0; i < n; i++) {
        struct role *role = &m->roles[i];
        size_t mark = yaml_enter(r, "[%zu]", i);

        role->id = "";
        m->role_count = i + 1;
        code = yaml_read_map(r, yaml_item(r, node, i), fields, TM_COUNT(fields), role);
        if (code != ERR_OK) {
            failed = code;
            if (!yaml_go_on(r, code, mark))
                return code;
            continue;
        }
        if (model_role(m, role->id) != i)
            return yaml_fail(r, yaml_item(r, node, i), "there is already a role \"%s\"", role->id);
        yaml_leave(r, mark);
    }
    return failed;
}

static enum err_code read_verticals(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
#define AT(member) offsetof(struct vertical, member)
    static const struct yaml_field fields[] = {
        {"id", AT(id), read_name, lower_name, false},
        {"repeat_median", AT(repeat_median), yaml_read_number, &median, false},
        {"title", AT(title), read_text3, NULL, false},
    };
#undef AT
    struct model *m = out;
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, 0, MODEL_VERTICALS_MAX, &n));
    m->verticals = arena_alloc(&m->arena, n * sizeof(*m->verticals));
    TRY(arena_check(&m->arena, r->err));
    for (size_t i = 0; i < n; i++) {
        struct vertical *v = &m->verticals[i];
        size_t mark = yaml_enter(r, "[%zu]", i);

        TRY(yaml_read_map(r, yaml_item(r, node, i), fields, TM_COUNT(fields), v));
        if (model_vertical(m, v->id) != SIZE_MAX)
            return yaml_fail(r, yaml_item(r, node, i), "there is already a kind of shop \"%s\"",
                             v->id);
        m->vertical_count = i + 1;
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

static enum err_code read_stages(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    static const struct yaml_field fields[] = {
        {"title", 0, read_text3, NULL, false},
        {"what", sizeof(struct text3), read_text3, NULL, false},
    };
    struct model *m = out;
    size_t n;

    (void)arg;
    TRY(yaml_list(r, node, TM_COUNT(m->stages), TM_COUNT(m->stages), &n));
    for (size_t i = 0; i < n; i++) {
        struct text3 texts[2];
        size_t mark = yaml_enter(r, "[%zu]", i);

        TRY(yaml_read_map(r, yaml_item(r, node, i), fields, TM_COUNT(fields), texts));
        m->stages[i] = texts[0];
        m->stage_what[i] = texts[1];
        yaml_leave(r, mark);
    }
    return ERR_OK;
}

enum err_code model_read(struct yaml_reader *r, struct model *model)
{
#define AT(member) offsetof(struct model, member)
    static const struct yaml_field fields[] = {
        {"id", AT(id), read_name, lower_name, false},
        {"version", AT(version), read_version, NULL, false},
        {"vertical_repeat_median", AT(vertical_repeat_median), yaml_read_number, &median, false},
        {"verticals", 0, read_verticals, NULL, true},
        {"quorum", AT(quorum), read_three, &share, false},
        {"evidence_floors", AT(evidence_floor), read_three, &share, false},
        {"stages", 0, read_stages, NULL, false},
        {"needs", 0, read_needs, NULL, false},
        {"roles", 0, read_roles, NULL, false},
        {"dimensions", 0, read_dimensions, NULL, false},
        {"practices", 0, read_practices, NULL, false}, /* last: it refers to the others */
    };
#undef AT

    r->user = model;
    return yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), model);
}
