/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/liquid/liquid.h"

#include "outreach/liquid/syntax.h"

enum {
    SOURCE_MAX = 2 * 1024 * 1024, /* of a message with its partials */
    TREE_MAX = 64 * 1024 * 1024,  /* what compiling it may take */
    SLOTS_FIRST = 64
};

const struct liquid_limits liquid_limits_usual = {
    .steps = 100000,
    .turns = 20000,
    .bytes = 1024 * 1024,
    .memory = 8 * 1024 * 1024,
    .depth = LIQUID_DEPTH_MAX,
    .time_ms = 50,
};

uint32_t liquid_slot_find(const struct liquid *liquid, struct str name, uint64_t hash)
{
    for (uint32_t i = 0; i < liquid->n_slots; i++) {
        if (liquid->slots[i].hash == hash && str_eq(liquid->slots[i].name, name))
            return i;
    }
    return UINT32_MAX;
}

uint32_t liquid_slot(struct liquid *liquid, struct str name, uint64_t hash)
{
    uint32_t i = liquid_slot_find(liquid, name, hash);

    if (i != UINT32_MAX)
        return i;
    if (liquid->n_slots == SLOTS_MAX) {
        liquid->too_many = true;
        return 0;
    }
    if (liquid->n_slots == liquid->slots_cap) {
        uint32_t cap = liquid->slots_cap ? liquid->slots_cap * 2 : SLOTS_FIRST;
        struct slot_name *grown = arena_alloc(&liquid->arena, cap * sizeof(*grown));

        if (!grown)
            return 0;
        if (liquid->n_slots)
            memcpy(grown, liquid->slots, liquid->n_slots * sizeof(*grown));
        liquid->slots = grown;
        liquid->slots_cap = cap;
    }
    liquid->slots[liquid->n_slots] =
        (struct slot_name){.name = arena_str(&liquid->arena, name), .hash = hash};
    return liquid->n_slots++;
}

struct liquid_place liquid_place_of(const struct liquid *liquid, struct spot at)
{
    const struct unit *unit = &liquid->units[at.unit];
    struct liquid_place place = {.line = 1, .column = 1};

    snprintf(place.name, sizeof(place.name), "%.*s", (int)(unit->name.n < 60 ? unit->name.n : 60),
             unit->name.p);
    for (size_t i = 0; i < at.offset && i < unit->text.n; i++) {
        if (unit->text.p[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)unit->text.p[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

enum err_code liquid_fail(const struct liquid *liquid, struct spot at,
                          struct liquid_place *out_place, enum err_code code, struct err *err)
{
    struct liquid_place place = liquid_place_of(liquid, at);

    if (place.name[0])
        err_context(err, "\"%s\", line %zu, column %zu", place.name, place.line, place.column);
    else
        err_context(err, "line %zu, column %zu", place.line, place.column);
    if (out_place)
        *out_place = place;
    return code;
}

static enum err_code compile(struct liquid *liquid, const struct liquid_text *texts, size_t n_texts,
                             struct liquid_place *out_place, struct err *err)
{
    size_t total = 0;

    for (size_t i = 0; i < n_texts; i++)
        total += texts[i].text.n;
    if (total > SOURCE_MAX)
        return err_set(err, ERR_TOO_LARGE, "the template has more than %d bytes", SOURCE_MAX);
    liquid->units = arena_alloc(&liquid->arena, n_texts * sizeof(*liquid->units));
    liquid->n_units = (uint32_t)n_texts;
    liquid->forloop = liquid_slot(liquid, STR_LIT("forloop"), str_hash(STR_LIT("forloop")));
    liquid->tablerowloop =
        liquid_slot(liquid, STR_LIT("tablerowloop"), str_hash(STR_LIT("tablerowloop")));
    TRY(arena_check(&liquid->arena, err));
    for (uint32_t i = 0; i < n_texts; i++) {
        liquid->units[i].name = arena_str(&liquid->arena, str_of(texts[i].name));
        liquid->units[i].text = arena_str(&liquid->arena, texts[i].text);
    }
    for (uint32_t i = 0; i < n_texts; i++)
        TRY(liquid_parse(liquid, i, out_place, err));
    return arena_check(&liquid->arena, err);
}

enum err_code liquid_compile(const struct liquid_text *texts, size_t n_texts, enum liquid_kind kind,
                             bool strict, struct liquid **out_liquid,
                             struct liquid_place *out_place, struct err *err)
{
    struct liquid *liquid = xcalloc(1, sizeof(*liquid));
    struct err own = ERR_INIT;
    enum err_code code;

    if (out_place)
        *out_place = (struct liquid_place){.line = 0};
    liquid->arena = ARENA_INIT(TREE_MAX);
    liquid->kind = kind;
    liquid->strict = strict;
    code = compile(liquid, texts, n_texts, out_place, err ? err : &own);
    if (code != ERR_OK)
        liquid_free(liquid);
    else
        *out_liquid = liquid;
    return code;
}

void liquid_free(struct liquid *liquid)
{
    if (!liquid)
        return;
    arena_release(&liquid->arena);
    free(liquid);
}

void liquid_freep(struct liquid **liquid)
{
    liquid_free(*liquid);
    *liquid = NULL;
}

/* The slot of the i-th name that is read, or NULL. */
static const struct slot_name *read_name(const struct liquid *liquid, size_t i)
{
    for (uint32_t slot = 0; slot < liquid->n_slots; slot++) {
        const struct slot_name *name = &liquid->slots[slot];

        if (name->read && slot != liquid->forloop && slot != liquid->tablerowloop && i-- == 0)
            return name;
    }
    return NULL;
}

const char *liquid_name(const struct liquid *liquid, size_t i)
{
    const struct slot_name *name = read_name(liquid, i);

    return name ? name->name.p : NULL; /* arena_str() ends with a NUL */
}

struct liquid_place liquid_name_place(const struct liquid *liquid, size_t i)
{
    const struct slot_name *name = read_name(liquid, i);

    return name ? liquid_place_of(liquid, name->first) : (struct liquid_place){.line = 0};
}
