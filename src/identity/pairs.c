/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "identity/pairs.h"

#include "base/arena.h"
#include "base/buf.h"

enum { NAMES_MAX = 1 << 30, NAME_MAX_BYTES = 4096 };

static enum err_code add_person(struct pairs *p, struct result *res, struct err *err)
{
    struct str values[SUGGEST_FIELD_COUNT] = {
        [SUGGEST_GIVEN_NAME] = result_text(res, 1), [SUGGEST_FAMILY_NAME] = result_text(res, 2),
        [SUGGEST_EMAIL_NAME] = result_text(res, 4), [SUGGEST_PHONE] = result_text(res, 5),
        [SUGGEST_POSTCODE] = result_text(res, 6),   [SUGGEST_TOWN] = result_text(res, 7),
        [SUGGEST_REGION] = result_text(res, 8),
    };
    struct buf name = BUF_INIT(NAME_MAX_BYTES);
    struct pair_person one = {.person = result_uint(res, 0),
                              .email = arena_strdup(p->names, result_text(res, 3))};

    buf_addf(&name, "%.*s %.*s", (int)values[SUGGEST_GIVEN_NAME].n, values[SUGGEST_GIVEN_NAME].p,
             (int)values[SUGGEST_FAMILY_NAME].n, values[SUGGEST_FAMILY_NAME].p);
    one.name = arena_strdup(p->names, str_trim(buf_str(&name)));
    buf_release(&name);
    TRY(arena_check(p->names, err));
    if (p->people_count == p->people_cap) {
        p->people_cap = p->people_cap ? p->people_cap * 2 : 1024;
        p->people = xrealloc(p->people, p->people_cap * sizeof(*p->people));
    }
    p->people[p->people_count++] = one;
    return suggester_add(p->suggester, one.person, values, err);
}

static enum err_code read_people(struct pairs *p, struct engine *engine, struct err *err)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;

    TRY(engine_query(engine, "identity/people", NULL, 0, &res, err));
    while (result_next(res))
        TRY(add_person(p, res, err));
    return result_status(res, err);
}

static void take(void *ctx, const struct suggestion *suggestion)
{
    struct pairs *p = ctx;

    for (size_t i = 0; i < p->decided_count; i++)
        if (p->decided[i].apart && p->decided[i].a == suggestion->a &&
            p->decided[i].b == suggestion->b)
            return;
    if (p->count == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 64;
        p->found = xrealloc(p->found, p->cap * sizeof(*p->found));
    }
    p->found[p->count++] = *suggestion;
}

static int likeliest_first(const void *a, const void *b)
{
    const struct suggestion *x = a, *y = b;

    if (x->probability != y->probability)
        return x->probability > y->probability ? -1 : 1;
    return x->a < y->a ? -1 : x->a > y->a;
}

enum err_code pairs_find(struct engine *engine, const struct identity_decision *decided, size_t n,
                         double least, struct pairs *out, struct err *err)
{
    struct suggest_sink sink = {out, take};

    *out = (struct pairs){.decided = decided,
                          .decided_count = n,
                          .suggester = suggester_new(),
                          .names = xcalloc(1, sizeof(*out->names))};
    *out->names = (struct arena)ARENA_INIT(NAMES_MAX);
    TRY(read_people(out, engine, err));
    TRY(suggester_run(out->suggester, least, &sink, &out->summary, err));
    if (out->count)
        qsort(out->found, out->count, sizeof(*out->found), likeliest_first);
    return ERR_OK;
}

void pairs_release(struct pairs *pairs)
{
    suggester_free(pairs->suggester);
    if (pairs->names)
        arena_release(pairs->names);
    free(pairs->names);
    free(pairs->people);
    free(pairs->found);
    *pairs = (struct pairs){0};
}

const struct pair_person *pairs_person(const struct pairs *pairs, uint64_t person)
{
    size_t low = 0, high = pairs->people_count;

    while (low + 1 < high) {
        size_t middle = (low + high) / 2;

        if (pairs->people[middle].person <= person)
            low = middle;
        else
            high = middle;
    }
    return &pairs->people[low];
}

static void person_json(const struct pair_person *one, const char *key, struct json_writer *w)
{
    char number[24];

    snprintf(number, sizeof(number), "%" PRIu64, one->person);
    json_key(w, key);
    json_begin_object(w);
    json_key_stringz(w, "person", number);
    json_key_stringz(w, "name", one->name);
    json_key_stringz(w, "email", one->email);
    json_end_object(w);
}

void pairs_json(const struct pairs *pairs, size_t shown, struct json_writer *w)
{
    static const char *const levels[SUGGEST_LEVEL_COUNT] = {"different", "alike", "nearly", "same"};

    json_begin_object(w);
    json_key_int(w, "people", (int64_t)pairs->summary.records);
    json_key_int(w, "pairs_compared", (int64_t)pairs->summary.compared);
    json_key_int(w, "found", (int64_t)pairs->count);
    json_key(w, "pairs");
    json_begin_array(w);
    for (size_t i = 0; i < shown && i < pairs->count; i++) {
        const struct suggestion *one = &pairs->found[i];

        json_begin_object(w);
        json_key_double(w, "probability", one->probability);
        person_json(pairs_person(pairs, one->a), "a", w);
        person_json(pairs_person(pairs, one->b), "b", w);
        json_key(w, "fields");
        json_begin_object(w);
        for (int f = 0; f < SUGGEST_FIELD_COUNT; f++)
            if (one->levels[f] != SUGGEST_MISSING)
                json_key_stringz(w, suggest_field_names[f], levels[one->levels[f]]);
        json_end_object(w);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}
