/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/identity.h"

enum { NODES_MAX = 200000000 };

static const uint32_t NONE = UINT32_MAX;

const unsigned identity_limits[ID_KIND_COUNT] = {
    [ID_LOGIN] = 1, [ID_CUSTOMER] = 5, [ID_EMAIL] = 5,
    [ID_PHONE] = 5, [ID_PROFILE] = 5,  [ID_DEVICE] = 100,
};

/* An identifier; roots also describe their person. */
struct node {
    uint64_t id;
    uint64_t best; /* root: smallest id of the highest kind */
    uint32_t parent;
    uint32_t size;
    uint8_t counts[ID_KIND_COUNT]; /* root: identifiers of each kind */
    uint8_t best_kind;
    bool kept_apart; /* root: an id of the person stands in `apart` */
};

/* Two ids that are not one person, whatever the records say. */
struct apart {
    uint64_t a, b;
};

struct linker {
    struct node *nodes;
    size_t count, cap;
    uint32_t *slots; /* open addressing, NONE = free */
    size_t slot_mask;
    uint64_t persons, refused;
    struct apart *apart;
    size_t apart_count;
};

struct linker *linker_new(void)
{
    struct linker *linker = xcalloc(1, sizeof(*linker));
    size_t slots = 1024;

    linker->slots = xmalloc(slots * sizeof(*linker->slots));
    memset(linker->slots, 0xFF, slots * sizeof(*linker->slots));
    linker->slot_mask = slots - 1;
    return linker;
}

void linker_free(struct linker *linker)
{
    if (!linker)
        return;
    free(linker->nodes);
    free(linker->slots);
    free(linker->apart);
    free(linker);
}

void linker_freep(struct linker **linker)
{
    linker_free(*linker);
}

/* Ids are hashes already; the multiplication spreads what low bits are left in common. */
static size_t slot_of(const struct linker *linker, uint64_t id)
{
    size_t at = (size_t)((id * 0x9E3779B97F4A7C15ULL) >> 20) & linker->slot_mask;

    while (linker->slots[at] != NONE && linker->nodes[linker->slots[at]].id != id)
        at = (at + 1) & linker->slot_mask;
    return at;
}

static void grow_slots(struct linker *linker)
{
    size_t slots = (linker->slot_mask + 1) * 2;

    free(linker->slots);
    linker->slots = xmalloc(slots * sizeof(*linker->slots));
    memset(linker->slots, 0xFF, slots * sizeof(*linker->slots));
    linker->slot_mask = slots - 1;
    for (size_t i = 0; i < linker->count; i++)
        linker->slots[slot_of(linker, linker->nodes[i].id)] = (uint32_t)i;
}

static uint32_t root_of(struct linker *linker, uint32_t i)
{
    while (linker->nodes[i].parent != i) {
        linker->nodes[i].parent = linker->nodes[linker->nodes[i].parent].parent;
        i = linker->nodes[i].parent;
    }
    return i;
}

static bool stands_apart(const struct linker *linker, uint64_t id)
{
    for (size_t i = 0; i < linker->apart_count; i++)
        if (linker->apart[i].a == id || linker->apart[i].b == id)
            return true;
    return false;
}

static enum err_code node_for(struct linker *linker, uint64_t id, int kind, uint32_t *out_node,
                              struct err *err)
{
    size_t at = slot_of(linker, id);
    struct node *node;

    if (linker->slots[at] != NONE) {
        *out_node = linker->slots[at];
        return ERR_OK;
    }
    if (linker->count >= NODES_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d identifiers", NODES_MAX);
    if (linker->count == linker->cap) {
        linker->cap = linker->cap ? linker->cap * 2 : 1024;
        linker->nodes = xrealloc(linker->nodes, linker->cap * sizeof(*linker->nodes));
    }
    node = &linker->nodes[linker->count];
    *node = (struct node){.id = id,
                          .best = id,
                          .parent = (uint32_t)linker->count,
                          .size = 1,
                          .best_kind = (uint8_t)kind,
                          .kept_apart = stands_apart(linker, id)};
    node->counts[kind] = 1;
    linker->slots[at] = (uint32_t)linker->count;
    *out_node = (uint32_t)linker->count++;
    linker->persons++;
    if (linker->count * 2 > linker->slot_mask)
        grow_slots(linker);
    return ERR_OK;
}

static bool within_limits(const struct node *a, const struct node *b)
{
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        if (a->counts[kind] + b->counts[kind] > (int)identity_limits[kind])
            return false;
    return true;
}

/* What people join by hand may pass the limits. */
static uint8_t saturated(int count)
{
    return (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
}

static uint32_t root_of_id(struct linker *linker, uint64_t id)
{
    uint32_t node = linker->slots[slot_of(linker, id)];

    return node == NONE ? NONE : root_of(linker, node);
}

/* Whether joining these two persons would bring together what is kept apart. */
static bool forbidden(struct linker *linker, uint32_t a, uint32_t b)
{
    if (!linker->nodes[a].kept_apart || !linker->nodes[b].kept_apart)
        return false;
    for (size_t i = 0; i < linker->apart_count; i++) {
        uint32_t one = root_of_id(linker, linker->apart[i].a);
        uint32_t other = root_of_id(linker, linker->apart[i].b);

        if ((one == a && other == b) || (one == b && other == a))
            return true;
    }
    return false;
}

/* Makes one person of two roots. */
static void unite(struct linker *linker, uint32_t a, uint32_t b)
{
    struct node *into, *from;

    if (linker->nodes[a].size < linker->nodes[b].size) {
        uint32_t swap = a;

        a = b;
        b = swap;
    }
    into = &linker->nodes[a];
    from = &linker->nodes[b];
    from->parent = a;
    into->size += from->size;
    for (int kind = 0; kind < ID_KIND_COUNT; kind++)
        into->counts[kind] = saturated(into->counts[kind] + from->counts[kind]);
    into->kept_apart |= from->kept_apart;
    if (from->best_kind < into->best_kind ||
        (from->best_kind == into->best_kind && from->best < into->best)) {
        into->best = from->best;
        into->best_kind = from->best_kind;
    }
    linker->persons--;
}

/* Joins the persons of two nodes unless a limit or a decision forbids it. */
static void join(struct linker *linker, uint32_t a, uint32_t b)
{
    a = root_of(linker, a);
    b = root_of(linker, b);
    if (a == b)
        return;
    if (within_limits(&linker->nodes[a], &linker->nodes[b]) && !forbidden(linker, a, b))
        unite(linker, a, b);
    else
        linker->refused++;
}

void linker_keep_apart(struct linker *linker, uint64_t a, uint64_t b)
{
    assert(linker->count == 0);
    linker->apart = xrealloc(linker->apart, (linker->apart_count + 1) * sizeof(*linker->apart));
    linker->apart[linker->apart_count++] = (struct apart){a, b};
}

bool linker_join(struct linker *linker, uint64_t a, uint64_t b)
{
    uint32_t one = root_of_id(linker, a), other = root_of_id(linker, b);

    if (one == NONE || other == NONE || (one != other && forbidden(linker, one, other)))
        return false;
    if (one != other)
        unite(linker, one, other);
    return true;
}

enum err_code linker_add(struct linker *linker, const uint64_t ids[ID_KIND_COUNT], struct err *err)
{
    uint32_t first = 0;
    bool any = false;

    for (int kind = 0; kind < ID_KIND_COUNT; kind++) {
        uint32_t node = 0;

        if (!ids[kind])
            continue;
        TRY(node_for(linker, ids[kind], kind, &node, err));
        if (any)
            join(linker, first, node);
        else
            first = node;
        any = true;
    }
    return ERR_OK;
}

uint64_t linker_person(struct linker *linker, uint64_t id)
{
    uint32_t node = linker->slots[slot_of(linker, id)];

    return node == NONE ? 0 : linker->nodes[root_of(linker, node)].best;
}

bool linker_next(struct linker *linker, size_t *io_at, uint64_t *out_id, uint64_t *out_person)
{
    if (*io_at >= linker->count)
        return false;
    *out_id = linker->nodes[*io_at].id;
    *out_person = linker->nodes[root_of(linker, (uint32_t)*io_at)].best;
    (*io_at)++;
    return true;
}

struct identity_summary linker_summary(const struct linker *linker)
{
    return (struct identity_summary){
        .identifiers = linker->count, .persons = linker->persons, .refused = linker->refused};
}
