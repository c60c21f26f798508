/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/links.h"

#include "identity/links_parts.h"

enum { ANEW_AT_ONCE = 20000 };

/* ---- what there is ------------------------------------------------------------------------ */

struct links *links_new(size_t bytes_max)
{
    struct links *l = xcalloc(1, sizeof(*l));

    l->bytes_max = bytes_max;
    links_table_init(&l->by_id, 1024);
    links_table_init(&l->by_content, 1024);
    links_table_init(&l->by_customer, 1024);
    links_table_init(&l->by_name, 1024);
    links_table_init(&l->by_joined, 1024);
    links_table_init(&l->by_watched, 64);
    return l;
}

void links_free(struct links *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->part_count; i++)
        linker_free(l->parts[i].linker);
    free(l->nodes);
    free(l->seen);
    free(l->maybes);
    free(l->named);
    free(l->parts);
    free(l->apart);
    free(l->joins);
    free(l->watched);
    free(l->by_id.slots);
    free(l->by_content.slots);
    free(l->by_customer.slots);
    free(l->by_name.slots);
    free(l->by_joined.slots);
    free(l->by_watched.slots);
    free(l);
}

static bool add_join(struct links *l, const struct join *join)
{
    if (!MAKE_ROOM(l, joins, join_count, join_cap))
        return false;
    l->joins[l->join_count] = *join;
    l->joins[l->join_count].next = (int32_t)l->join_count;
    l->join_count++;
    if (links_is_full(&l->by_joined, 2 * l->join_count)) {
        links_table_init(&l->by_joined, (l->by_joined.mask + 1) * 2);
        for (size_t i = 0; i + 1 < l->join_count; i++) {
            links_put(&l->by_joined, l->joins[i].a, 2 * i);
            links_put(&l->by_joined, l->joins[i].b, 2 * i + 1);
        }
    }
    links_put(&l->by_joined, join->a, 2 * (l->join_count - 1));
    links_put(&l->by_joined, join->b, 2 * (l->join_count - 1) + 1);
    return true;
}

/* The next join that names the id; *io_at begins with links_place(). NONE at the end. */
static int32_t next_join(const struct links *l, uint64_t id, size_t *io_at, uint64_t *out_other)
{
    for (;;) {
        int32_t slot = l->by_joined.slots[*io_at];
        const struct join *join;

        if (slot == NONE)
            return NONE;
        *io_at = (*io_at + 1) & l->by_joined.mask;
        join = &l->joins[slot / 2];
        *out_other = slot % 2 ? join->a : join->b;
        if ((slot % 2 ? join->b : join->a) == id)
            return slot / 2;
    }
}

void links_decide(struct links *l, const struct identity_decision *decisions, size_t n)
{
    assert(l->node_count == 0);
    for (size_t i = 0; i < n; i++) {
        const struct join join = {.a = decisions[i].a, .b = decisions[i].b};

        if (decisions[i].apart) {
            l->apart = xrealloc(l->apart, (l->apart_count + 1) * sizeof(*l->apart));
            l->apart[l->apart_count++] = decisions[i];
        } else if (!add_join(l, &join)) {
            l->bytes_max = 0; /* whatever is added next tells it */
        }
    }
}

int32_t links_root_of(const struct links *l, int32_t i)
{
    while (l->nodes[i].parent != i) {
        l->nodes[i].parent = l->nodes[l->nodes[i].parent].parent;
        i = l->nodes[i].parent;
    }
    return i;
}

static bool is_apart(const struct links *l, uint64_t id)
{
    for (size_t i = 0; i < l->apart_count; i++)
        if (l->apart[i].a == id || l->apart[i].b == id)
            return true;
    return false;
}

static enum err_code node_for(struct links *l, uint64_t id, int kind, int32_t *out, bool *out_new,
                              struct err *err)
{
    struct node *node;

    *out = links_find(l, id);
    *out_new = *out == NONE;
    if (!*out_new)
        return ERR_OK;
    if (!MAKE_ROOM(l, nodes, node_count, node_cap))
        return links_too_many(err);
    *out = (int32_t)l->node_count;
    node = &l->nodes[l->node_count++];
    *node = (struct node){.id = id,
                          .best = id,
                          .parent = *out,
                          .size = 1,
                          .first = NONE,
                          .last = NONE,
                          .first_join = NONE,
                          .part = NONE,
                          .best_kind = (uint8_t)kind,
                          .is_apart = is_apart(l, id),
                          .is_watched = links_has_watched(l, id)};
    node->counts[kind] = 1;
    if (links_is_full(&l->by_id, l->node_count)) {
        links_table_init(&l->by_id, (l->by_id.mask + 1) * 2);
        for (size_t i = 0; i < l->node_count; i++)
            links_put(&l->by_id, l->nodes[i].id, i);
    } else {
        links_put(&l->by_id, id, (size_t)*out);
    }
    return ERR_OK;
}

/* ---- parts -------------------------------------------------------------------------------- */

static void drop_part(struct links *l, int32_t root)
{
    int32_t part = l->nodes[root].part;

    if (part == NONE)
        return;
    linker_free(l->parts[part].linker);
    l->parts[part].linker = NULL;
    l->nodes[root].part = NONE;
}

static int32_t new_part(struct links *l)
{
    size_t i = 0;

    while (i < l->part_count && l->parts[i].linker)
        i++;
    if (i == l->part_count) {
        if ((l->part_count & (l->part_count - 1)) == 0)
            l->parts =
                xrealloc(l->parts, (l->part_count ? 2 * l->part_count : 1) * sizeof(*l->parts));
        l->part_count++;
    }
    l->parts[i] = (struct part){.linker = linker_new(), .latest = NONE};
    return (int32_t)i;
}

static bool hangs_with(const struct links *l, int32_t root, uint64_t id)
{
    int32_t node = links_find(l, id);

    return node != NONE && links_root_of(l, node) == root;
}

/* Whether it may be more than one person, or more than one may be. */
static bool is_contested(const struct links *l, int32_t root)
{
    const struct node *node = &l->nodes[root];

    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (node->counts[kind] > identity_limits[kind])
            return true;
    if (!node->is_apart)
        return false;
    for (size_t i = 0; i < l->apart_count; i++)
        if (hangs_with(l, root, l->apart[i].a) && hangs_with(l, root, l->apart[i].b))
            return true;
    return false;
}

void links_ids(const struct links *l, const struct observation *o, uint64_t out[ID_KIND_COUNT])
{
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        out[kind] = o->nodes[kind] == NONE ? 0 : l->nodes[o->nodes[kind]].id;
}

/* As identity/edges orders them. */
static int in_time(const void *a, const void *b, void *ctx)
{
    const struct links *l = ctx;
    const struct observation *x = &l->seen[*(const int32_t *)a], *y = &l->seen[*(const int32_t *)b];
    uint64_t mine[ID_KIND_COUNT], others[ID_KIND_COUNT];

    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    links_ids(l, x, mine);
    links_ids(l, y, others);
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (mine[kind] != others[kind])
            return mine[kind] < others[kind] ? -1 : 1;
    return 0;
}

/* Decisions in their order, then aliases in theirs. */
static int in_order(const void *a, const void *b, void *ctx)
{
    const struct links *l = ctx;
    const int32_t i = *(const int32_t *)a, k = *(const int32_t *)b;
    const struct join *x = &l->joins[i], *y = &l->joins[k];

    if (!x->is_alias || !y->is_alias)
        return x->is_alias != y->is_alias ? (x->is_alias ? 1 : -1) : i < k ? -1 : i > k;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static void join_all(struct links *l, int32_t root, struct part *part)
{
    size_t n = 0, at = 0;
    int32_t *order;

    for (int32_t i = l->nodes[root].first_join; i != NONE; i = l->joins[i].next)
        n++;
    if (!n)
        return;
    order = xmalloc(n * sizeof(*order));
    for (int32_t i = l->nodes[root].first_join; i != NONE; i = l->joins[i].next)
        order[at++] = i;
    qsort_r(order, n, sizeof(*order), in_order, l);
    for (size_t i = 0; i < n; i++)
        (void)linker_join(part->linker, l->joins[order[i]].a, l->joins[order[i]].b);
    free(order);
    part->is_joined = true;
}

/* Links what hangs together anew, where it is not simply one person. */
static enum err_code settle(struct links *l, int32_t root, struct err *err)
{
    size_t n = (size_t)l->nodes[root].observations, at = 0;
    uint64_t ids[ID_KIND_COUNT];
    enum err_code rc = ERR_OK;
    struct part *part;
    int32_t *order;

    drop_part(l, root);
    if (!is_contested(l, root))
        return ERR_OK;
    l->nodes[root].part = new_part(l);
    part = &l->parts[l->nodes[root].part];
    order = xmalloc((n ? n : 1) * sizeof(*order));
    for (int32_t i = l->nodes[root].first; i != NONE; i = l->seen[i].next)
        order[at++] = i;
    qsort_r(order, n, sizeof(*order), in_time, l);
    for (size_t i = 0; i < l->apart_count && l->nodes[root].is_apart; i++)
        if (hangs_with(l, root, l->apart[i].a) && hangs_with(l, root, l->apart[i].b))
            linker_keep_apart(part->linker, l->apart[i].a, l->apart[i].b);
    for (size_t i = 0; i < n && rc == ERR_OK; i++) {
        links_ids(l, &l->seen[order[i]], ids);
        rc = linker_add(part->linker, ids, err);
    }
    part->latest = n ? order[n - 1] : NONE;
    free(order);
    if (rc == ERR_OK)
        join_all(l, root, part);
    return rc;
}

/* Hangs a list of joins to a root. */
static void hang_joins(struct links *l, int32_t root, int32_t first)
{
    int32_t last = first;

    if (first == NONE)
        return;
    while (l->joins[last].next != NONE)
        last = l->joins[last].next;
    l->joins[last].next = l->nodes[root].first_join;
    l->nodes[root].first_join = first;
}

/* Makes what hangs with the two hang together. */
static int32_t unite(struct links *l, int32_t a, int32_t b)
{
    struct node *into, *from;

    a = links_root_of(l, a);
    b = links_root_of(l, b);
    if (a == b)
        return a;
    if (l->nodes[a].size < l->nodes[b].size) {
        int32_t swap = a;

        a = b;
        b = swap;
    }
    drop_part(l, b);
    into = &l->nodes[a];
    from = &l->nodes[b];
    from->parent = a;
    into->size += from->size;
    for (int kind = 0; kind < ID_KIND_COUNT; kind++) {
        int count = into->counts[kind] + from->counts[kind];

        into->counts[kind] = (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
    }
    if (from->best_kind < into->best_kind ||
        (from->best_kind == into->best_kind && from->best < into->best)) {
        into->best = from->best;
        into->best_kind = from->best_kind;
    }
    into->is_apart |= from->is_apart;
    into->is_watched |= from->is_watched;
    hang_joins(l, a, from->first_join);
    into->observations += from->observations;
    if (into->first == NONE)
        into->first = from->first;
    else
        l->seen[into->last].next = from->first;
    if (from->last != NONE)
        into->last = from->last;
    return a;
}

/* ---- adding ------------------------------------------------------------------------------- */

uint64_t links_person_of(struct links *l, int32_t node)
{
    int32_t root = links_root_of(l, node), part = l->nodes[root].part;

    return part == NONE ? l->nodes[root].best
                        : linker_person(l->parts[part].linker, l->nodes[node].id);
}

static void note_before(uint64_t *before, size_t *n, uint64_t person)
{
    for (size_t i = 0; i < *n; i++)
        if (before[i] == person)
            return;
    if (*n < LINKS_BEFORE_MAX)
        before[(*n)++] = person;
}

/* Those of `before` who are the same person now. */
static void tell_joined(struct links *l, const uint64_t *before, size_t n, struct links_change *out)
{
    uint64_t now = out->person;

    for (size_t i = 0; i < n; i++) {
        int32_t node = links_find(l, before[i]); /* a person's number is one of its ids */

        if (node != NONE && links_person_of(l, node) == now)
            out->joined[out->joined_count++] = before[i];
    }
    if (out->joined_count == 1 && out->joined[0] != now)
        out->was = out->joined[0];
    if (out->joined_count < 2)
        out->joined_count = 0;
}

/* Hangs an observation to its root, which the nodes have in common by now. */
static void hang(struct links *l, int32_t root, int32_t observation)
{
    struct node *node = &l->nodes[root];

    l->seen[observation].next = NONE;
    if (node->last == NONE)
        node->first = observation;
    else
        l->seen[node->last].next = observation;
    node->last = observation;
    node->observations++;
}

/* What the join names hangs together from now on. */
static void bind(struct links *l, int32_t join, int32_t a, int32_t b)
{
    int32_t root = unite(l, a, b);

    l->changes++;
    if (l->joins[join].next != join)
        return;
    l->joins[join].next = NONE;
    hang_joins(l, root, join);
}

/* Joins that waited for this id. */
static bool bind_waiting(struct links *l, int32_t node)
{
    const uint64_t id = l->nodes[node].id;
    size_t at = links_place(&l->by_joined, id);
    bool any = false;
    uint64_t other;
    int32_t join;

    while ((join = next_join(l, id, &at, &other)) != NONE) {
        int32_t found = links_find(l, other);

        if (found == NONE)
            continue;
        bind(l, join, node, found);
        any = true;
    }
    return any;
}

/* After an observation was hung: at the end of the part's own linker when it is the latest. */
static enum err_code take_in(struct links *l, int32_t root, int32_t observation, bool is_simple,
                             struct err *err)
{
    struct part *part = l->nodes[root].part == NONE ? NULL : &l->parts[l->nodes[root].part];
    uint64_t ids[ID_KIND_COUNT];

    if (!part && !is_contested(l, root))
        return ERR_OK;
    if (part && is_simple && !part->is_joined &&
        (part->latest == NONE || in_time(&part->latest, &observation, l) <= 0 ||
         l->nodes[root].observations > ANEW_AT_ONCE)) {
        part->latest = observation;
        links_ids(l, &l->seen[observation], ids);
        return linker_add(part->linker, ids, err);
    }
    return settle(l, root, err);
}

static enum err_code new_seen(struct links *l, const int32_t nodes[ID_KIND_COUNT], int64_t at_us,
                              int32_t *out, struct err *err)
{
    if (!MAKE_ROOM(l, seen, seen_count, seen_cap))
        return links_too_many(err);
    l->changes++;
    *out = (int32_t)l->seen_count;
    l->seen[l->seen_count++] = (struct observation){.at_us = at_us, .next = NONE};
    memcpy(l->seen[*out].nodes, nodes, sizeof(l->seen[*out].nodes));
    if (links_is_full(&l->by_content, l->seen_count)) {
        links_table_init(&l->by_content, (l->by_content.mask + 1) * 2);
        for (size_t i = 0; i < l->seen_count; i++)
            links_put(&l->by_content, links_content_key(l->seen[i].nodes), i);
    } else {
        links_put(&l->by_content, links_content_key(nodes), (size_t)*out);
    }
    return ERR_OK;
}

/* An observation that is known, at an earlier time than it was. */
static enum err_code earlier(struct links *l, int32_t observation, int64_t at_us, struct err *err)
{
    struct observation *o = &l->seen[observation];
    int32_t root = NONE;

    if (at_us >= o->at_us)
        return ERR_OK;
    o->at_us = at_us;
    for (int kind = 0; kind < ID_KIND_COUNT && root == NONE; kind++)
        if (o->nodes[kind] != NONE)
            root = links_root_of(l, o->nodes[kind]);
    if (l->nodes[root].part == NONE || l->nodes[root].observations > ANEW_AT_ONCE)
        return ERR_OK;
    return settle(l, root, err);
}

/* The nodes of an observation, made where they are new; who they were before. */
struct nodes {
    int32_t of[ID_KIND_COUNT], first;
    bool any_old, any_new[ID_KIND_COUNT];
    uint64_t before[LINKS_BEFORE_MAX];
    size_t before_count;
};

static enum err_code find_nodes(struct links *l, const uint64_t ids[ID_KIND_COUNT],
                                struct nodes *out, struct err *err)
{
    *out = (struct nodes){.first = NONE};
    for (int kind = 0; kind < ID_KIND_COUNT; kind++) {
        out->of[kind] = NONE;
        if (!ids[kind])
            continue;
        TRY(node_for(l, ids[kind], kind, &out->of[kind], &out->any_new[kind], err));
        if (out->first == NONE)
            out->first = out->of[kind];
        if (out->any_new[kind])
            continue;
        out->any_old = true;
        note_before(out->before, &out->before_count, links_person_of(l, out->of[kind]));
    }
    return ERR_OK;
}

/* Unites all nodes. *out_simple: of what was there before only one part has grown, by ids that hang
 * nowhere else. */
static int32_t unite_nodes(struct links *l, const struct nodes *n, bool *out_simple)
{
    int32_t root = n->first, old = NONE;

    *out_simple = true;
    for (int kind = 0; kind < ID_KIND_COUNT; kind++) {
        if (n->of[kind] == NONE)
            continue;
        if (!n->any_new[kind]) {
            int32_t its = links_root_of(l, n->of[kind]);

            *out_simple &= old == NONE || old == its;
            old = its;
        }
    }
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (n->of[kind] != NONE)
            root = unite(l, root, n->of[kind]);
    return root;
}

static enum err_code add_new(struct links *l, const struct nodes *n, int64_t at_us, int32_t *out,
                             struct err *err)
{
    bool is_simple;
    int32_t root;

    TRY(new_seen(l, n->of, at_us, out, err));
    root = unite_nodes(l, n, &is_simple);
    hang(l, root, *out);
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (n->of[kind] != NONE && n->any_new[kind] && bind_waiting(l, n->of[kind]))
            is_simple = false;
    root = links_root_of(l, root);
    return take_in(l, root, *out, is_simple, err);
}

static enum err_code note_maybe(struct links *l, uint64_t login, uint64_t customer, struct err *err)
{
    if (links_find_maybe(l, customer) != NONE)
        return ERR_OK;
    if (!MAKE_ROOM(l, maybes, maybe_count, maybe_cap))
        return links_too_many(err);
    l->maybes[l->maybe_count++] = (struct maybe){customer, login};
    if (links_is_full(&l->by_customer, l->maybe_count)) {
        links_table_init(&l->by_customer, (l->by_customer.mask + 1) * 2);
        for (size_t i = 0; i < l->maybe_count; i++)
            links_put(&l->by_customer, l->maybes[i].customer, i);
    } else {
        links_put(&l->by_customer, customer, l->maybe_count - 1);
    }
    return ERR_OK;
}

/* *out: the observation. */
enum err_code links_observe(struct links *l, const uint64_t told[ID_KIND_COUNT], uint64_t maybe,
                            int64_t at_us, struct links_change *change, int32_t *out,
                            struct err *err)
{
    uint64_t ids[ID_KIND_COUNT];
    struct nodes nodes;

    memcpy(ids, told, sizeof(ids));
    if (maybe && ids[ID_LOGIN] && !ids[ID_CUSTOMER]) {
        int32_t number = links_find(l, maybe);

        if (number != NONE && l->nodes[number].is_number)
            ids[ID_CUSTOMER] = maybe;
        else
            TRY(note_maybe(l, ids[ID_LOGIN], maybe, err));
    }
    TRY(find_nodes(l, ids, &nodes, err));
    *out = links_find_seen(l, nodes.of);
    TRY(*out == NONE ? add_new(l, &nodes, at_us, out, err) : earlier(l, *out, at_us, err));
    if (!change)
        return ERR_OK;
    *change =
        (struct links_change){.person = links_person_of(l, nodes.first), .created = !nodes.any_old};
    tell_joined(l, nodes.before, nodes.before_count, change);
    return ERR_OK;
}

enum err_code links_add(struct links *l, const uint64_t ids[ID_KIND_COUNT], uint64_t maybe,
                        int64_t at_us, struct links_change *out, struct err *err)
{
    int32_t observation;

    return links_observe(l, ids, maybe, at_us, out, &observation, err);
}

/* What was seen with the log-in alone was seen with the number. */
static enum err_code number_observations(struct links *l, int32_t login, int32_t customer,
                                         struct err *err)
{
    int32_t root = links_root_of(l, login);
    bool any = false;

    for (int32_t i = l->nodes[root].first; i != NONE; i = l->seen[i].next)
        if (l->seen[i].nodes[ID_LOGIN] == login && l->seen[i].nodes[ID_CUSTOMER] == NONE) {
            l->seen[i].nodes[ID_CUSTOMER] = customer;
            any = true;
        }
    if (!any)
        return ERR_OK;
    l->changes++;
    /* The table of contents follows: what changed stands in it under another key. */
    links_table_init(&l->by_content, l->by_content.mask + 1);
    for (size_t i = 0; i < l->seen_count; i++)
        links_put(&l->by_content, links_content_key(l->seen[i].nodes), i);
    return settle(l, unite(l, login, customer), err);
}

enum err_code links_number(struct links *l, uint64_t customer, struct err *err)
{
    int32_t node, maybe, login;
    bool is_new;

    TRY(node_for(l, customer, ID_CUSTOMER, &node, &is_new, err));
    if (l->nodes[node].is_number)
        return ERR_OK;
    l->nodes[node].is_number = true;
    maybe = links_find_maybe(l, customer);
    login = maybe == NONE ? NONE : links_find(l, l->maybes[maybe].login);
    return login == NONE ? ERR_OK : number_observations(l, login, node, err);
}

/* NONE when it is not known. */
static int32_t find_alias(const struct links *l, uint64_t login, uint64_t previous)
{
    size_t at = links_place(&l->by_joined, login);
    uint64_t other;
    int32_t join;

    while ((join = next_join(l, login, &at, &other)) != NONE)
        if (l->joins[join].is_alias && l->joins[join].a == login && other == previous)
            return join;
    return NONE;
}

enum err_code links_alias(struct links *l, uint64_t login, uint64_t previous, int64_t at_us,
                          struct links_change *out, struct err *err)
{
    const struct join join = {.a = login, .b = previous, .at_us = at_us, .is_alias = true};
    int32_t a = links_find(l, login), b = links_find(l, previous);
    int32_t known = find_alias(l, login, previous);
    uint64_t before[LINKS_BEFORE_MAX];
    size_t n = 0;

    if (out)
        *out = (struct links_change){.person = a == NONE ? 0 : links_person_of(l, a)};
    if (login == previous || (known != NONE && l->joins[known].at_us <= at_us))
        return ERR_OK;
    if (known != NONE)
        l->joins[known].at_us = at_us;
    else if (!add_join(l, &join))
        return links_too_many(err);
    if (a == NONE || b == NONE)
        return ERR_OK;
    note_before(before, &n, links_person_of(l, a));
    note_before(before, &n, links_person_of(l, b));
    bind(l, known != NONE ? known : (int32_t)l->join_count - 1, a, b);
    TRY(settle(l, links_root_of(l, a), err));
    if (out) {
        *out = (struct links_change){.person = links_person_of(l, a)};
        tell_joined(l, before, n, out);
    }
    return ERR_OK;
}

/* ---- asking ------------------------------------------------------------------------------- */

uint64_t links_person(struct links *l, uint64_t id)
{
    int32_t node = links_find(l, id);

    return node == NONE ? 0 : links_person_of(l, node);
}

/* A person's number is the smallest id of the highest kind. Looks at so many observations at most.
 */
uint64_t links_person_among(struct links *l, uint64_t id, uint64_t n)
{
    enum { LOOKS = 1000 };
    const int32_t node = links_find(l, id);
    const uint64_t person = node == NONE ? 0 : links_person_of(l, node);
    int best_kind = ID_KIND_COUNT;
    uint64_t best = 0;
    int32_t seen, looks = 0;

    if (!person || (uint64_t)links_find(l, person) < n)
        return person;
    for (seen = l->nodes[links_root_of(l, node)].first; seen != NONE && looks < LOOKS;
         seen = l->seen[seen].next, looks++)
        for (int kind = 0; kind < ID_KIND_COUNT && kind <= best_kind; kind++) {
            const int32_t of = l->seen[seen].nodes[kind];

            if (of == NONE || (uint64_t)of >= n || links_person_of(l, of) != person ||
                (kind == best_kind && l->nodes[of].id >= best))
                continue;
            best_kind = kind;
            best = l->nodes[of].id;
        }
    return best;
}

uint64_t links_identifiers(const struct links *l)
{
    return l->node_count;
}

struct identity_summary links_summary(const struct links *l)
{
    struct identity_summary sum = {.identifiers = l->node_count};

    for (size_t i = 0; i < l->node_count; i++) {
        const struct node *node = &l->nodes[i];
        uint64_t people = 1;

        if (node->parent != (int32_t)i)
            continue;
        if (node->part != NONE)
            people = linker_summary(l->parts[node->part].linker).persons;
        sum.persons += people;
        sum.refused += people - 1;
    }
    return sum;
}
