/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What would change the mark: what binds, the shortest ways up, what is fragile, which data would
 * settle it, and how far it hangs on cuts and weights. */
#include "report/html.h"
#include "report/words_worth.h"

enum { FRAGILE_MAX = 6, DATA_MAX = 5, LISTED_MAX = 8 };

static const char *title(struct html *html, size_t practice)
{
    return page_text(html->page, &html->page->model->practices[practice].title);
}

static void item(struct html *html, const char *strong, const char *text)
{
    buf_addz(html->out, "<li><strong>");
    html_text(html, strong);
    buf_addz(html->out, ":</strong> ");
    html_text(html, text);
    buf_addz(html->out, "</li>\n");
}

/* Of a long list the rest as a number. */
static void and_more(struct html *html, size_t n)
{
    struct page *page = html->page;

    if (n > LISTED_MAX)
        html_element(html, "li", "muted",
                     page_printf(page, P_("and %s more", "and %s more", n - LISTED_MAX),
                                 page_int(page, (int64_t)(n - LISTED_MAX))));
}

static const char *essential_words(struct page *page, const struct unmet_essential *e)
{
    const char *needed = page_int(page, e->needed);

    if (e->unknown)
        return page_printf(page, _("required at level %s; nothing is known of it"), needed);
    if (e->proof)
        return page_printf(page,
                           _("is at level %s by answers; data or attached evidence must "
                             "show it"),
                           needed);
    return page_printf(page, _("required at level %s; it is at level %s"), needed,
                       page_int(page, e->level));
}

static void binding(struct html *html)
{
    struct page *page = html->page;
    const struct binding *b = &page->options->sensitivity->binding;
    const char *stage = page_int(page, page->options->sensitivity->target);

    html_element(html, "h3", NULL, page_printf(page, _("What keeps it from stage %s"), stage));
    buf_addz(html->out, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < b->essential_count && i < LISTED_MAX; i++)
        item(html, title(html, b->essentials[i].practice),
             essential_words(page, &b->essentials[i]));
    and_more(html, b->essential_count);
    if (b->quorum_deficit > 0)
        item(html, _("Breadth"),
             page_printf(page,
                         _("with every practice at its likeliest level, %s of the weight "
                           "are at level %s; %s are asked"),
                         page_percent(page, b->quorum_share), stage,
                         page_percent(page, b->quorum_needed)));
    for (size_t i = 0; i < b->dimension_count; i++) {
        const struct short_dimension *d = &b->dimensions[i];

        item(html, page_text(page, &page->model->dimensions[d->dimension].title),
             page_printf(page, _("is at %s on average; %s is asked"), page_number(page, d->mean, 1),
                         page_number(page, d->needed, 1)));
    }
    if (b->claims_only)
        item(html, _("Proof"), _("everything rests on answers; data must show it"));
    if (!b->essential_count && !b->dimension_count && !b->claims_only && b->quorum_deficit <= 0)
        item(html, _("Certainty"),
             _("every condition is met as far as the figures go; small doubts add up. More cases "
               "or data make it sure."));
    buf_addz(html->out, "</ul>\n");
}

static bool has_step(const struct upgrade_set *s, const struct upgrade *step)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->steps[i].practice == step->practice && s->steps[i].to == step->to)
            return true;
    return false;
}

static bool has_all(const struct upgrade_set *s, const struct upgrade_set *other)
{
    for (size_t i = 0; i < other->n; i++)
        if (!has_step(s, &other->steps[i]))
            return false;
    return true;
}

/* The steps of `s`, or those of them that `other` has not. */
static void steps(struct html *html, const struct upgrade_set *s, const struct upgrade_set *other)
{
    struct page *page = html->page;
    size_t n = 0;

    buf_addz(html->out, "<ul class=\"plain\">\n");
    for (size_t k = 0; k < s->n; k++) {
        const struct upgrade *u = &s->steps[k];

        if ((other && has_step(other, u)) || n++ >= LISTED_MAX)
            continue;
        buf_addz(html->out, "<li>");
        html_text(html, words_step(page, u->practice, u->from, u->to));
        if (u->unknown)
            html_text(html, page_printf(page, " (%s)", _("not known: look first, it may be done")));
        buf_addz(html->out, "</li>\n");
    }
    and_more(html, n);
    buf_addz(html->out, "</ul>\n");
}

/* Of another way only what is other about it. */
static void set(struct html *html, const struct upgrade_set *first, size_t i)
{
    struct page *page = html->page;
    const struct upgrade_set *s = &first[i];

    buf_addz(html->out, "<li>\n");
    html_element(html, "h4", NULL,
                 page_printf(page, i ? _("Another way: about %s") : _("The shortest way: about %s"),
                             words_hours(page, s->hours)));
    if (!i) {
        steps(html, s, NULL);
    } else if (!has_all(first, s)) {
        html_element(html, "p", "muted", _("The same, but with"));
        steps(html, s, first);
        html_element(html, "p", "muted", _("instead of"));
        steps(html, first, s);
    } else {
        html_element(html, "p", "muted", _("The same without"));
        steps(html, first, s);
    }
    buf_addz(html->out, "</li>\n");
}

static void sets(struct html *html)
{
    struct page *page = html->page;
    const struct sensitivity *s = page->options->sensitivity;

    if (!s->set_count)
        return;
    html_element(html, "h3", NULL,
                 page_printf(page, _("The shortest ways to stage %s"), page_int(page, s->target)));
    html_element(html, "p", "muted",
                 s->sets_proven ? _("No set of steps with fewer hours reaches it; this is proven.")
                                : _("The best sets that were found."));
    buf_addz(html->out, "<ol class=\"ways\">\n");
    for (size_t i = 0; i < s->set_count; i++)
        set(html, s->sets, i);
    buf_addz(html->out, "</ol>\n");
}

static void head(struct html *html, const char *const *titles, size_t n)
{
    buf_addz(html->out, "<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t i = 0; i < n; i++)
        html_head_cell(html, titles[i], false);
    buf_addz(html->out, "</tr></thead>\n<tbody>\n");
}

static void tail(struct html *html)
{
    buf_addz(html->out, "</tbody>\n</table></div>\n");
}

static void fragile(struct html *html)
{
    struct page *page = html->page;
    const struct sensitivity *s = page->options->sensitivity;
    const char *const titles[] = {_("Practice"), _("May be lower, probability"),
                                  _("Stage if it drops")};

    if (!s->fragile_count)
        return;
    html_element(html, "h3", NULL, _("What the stage hangs on"));
    html_element(html, "p", "muted",
                 _("If one of these stood a level lower, the stage would fall. Guard them."));
    head(html, titles, TM_COUNT(titles));
    for (size_t i = 0; i < s->fragile_count && i < FRAGILE_MAX; i++) {
        buf_addz(html->out, "<tr>");
        html_head_cell(html, title(html, s->fragile[i].practice), true);
        html_element(html, "td", "figure", page_chance(page, s->fragile[i].p_drop));
        html_element(html, "td", "figure", page_int(page, s->fragile[i].stage_after));
        buf_addz(html->out, "</tr>\n");
    }
    tail(html);
}

static void evidence_value(struct html *html)
{
    struct page *page = html->page;
    struct road_data data[DATA_MAX];
    size_t n = words_next_data(page, data, DATA_MAX);

    if (!n || !page->options->sensitivity->connection_count)
        return;
    html_element(html, "h3", NULL, _("Which data would settle it"));
    buf_addz(html->out, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < n; i++)
        item(html, data[i].title, data[i].tells);
    buf_addz(html->out, "</ul>\n");
}

/* Cases as they are; of sums (money and the like) and facts the part or the value that is missing:
 * "4 more", "12% less", "3 months more". */
static const char *more(struct page *page, const struct natural_unit *u, double v)
{
    const struct indicator *in = &page->model->practices[u->practice].indicators[u->indicator];
    const char *amount;

    if (!isfinite(v) || fabs(v) >= 1e9 || (u->form == FORM_FRACTION && !(u->k > 0)) ||
        (u->form == FORM_RATIO && !(u->k > 0)))
        return "–";
    amount = u->form == FORM_FRACTION || u->form == FORM_RATIO ? page_percent(page, fabs(v) / u->k)
             : u->form == FORM_VALUE                           ? page_value(page, in, fabs(v))
                                     : page_number(page, fabs(v), fabs(v) < 10 ? 1 : 0);
    return page_printf(page, v < 0 ? _("%s less") : _("%s more"), amount);
}

/* In the figures that people count: buyers, months, orders. */
static void units(struct html *html)
{
    struct page *page = html->page;
    const struct sensitivity *s = page->options->sensitivity;
    const char *const titles[] = {_("Practice"), _("Level"),   _("Today"),
                                  _("Asked"),    _("Missing"), _("Missing, to be sure")};

    if (!s->unit_count)
        return;
    buf_addz(html->out, "<details class=\"more\"><summary>");
    html_text(html, _("How much is missing, in figures"));
    buf_addz(html->out, "</summary>\n");
    head(html, titles, TM_COUNT(titles));
    for (size_t i = 0; i < s->unit_count; i++) {
        const struct natural_unit *u = &s->units[i];
        const struct practice *p = &page->model->practices[u->practice];
        const struct indicator *in = &p->indicators[u->indicator];

        if (u->met)
            continue;
        buf_addz(html->out, "<tr>");
        html_head_cell(html, title(html, u->practice), true);
        html_element(html, "td", "figure", page_int(page, u->level));
        html_element(html, "td", "figure", page_value(page, in, u->value));
        html_element(html, "td", "figure", page_value(page, in, u->cut));
        html_element(html, "td", "figure", more(page, u, u->more));
        html_element(html, "td", "figure", more(page, u, u->more_confirmed));
        buf_addz(html->out, "</tr>\n");
    }
    tail(html);
    buf_addz(html->out, "</details>\n");
}

static void robustness(struct html *html)
{
    struct page *page = html->page;
    const struct robustness *r = &page->options->sensitivity->robustness;

    if (!r->draws)
        return;
    html_element(html, "h3", NULL, _("How far it hangs on the model"));
    html_element(html, "p", NULL,
                 page_printf(page,
                             _("What a level asks for and how much a practice counts are choices "
                               "of the model. Changed at random %s times, by about 10%% and 30%%, "
                               "they leave the stage as it is in %s of the cases (only what levels "
                               "ask for changed: %s; only what practices count: %s)."),
                             page_int(page, (int64_t)r->draws), page_percent(page, r->same_stage),
                             page_percent(page, r->thresholds_same),
                             page_percent(page, r->weights_same)));
}

static const struct {
    const char *id, *text;
} definition_texts[] = {
    {"window_90", N_("the last 90 days instead of the usual window")},
    {"window_365", N_("the last 365 days instead of the usual window")},
    {"refunds_in", N_("refunds not taken off")},
    {"guests_apart", N_("guests not joined with the accounts of the same address")},
};

static const char *definition_text(const char *id)
{
    for (size_t i = 0; i < TM_COUNT(definition_texts); i++)
        if (strcmp(definition_texts[i].id, id) == 0)
            return _(definition_texts[i].text);
    return id;
}

/* "Customers come back within a year: 3 instead of 2", one for each level that differs. */
static void definition_changes(struct html *html, const struct sensitivity *s, const char *id)
{
    struct page *page = html->page;

    for (size_t i = 0; i < s->definition_count; i++) {
        const struct definition_change *c = &s->definitions[i];

        if (strcmp(c->id, id) == 0)
            html_element(html, "li", NULL,
                         page_printf(page, _("%s: level %s instead of %s"),
                                     title(html, c->practice), page_int(page, c->level_then),
                                     page_int(page, c->level)));
    }
}

static void definitions(struct html *html)
{
    struct page *page = html->page;
    const struct sensitivity *s = page->options->sensitivity;

    if (!s->variant_count)
        return;
    html_element(html, "h3", NULL, _("Counted another way"));
    for (size_t i = 0; i < s->variant_count; i++) {
        const struct definition_variant *v = &s->variants[i];

        if (!v->measured) /* nothing in this shop hangs on it */
            continue;
        html_element(
            html, "p", NULL,
            v->changed ? page_printf(page, _("With %s, stage %s comes out:"),
                                     definition_text(v->id), page_int(page, v->stage_then))
                       : page_printf(page, _("With %s no level changes."), definition_text(v->id)));
        if (!v->changed)
            continue;
        buf_addz(html->out, "<ul>\n");
        definition_changes(html, s, v->id);
        buf_addz(html->out, "</ul>\n");
    }
}

void html_flip(struct html *html)
{
    if (!html->page->options->sensitivity)
        return;
    html_section(html, "flip", _("What would change the mark"));
    binding(html);
    sets(html);
    fragile(html);
    evidence_value(html);
    units(html);
    robustness(html);
    definitions(html);
    html_section_end(html);
}
