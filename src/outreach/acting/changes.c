/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* changes.c - who came into segments and left them, told to flows. */
#include "outreach/acting/acting_parts.h"

#include "audience/audience.h"
#include "store/memberships.h"

#define CHANGES "memberships" /* store/memberships.h */
enum { CHANGES_AT_ONCE = 64 };

/* What is said to a person who comes in is said once more to nobody: a segment that is gone by now
 * starts nothing. */
static enum err_code tell_change(struct acting *a, struct flow_driver *d,
                                 const struct membership_change *change, struct flow_counts *io,
                                 struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(AUDIENCE_TEXT_MAX);
    struct flow_happening h = {.kind = change->entered ? FLOW_ON_ENTERS : FLOW_ON_LEAVES,
                               .person = change->person,
                               .key = change->id,
                               .data = STR_NONE};
    struct named segment;
    struct err none = ERR_INIT;
    char number[24];
    enum err_code rc;

    snprintf(number, sizeof(number), "%" PRId64, change->segment);
    rc = store_named_find(a->store, NAMED_SEGMENT, number, &segment, &text, &none);
    if (rc == ERR_NOT_FOUND || !a->world.who(a->world.ctx, change->person, &h.who))
        return ERR_OK;
    if (rc != ERR_OK) {
        *err = none;
        return rc;
    }
    h.name = segment.name;
    return flow_happened(d, change->at_us, &h, io, err);
}

static enum err_code take_changes(struct acting *a, int64_t now_us, struct flow_counts *io,
                                  struct err *err)
{
    struct membership_change changes[CHANGES_AT_ONCE];
    struct flow_driver d = acting_driver(a);
    const uint64_t turn = a->world.turn(a->world.ctx);
    int64_t after;
    size_t n;

    (void)now_us; /* each by the time at which it was found out */
    TRY(run_cursor(a->outbox, CHANGES, &after, err));
    TRY(membership_changes(a->outbox, after, changes, CHANGES_AT_ONCE, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(tell_change(a, &d, &changes[i], io, err));
    if (n)
        TRY(run_cursor_set(a->outbox, CHANGES, changes[n - 1].id, err));
    TRY(acting_same_turn(a, turn, err));
    return acting_find_next(a, err);
}

static enum err_code expect_changes(struct acting *a, bool *out_any, struct err *err)
{
    struct membership_change changes[CHANGES_AT_ONCE];
    int64_t after;
    size_t n = 0;

    TRY(run_cursor(a->outbox, CHANGES, &after, err));
    TRY(membership_changes(a->outbox, after, changes, CHANGES_AT_ONCE, &n, err));
    for (size_t i = 0; i < n; i++)
        a->world.expect(a->world.ctx, changes[i].person);
    *out_any = n > 0;
    return ERR_OK;
}

enum err_code acting_changes(struct acting *a, int64_t now_us, struct acting_done *out,
                             struct err *err)
{
    bool any = false;
    enum err_code rc;

    TRY(outbox_begin(a->outbox, err));
    TRY(outbox_end(a->outbox, expect_changes(a, &any, err), err));
    if (!any)
        return ERR_OK;
    rc = acting_commit(a, take_changes, now_us, out, err);
    out->more = rc == ERR_BUSY || out->held.code == ERR_OK;
    if (rc == ERR_BUSY)
        *err = ERR_INIT;
    return rc == ERR_BUSY ? ERR_OK : rc;
}
