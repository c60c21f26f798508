/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Why somebody belongs to a segment or does not: each condition with what is known and the verdict.
 */
#include "audience/holds.h"

#include "base/i18n.h"
#include "base/money.h"
#include "base/timestamp.h"

enum { VALUE_BYTES_MAX = 2000, LISTED_MAX = 20 };

/* TRANSLATORS: of a condition: it does not hold; it is not known; it holds. */
static const char *const verdicts[] = {N_("no"), N_("not known"), N_("yes")};
static const char *const verdict_codes[] = {"no", "unknown", "yes"};

struct explaining {
    struct holding h;
    struct buf *out; /* text, or NULL */
    struct json_writer *w;
};

/* ---- what is known ------------------------------------------------------------------------- */

static void add_value(const struct explaining *e, const struct word *word, const struct fact *v,
                      struct buf *out)
{
    const struct word_choice *choice;

    switch (word->type) {
    case TYPE_LIST:
        for (size_t i = 0; i < v->n && i < LISTED_MAX; i++) {
            buf_addz(out, i ? ", " : "");
            buf_adds(out, v->list[i]);
        }
        break;
    case TYPE_CHOICE:
        choice = word_choice_of_code(word->set, v->text);
        buf_adds(out, choice ? str_of(choice->word) : v->text);
        break;
    case TYPE_TEXT:
        buf_adds(out, v->text);
        break;
    case TYPE_DAY:
        if (v->i != AMOUNT_NONE)
            timestamp_add_date(out, v->i * US_PER_DAY);
        break;
    default:
        if (v->i != AMOUNT_NONE)
            money_add_plain(out, v->i,
                            word->type == TYPE_MONEY      ? e->h.now.decimals
                            : word->type == TYPE_QUANTITY ? 6
                                                          : 0);
    }
}

/* Of rows: their number, and the sums that were asked for. */
static void add_totals(const struct explaining *e, const struct node *node, struct buf *out)
{
    buf_addf(out, "count %" PRId64, rows_total(&e->h, node, COUNT_ROWS));
    for (const struct condition *c = node->conditions; c; c = c->next) {
        struct fact v = {.i = 0};

        if (c->word->way != WAY_TOTAL || c->word->column == COUNT_ROWS)
            continue;
        v.i = rows_total(&e->h, node, c->word->column);
        buf_addf(out, ", %s ", c->word->name);
        add_value(e, c->word, &v, out);
    }
}

static void add_known(const struct explaining *e, const struct node *node, struct buf *out)
{
    struct fact v;

    if (node->kind == NODE_ROWS) {
        add_totals(e, node, out);
    } else if (node->kind == NODE_TEST) {
        v = word_value(&e->h, node->conditions->word);
        add_value(e, node->conditions->word, &v, out);
    }
}

static const char *meaning(const struct node *node)
{
    switch (node->kind) {
    case NODE_TEST:
        return _(node->conditions->word->summary);
    case NODE_ROWS:
        return _(node->function->summary);
    case NODE_SEQUENCE:
        return _("One thing after the other");
    default:
        return _("Another segment");
    }
}

/* ---- each condition ------------------------------------------------------------------------ */

static void write_leaf(const struct explaining *e, const struct node *node)
{
    struct buf text = BUF_INIT(AUDIENCE_TEXT_MAX * 2), known = BUF_INIT(VALUE_BYTES_MAX);
    enum truth t = node_truth(&e->h, node);

    node_print(node, &text);
    add_known(e, node, &known);
    if (e->w) {
        json_begin_object(e->w);
        json_key_string(e->w, "condition", buf_str(&text));
        json_key_stringz(e->w, "means", meaning(node));
        json_key(e->w, "value");
        if (known.n)
            json_string(e->w, buf_str(&known));
        else
            json_null(e->w);
        json_key_stringz(e->w, "verdict", verdict_codes[t]);
        json_end_object(e->w);
    } else {
        buf_addf(e->out, "%s  %s\n",
                 t == IS_TRUE    ? "+"
                 : t == IS_FALSE ? "-"
                                 : "?",
                 buf_cstr(&text));
        /* TRANSLATORS: "Number of orders: 3. It holds: yes" */
        if (known.n)
            buf_addf(e->out, _("   %s: %s. It holds: %s\n"), meaning(node), buf_cstr(&known),
                     _(verdicts[t]));
        else
            buf_addf(e->out, _("   %s. It holds: %s\n"), meaning(node), _(verdicts[t]));
    }
    buf_release(&text);
    buf_release(&known);
}

static void write_leaves(const struct explaining *e, const struct node *node)
{
    if (node->kind != NODE_ALL && node->kind != NODE_ANY && node->kind != NODE_NOT) {
        write_leaf(e, node);
        return;
    }
    for (const struct node *child = node->first; child; child = child->next)
        write_leaves(e, child);
}

void audience_explain(const struct audience_set *set, size_t segment,
                      const struct audience_facts *facts, const struct audience_now *now,
                      struct buf *out)
{
    const struct explaining e = {.h = {.set = set, .facts = facts, .now = *now}, .out = out};
    const struct node *root = set->segments[segment].tree->root;

    write_leaves(&e, root);
    buf_addf(out,
             node_truth(&e.h, root) == IS_TRUE ? _("In the segment \"%s\".\n")
                                               : _("Not in the segment \"%s\".\n"),
             set->segments[segment].name);
}

void audience_explain_json(const struct audience_set *set, size_t segment,
                           const struct audience_facts *facts, const struct audience_now *now,
                           struct json_writer *w)
{
    const struct explaining e = {.h = {.set = set, .facts = facts, .now = *now}, .w = w};
    const struct node *root = set->segments[segment].tree->root;

    json_begin_object(w);
    json_key_stringz(w, "segment", set->segments[segment].name);
    json_key_bool(w, "member", node_truth(&e.h, root) == IS_TRUE);
    json_key(w, "conditions");
    json_begin_array(w);
    write_leaves(&e, root);
    json_end_array(w);
    json_end_object(w);
}
