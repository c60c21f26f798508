/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/duty.h"

#include "base/timestamp.h"
#include "intake/erased.h"

enum { WHO_MAX = 1 << 20 };

enum err_code duty_named(struct store *store, int64_t duty, struct who *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(WHO_MAX);

    TRY(store_duty_who(store, duty, &text, err));
    return text.n ? who_read(buf_str(&text), out, err) : ERR_OK;
}

enum err_code duty_person(struct store *store, struct engine *engine, int64_t duty, struct who *who,
                          struct err *err)
{
    TM_CLEANUP(who_release) struct who named = WHO_INIT;

    TRY(duty_named(store, duty, &named, err));
    return who_find_all(engine, named.ids, named.n, who, err);
}

/* ---- settling ----------------------------------------------------------------------------- */

static enum err_code is_erased(struct store *store, const struct erased *erased, int64_t duty,
                               int64_t since_us, bool *out, struct err *err)
{
    TM_CLEANUP(who_release) struct who named = WHO_INIT;

    *out = false;
    TRY(duty_named(store, duty, &named, err));
    /* An order that lost its person with somebody else's erasure tells nothing of this one. */
    for (size_t i = 0; i < named.n; i++)
        *out |= named.ids[i].kind != PERSONAL_ORDER &&
                erased_has(erased, named.ids[i].kind, named.ids[i].source, named.ids[i].value,
                           since_us);
    return ERR_OK;
}

static bool waits(const struct duty *duty)
{
    return duty->kind != DUTY_ERASE_SHOP && duty->state != DUTY_DONE && duty->state != DUTY_WORKING;
}

static enum err_code settle(struct store *store, const struct erased *erased, struct duty *duties,
                            size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        bool gone = false;

        if (waits(&duties[i]))
            TRY(is_erased(store, erased, duties[i].id, duties[i].received_us, &gone, err));
        if (!gone)
            continue;
        duties[i].state = DUTY_DONE;
        snprintf(duties[i].actor, sizeof(duties[i].actor), "%s", DUTY_AUTOMATICALLY);
        TRY(store_duty_update(store, &duties[i], err));
    }
    return ERR_OK;
}

enum err_code duties_settle(struct store *store, struct err *err)
{
    TM_CLEANUP(erased_freep) struct erased *erased = NULL;
    struct duty *duties = xcalloc(DUTIES_LISTED, sizeof(*duties));
    size_t n = 0;
    enum err_code rc = store_duties_settle(store, err);

    if (rc == ERR_OK)
        rc = store_duties_list(store, duties, DUTIES_LISTED, &n, err);
    while (n > 0 && !waits(&duties[n - 1]))
        n--;
    if (rc == ERR_OK && n)
        rc = erased_load(store, &erased, err);
    if (rc == ERR_OK && erased)
        rc = settle(store, erased, duties, n, err);
    free(duties);
    return rc;
}

/* ---- telling ------------------------------------------------------------------------------ */

bool duty_is_late(const struct duty *duty)
{
    return duty->state != DUTY_DONE && duty->due_us < timestamp_now();
}

void duty_json(const struct duty *duty, const struct who *named, bool file, struct json_writer *w)
{
    json_begin_object(w);
    json_key_int(w, "duty", duty->id);
    json_key_int(w, "source", duty->source);
    json_key_stringz(w, "kind", duty_kind_name(duty->kind));
    json_key_stringz(w, "state", duty_state_name(duty->state));
    json_key_time(w, "received_at", duty->received_us);
    json_key_time(w, "due_at", duty->due_us);
    json_key_bool(w, "late", duty_is_late(duty));
    json_key_time(w, "done_at", duty->done_us);
    json_key_stringz(w, "actor", duty->actor);
    json_key_int(w, "job", duty->job);
    json_key_int(w, "erasure", duty->erasure);
    json_key_bool(w, "nothing", duty->nothing);
    json_key_bool(w, "file", file);
    json_key_stringz(w, "problem", duty->problem);
    json_key(w, "who");
    json_begin_array(w);
    for (size_t i = 0; named && i < named->n; i++)
        if (named->ids[i].kind != PERSONAL_ORDER)
            json_string(w, named->ids[i].value);
    json_end_array(w);
    json_end_object(w);
}
