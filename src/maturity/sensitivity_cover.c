/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/sensitivity_cover.h"

#include "maturity/stage.h"

enum { NODES_MAX = 20000, SCRATCH_BYTES = 128 << 20 };

/* Sums of the same weights in another order differ by rounding only. */
static const double same_weight = 1e-11;

struct price {
    int64_t cost, worth;
    int steps;
};

/* What has been chosen of some items: weight won at the target, weighted levels of the group at
 * hand, and how it came about. Read-only once listed. */
struct partial {
    double won, sum;
    struct price price;
    const struct partial *from; /* before the last item or group */
    const struct partial *part; /* the last group's choice; NULL within a group */
    int level;                  /* the last item's */
};

struct front {
    struct partial *items;
    size_t n, cap;
};

/* A part of the search: levels between `least` and `most`, and the best there is in it when
 * prerequisites and earlier choices are left aside. */
struct node {
    struct price price;
    size_t made; /* earlier ones first among equals */
    uint8_t *least, *most, *levels;
};

struct search {
    const struct cover *cover;
    const struct cover_choice *before;
    size_t before_count;
    struct arena nodes, scratch;
    struct node **heap;
    size_t heap_n, made;
    size_t work;
    bool cut_short;
    struct front fronts[2]; /* the one being made and the one before */
    struct partial *stairs;
    size_t stairs_cap;
};

static int price_order(const struct price *a, const struct price *b)
{
    if (a->cost != b->cost)
        return a->cost < b->cost ? -1 : 1;
    if (a->worth != b->worth)
        return a->worth > b->worth ? -1 : 1;
    return (a->steps > b->steps) - (a->steps < b->steps);
}

static struct price price_add(struct price a, struct price b)
{
    return (struct price){a.cost + b.cost, a.worth + b.worth, a.steps + b.steps};
}

static struct price price_of(const struct cover *cover, const struct cover_item *item, int level)
{
    struct price p = {.steps = level > item->now};

    for (int l = item->now + 1; l <= level; l++)
        p.cost += item->cost[l - 2];
    if (item->now < cover->target && level >= cover->target)
        p.worth = item->worth;
    return p;
}

static int top_of(const struct cover *cover, const struct cover_item *item)
{
    return item->now > cover->target ? item->now : cover->target;
}

bool cover_met(const struct cover *cover, const uint8_t *levels)
{
    double won = 0;

    for (size_t g = 0; g < cover->groups; g++) {
        double sum = 0;

        for (size_t i = 0; i < cover->n; i++)
            sum += cover->items[i].group == g ? cover->items[i].weight * levels[i] : 0;
        if (sum < cover->sums[g])
            return false;
    }
    for (size_t i = 0; i < cover->n; i++) {
        const struct cover_item *item = &cover->items[i];

        won += levels[i] >= cover->target ? item->weight : 0;
        if (levels[i] < item->now || levels[i] < item->least)
            return false;
        for (size_t k = 0; levels[i] > item->now && k < item->need_count; k++)
            if (levels[item->needs[k]] < prerequisite_level(levels[i]))
                return false;
    }
    return won >= cover->quorum;
}

static int partial_order(const void *a, const void *b)
{
    const struct partial *x = a, *y = b;
    int order = price_order(&x->price, &y->price);

    if (order)
        return order;
    if (x->won != y->won)
        return x->won > y->won ? -1 : 1;
    return (x->sum < y->sum) - (x->sum > y->sum);
}

/* The undominated ones of `front`, which comes back by rising price. `stairs` holds those kept,
 * by rising `won` and falling `sum`. */
static void front_prune(struct search *s, struct front *front)
{
    size_t kept = 0, steps = 0;

    qsort(front->items, front->n, sizeof(*front->items), partial_order);
    if (s->stairs_cap < front->n) {
        s->stairs_cap = front->cap;
        s->stairs = xrealloc(s->stairs, s->stairs_cap * sizeof(*s->stairs));
    }
    for (size_t i = 0; i < front->n; i++) {
        struct partial x = front->items[i];
        size_t low = 0, high = steps, from;

        while (low < high) { /* first step with won >= x.won */
            size_t mid = (low + high) / 2;

            if (s->stairs[mid].won >= x.won - same_weight)
                high = mid;
            else
                low = mid + 1;
        }
        if (low < steps && s->stairs[low].sum >= x.sum - same_weight)
            continue;
        from = low;
        while (from > 0 && s->stairs[from - 1].sum <= x.sum)
            from--;
        if (low < steps && s->stairs[low].won <= x.won)
            low++;
        memmove(s->stairs + from + 1, s->stairs + low, (steps - low) * sizeof(*s->stairs));
        s->stairs[from] = x;
        steps += 1 + from - low;
        front->items[kept++] = x;
    }
    front->n = kept;
}

static bool front_add(struct search *s, struct front *front, struct partial x)
{
    if (s->work == 0) {
        s->cut_short = true;
        return false;
    }
    s->work--;
    if (front->n == front->cap) {
        front->cap = front->cap ? front->cap * 2 : 256;
        front->items = xrealloc(front->items, front->cap * sizeof(*front->items));
    }
    front->items[front->n++] = x;
    return true;
}

/* A copy that stays while `next` is filled. */
static const struct partial *front_keep(struct search *s, const struct front *front)
{
    struct partial *copy = arena_alloc(&s->scratch, (front->n + 1) * sizeof(*copy));

    if (copy)
        memcpy(copy, front->items, front->n * sizeof(*copy));
    else
        s->cut_short = true;
    return copy;
}

/* Undominated choices within one group that reach its sum. */
static const struct partial *group_front(struct search *s, const struct node *node, size_t group,
                                         size_t *out_n)
{
    const struct cover *cover = s->cover;
    struct front *front = &s->fronts[0];
    const struct partial *last = NULL;
    size_t n = 1;

    front->n = 0;
    if (!front_add(s, front, (struct partial){0}) || !(last = front_keep(s, front)))
        return NULL;
    for (size_t i = 0; i < cover->n; i++) {
        const struct cover_item *item = &cover->items[i];

        if (item->group != group)
            continue;
        front->n = 0;
        for (size_t k = 0; k < n; k++) {
            for (int v = node->least[i]; v <= node->most[i]; v++) {
                struct partial x = {.from = &last[k], .level = v};

                x.won = last[k].won + (v >= cover->target ? item->weight : 0);
                x.sum = fmin(last[k].sum + item->weight * v, cover->sums[group]);
                x.price = price_add(last[k].price, price_of(cover, item, v));
                /* The sum counts at the end only: what cannot reach it is found there. */
                if (!front_add(s, front, x))
                    return NULL;
            }
        }
        front_prune(s, front);
        n = front->n;
        if (!(last = front_keep(s, front)))
            return NULL;
    }
    front->n = 0;
    for (size_t k = 0; k < n; k++) {
        if (last[k].sum < cover->sums[group])
            continue;
        if (!front_add(s, front, last[k]))
            return NULL;
        front->items[front->n - 1].sum = 0;
    }
    front_prune(s, front);
    *out_n = front->n;
    return front_keep(s, front);
}

/* Levels of the items of `group` from the chain of one of its choices. */
static void read_group(const struct cover *cover, size_t group, const struct partial *choice,
                       uint8_t *levels)
{
    for (size_t i = cover->n; i-- > 0;) {
        if (cover->items[i].group != group)
            continue;
        levels[i] = (uint8_t)choice->level;
        choice = choice->from;
    }
}

/* Fills node->levels and price; false when nothing between its bounds will do. */
static bool relax(struct search *s, struct node *node)
{
    const struct cover *cover = s->cover;
    struct front *front = &s->fronts[1];
    const struct partial *last, *best = NULL;
    size_t n = 1;

    arena_reset(&s->scratch);
    front->n = 0;
    if (!front_add(s, front, (struct partial){0}) || !(last = front_keep(s, front)))
        return false;
    for (size_t g = 0; g < cover->groups; g++) {
        size_t parts = 0;
        const struct partial *part = group_front(s, node, g, &parts);

        front->n = 0;
        for (size_t k = 0; part && k < n; k++)
            for (size_t j = 0; j < parts; j++)
                if (!front_add(
                        s, front,
                        (struct partial){.won = fmin(last[k].won + part[j].won, cover->quorum),
                                         .price = price_add(last[k].price, part[j].price),
                                         .from = &last[k],
                                         .part = &part[j]}))
                    return false;
        front_prune(s, front);
        n = front->n;
        if (n == 0 || !(last = front_keep(s, front)))
            return false;
    }
    for (size_t k = 0; k < n && !best; k++) /* by rising price */
        best = last[k].won >= cover->quorum ? &last[k] : NULL;
    if (!best)
        return false;
    node->price = best->price;
    for (size_t g = cover->groups; g-- > 0; best = best->from)
        read_group(cover, g, best->part, node->levels);
    return true;
}

/* Prerequisites as far as they follow from the bounds; false when the bounds exclude all. */
static bool tighten(const struct cover *cover, struct node *node)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < cover->n; i++) {
            const struct cover_item *item = &cover->items[i];

            if (node->least[i] > node->most[i])
                return false;
            for (size_t k = 0; k < item->need_count; k++) {
                size_t q = item->needs[k];

                if (node->least[i] > item->now &&
                    node->least[q] < prerequisite_level(node->least[i])) {
                    node->least[q] = (uint8_t)prerequisite_level(node->least[i]);
                    again = true;
                }
                while (node->most[i] > item->now &&
                       prerequisite_level(node->most[i]) > node->most[q]) {
                    node->most[i]--;
                    again = true;
                }
            }
        }
    }
    return true;
}

static bool before_in_heap(const struct node *a, const struct node *b)
{
    int order = price_order(&a->price, &b->price);

    return order ? order < 0 : a->made < b->made;
}

static void heap_push(struct search *s, struct node *node)
{
    size_t at = s->heap_n++;

    for (; at > 0 && before_in_heap(node, s->heap[(at - 1) / 2]); at = (at - 1) / 2)
        s->heap[at] = s->heap[(at - 1) / 2];
    s->heap[at] = node;
}

static struct node *heap_pop(struct search *s)
{
    struct node *top = s->heap[0], *last = s->heap[--s->heap_n];
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < s->heap_n; at = child) {
        if (child + 1 < s->heap_n && before_in_heap(s->heap[child + 1], s->heap[child]))
            child++;
        if (!before_in_heap(s->heap[child], last))
            break;
        s->heap[at] = s->heap[child];
    }
    s->heap[at] = last;
    return top;
}

static struct node *node_new(struct search *s, const struct node *parent)
{
    size_t n = s->cover->n;
    struct node *node = arena_alloc(&s->nodes, sizeof(*node));
    uint8_t *bytes = arena_alloc(&s->nodes, 3 * n + 1);

    if (!node || !bytes)
        return NULL;
    node->made = s->made++;
    node->least = bytes;
    node->most = bytes + n;
    node->levels = bytes + 2 * n;
    if (parent)
        memcpy(bytes, parent->least, 2 * n);
    return node;
}

/* Bounds a new node, and queues it if there may be something in it. */
static void node_add(struct search *s, struct node *node)
{
    if (!node || s->made > NODES_MAX) {
        s->cut_short = true;
        return;
    }
    if (tighten(s->cover, node) && relax(s, node))
        heap_push(s, node);
}

/* Item i stands at a level for which its prerequisite q is too low: either i stays below that
 * level, or q rises. */
static bool branch_on_need(struct search *s, const struct node *node)
{
    const struct cover *cover = s->cover;

    for (size_t i = 0; i < cover->n; i++) {
        const struct cover_item *item = &cover->items[i];

        for (size_t k = 0; node->levels[i] > item->now && k < item->need_count; k++) {
            int needed = prerequisite_level(node->levels[i]);
            struct node *lower, *higher;

            if (node->levels[item->needs[k]] >= needed)
                continue;
            lower = node_new(s, node);
            if (lower)
                lower->most[i] = (uint8_t)(node->levels[i] - 1);
            node_add(s, lower);
            higher = node_new(s, node);
            if (higher)
                higher->least[item->needs[k]] = (uint8_t)needed;
            node_add(s, higher);
            return true;
        }
    }
    return false;
}

static bool raised(const struct cover *cover, const uint8_t *levels, size_t i)
{
    return levels[i] > cover->items[i].now;
}

/* An earlier choice is contained: leave out its first free item; or keep that and leave out its
 * second; and so on (Lawler 1972, Management Science 18(7), 401-405). */
static bool branch_on_before(struct search *s, const struct node *node)
{
    const struct cover *cover = s->cover;

    for (size_t b = 0; b < s->before_count; b++) {
        const uint8_t *old = s->before[b].levels;
        bool contained = true;

        for (size_t i = 0; contained && i < cover->n; i++)
            contained = !raised(cover, old, i) || raised(cover, node->levels, i);
        if (!contained)
            continue;
        for (size_t out = 0; out < cover->n; out++) {
            struct node *child;

            if (!raised(cover, old, out) || node->least[out] > cover->items[out].now)
                continue;
            child = node_new(s, node);
            for (size_t i = 0; child && i < out; i++)
                if (raised(cover, old, i) && child->least[i] <= cover->items[i].now)
                    child->least[i] = (uint8_t)(cover->items[i].now + 1);
            if (child)
                child->most[out] = (uint8_t)cover->items[out].now;
            node_add(s, child);
        }
        return true;
    }
    return false;
}

/* Everything at the target, then down again, the dearest first, as far as the conditions allow:
 * a choice that does, where the search was cut short. */
static struct price fall_back(const struct cover *cover, uint8_t *levels)
{
    struct price price = {0};

    for (size_t i = 0; i < cover->n; i++)
        levels[i] = (uint8_t)top_of(cover, &cover->items[i]);
    for (bool again = true; again;) {
        size_t dearest = SIZE_MAX;

        for (size_t i = 0; i < cover->n; i++) {
            const struct cover_item *item = &cover->items[i];
            bool fits;

            if (levels[i] <= item->now || levels[i] <= item->least)
                continue;
            levels[i]--;
            fits = cover_met(cover, levels);
            levels[i]++;
            if (fits &&
                (dearest == SIZE_MAX ||
                 item->cost[levels[i] - 2] > cover->items[dearest].cost[levels[dearest] - 2]))
                dearest = i;
        }
        again = dearest != SIZE_MAX;
        if (again)
            levels[dearest]--;
    }
    for (size_t i = 0; i < cover->n; i++)
        price = price_add(price, price_of(cover, &cover->items[i], levels[i]));
    return price;
}

static void root_bounds(const struct cover *cover, struct node *root)
{
    for (size_t i = 0; i < cover->n; i++) {
        const struct cover_item *item = &cover->items[i];

        root->least[i] = (uint8_t)(item->least > item->now ? item->least : item->now);
        root->most[i] = (uint8_t)top_of(cover, item);
    }
}

void cover_least(const struct cover *cover, uint8_t *out_levels)
{
    struct node root = {.least = out_levels, .most = xcalloc(cover->n + 1, 1)};

    root_bounds(cover, &root);
    tighten(cover, &root);
    free(root.most);
}

bool cover_solve(const struct cover *cover, const struct cover_choice *before, size_t before_count,
                 struct cover_choice *out_choice, bool *out_proven)
{
    struct search s = {.cover = cover,
                       .before = before,
                       .before_count = before_count,
                       .nodes = ARENA_INIT(SCRATCH_BYTES),
                       .scratch = ARENA_INIT(SCRATCH_BYTES),
                       .work = cover->work};
    struct price price = {0};
    struct node *root;
    bool found = false;

    s.heap = xcalloc(NODES_MAX + 1, sizeof(struct node *));
    root = node_new(&s, NULL);
    if (root)
        root_bounds(cover, root);
    node_add(&s, root);
    while (s.heap_n > 0 && !s.cut_short && !found) {
        const struct node *node = heap_pop(&s);

        if (branch_on_need(&s, node) || branch_on_before(&s, node))
            continue;
        memcpy(out_choice->levels, node->levels, cover->n);
        price = node->price;
        found = true;
    }
    *out_proven = found || !s.cut_short;
    if (!found && s.cut_short && before_count == 0) {
        price = fall_back(cover, out_choice->levels);
        found = cover_met(cover, out_choice->levels);
    }
    out_choice->cost = price.cost;
    out_choice->worth = price.worth;
    arena_release(&s.nodes);
    arena_release(&s.scratch);
    free(s.heap);
    free(s.fronts[0].items);
    free(s.fronts[1].items);
    free(s.stairs);
    return found;
}
