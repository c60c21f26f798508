/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/erased.h"

#include "base/timestamp.h"

enum { IDS_MAX = 1 << 22 };

/* Places by quick hash, of which the full ones are a quarter at most. */
struct erased {
    struct pseudonyms *pseudonyms; /* owned */
    unsigned char key[16];
    struct erasure_id *ids; /* owned; kind 0: free */
    size_t n, room;         /* room: a power of two */
    int64_t newest_us;
};

static struct erasure_id *place(const struct erased *e, const struct erasure_id *id)
{
    for (size_t at = (size_t)id->quick & (e->room - 1);; at = (at + 1) & (e->room - 1)) {
        struct erasure_id *one = &e->ids[at];

        if (!one->kind || (one->quick == id->quick && one->kind == id->kind &&
                           memcmp(&one->hash, &id->hash, sizeof(id->hash)) == 0))
            return one;
    }
}

static void put(struct erased *e, const struct erasure_id *id)
{
    struct erasure_id *one;

    if (4 * (e->n + 1) > e->room) {
        struct erased old = *e;

        e->room = e->room ? 2 * e->room : 256;
        e->ids = xcalloc(e->room, sizeof(*e->ids));
        e->n = 0;
        for (size_t i = 0; i < old.room; i++)
            if (old.ids[i].kind)
                put(e, &old.ids[i]);
        free(old.ids);
    }
    one = place(e, id);
    e->n += !one->kind;
    /* Who was erased twice: the later one counts. Of somebody else then and erased since: erased.
     */
    if (one->kind && (id->other || (!one->other && one->requested_us > id->requested_us)))
        return;
    *one = *id;
    if (!id->other && id->requested_us > e->newest_us)
        e->newest_us = id->requested_us;
}

static enum err_code take(void *ctx, const struct erasure_id *id, struct err *err)
{
    struct erased *e = ctx;

    if (e->n >= IDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d identifiers were erased", IDS_MAX);
    put(e, id);
    return ERR_OK;
}

static enum err_code open_keys(struct erased *e, struct store *store, struct err *err)
{
    TRY(pseudonyms_open(store, &e->pseudonyms, err));
    erasure_quick_key(e->pseudonyms, e->key);
    return ERR_OK;
}

enum err_code erased_load(struct store *store, struct erased **out, struct err *err)
{
    TM_CLEANUP(erased_freep) struct erased *e = xcalloc(1, sizeof(*e));

    *out = NULL;
    TRY(store_erasure_ids_each(store, take, e, err));
    if (!e->n)
        return ERR_OK;
    TRY(open_keys(e, store, err));
    *out = e;
    e = NULL;
    return ERR_OK;
}

enum err_code erased_of(struct store *store, const struct erasure_id *ids, size_t n,
                        int64_t until_us, struct erased **out, struct err *err)
{
    TM_CLEANUP(erased_freep) struct erased *e = xcalloc(1, sizeof(*e));

    TRY(open_keys(e, store, err));
    for (size_t i = 0; i < n; i++) {
        struct erasure_id one = ids[i];

        one.requested_us = until_us;
        TRY(take(e, &one, err));
    }
    *out = e;
    e = NULL;
    return ERR_OK;
}

void erased_free(struct erased *erased)
{
    if (!erased)
        return;
    pseudonyms_close(erased->pseudonyms);
    free(erased->ids);
    free(erased);
}

void erased_freep(struct erased **erased)
{
    erased_free(*erased);
}

/* ---- looking ------------------------------------------------------------------------------ */

static const struct erasure_id *find_one(const struct erased *e, enum personal kind,
                                         struct str source, struct str value)
{
    struct erasure_id id = {.kind = kind, .quick = erasure_quick(e->key, kind, source, value)};
    const struct erasure_id *one;

    /* Nearly always the first place is free, and no more has to be known. */
    for (size_t at = (size_t)id.quick & (e->room - 1);; at = (at + 1) & (e->room - 1)) {
        if (!e->ids[at].kind)
            return NULL;
        if (e->ids[at].quick == id.quick)
            break;
    }
    if (!erasure_hash(e->pseudonyms, e->key, kind, source, value, &id))
        return NULL;
    one = place(e, &id);
    return one->kind ? one : NULL;
}

static const struct erasure_id *find(const struct erased *e, enum personal kind, struct str source,
                                     struct str value)
{
    const struct erasure_id *one = NULL;

    if (!value.n || !e->n)
        return NULL;
    if (personal_is_scoped(kind))
        one = find_one(e, kind, source, value);
    return one ? one : find_one(e, kind, STR_NONE, value);
}

bool erased_has(const struct erased *erased, enum personal kind, struct str source,
                struct str value, int64_t at_us)
{
    const struct erasure_id *one = find(erased, kind, source, value);

    return one && !one->other && at_us <= one->requested_us;
}

/* When the record's own time may be believed. */
static int64_t time_of(enum record_kind kind, const void *record, int64_t came_us)
{
    int64_t at = personal_time(kind, record);

    /* A profile that does not tell of its age bears the time of its message. */
    if (kind == RECORD_PERSON && came_us != TIME_NONE && at >= came_us) {
        struct person_record person = *(const struct person_record *)record;

        person.updated_at = TIME_NONE;
        at = personal_time(kind, &person);
    }
    if (at != TIME_NONE && came_us != TIME_NONE && at > came_us)
        return came_us;
    return at != TIME_NONE && at > timestamp_now() ? TIME_NONE : at;
}

enum { MATCH_NONE, MATCH_SOME, MATCH_OWN };

/* Whether the record is somebody's who was erased: MATCH_SOME when it names one beside another. */
static int match(const struct erased *e, enum record_kind kind, struct str source,
                 const void *record, int64_t at_us)
{
    const struct record_layout *layout = record_layout(kind);
    bool found = false, other = false;

    for (size_t i = 0; i < layout->column_count; i++) {
        enum personal what = personal_of(kind, i);
        const struct erasure_id *one;

        if (!personal_is_id(what) && (what != PERSONAL_ORDER || kind == RECORD_LINE))
            continue;
        one = find(e, what, source, record_text(kind, record, i));
        if (!one)
            continue;
        other |= one->other;
        /* Parts of an order that stays without a name stay so whenever they are told. */
        found |= !one->other &&
                 (what == PERSONAL_ORDER || at_us == TIME_NONE || at_us <= one->requested_us);
    }
    return !found ? MATCH_NONE : other ? MATCH_SOME : MATCH_OWN;
}

static void empty_all(const struct erased *e, enum record_kind kind, struct str source,
                      const void *record, bool own, union record_any *out)
{
    const struct record_layout *layout = record_layout(kind);

    memcpy(out, record, layout->size);
    for (size_t i = 0; i < layout->column_count; i++) {
        enum personal what = personal_of(kind, i);
        const struct erasure_id *one;

        if (what == PERSONAL_NOT || what == PERSONAL_ORDER || what == PERSONAL_TEXT)
            continue;
        one = personal_is_id(what) ? find(e, what, source, record_text(kind, record, i)) : NULL;
        if (own || (one && !one->other))
            record_empty(kind, out, i);
    }
}

enum erased_verdict erased_look(const struct erased *erased, enum record_kind kind,
                                struct str source, const void *record, int64_t came_us,
                                union record_any *out)
{
    int matched;

    if (!personal_any(kind))
        return ERASED_NOBODY;
    matched = match(erased, kind, source, record, time_of(kind, record, came_us));
    if (matched == MATCH_NONE)
        return ERASED_NOBODY;
    if (matched == MATCH_OWN && personal_goes(kind))
        return ERASED_KEPT_OUT;
    empty_all(erased, kind, source, record, matched == MATCH_OWN, out);
    return ERASED_EMPTIED;
}
