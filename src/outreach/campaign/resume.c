/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/resume.h"

#include "outreach/campaign/plan_parts.h"
#include "outreach/campaign/schedule.h"

/* What fell due while it was put off goes out at once unless it is more than that: then it is put
 * off again. */
#define RESUME_SLACK_US (10 * 60 * US_PER_SECOND)

enum err_code resume_say(struct outbox *outbox, int64_t id, const char *by, int64_t now_us,
                         struct err *err)
{
    enum campaign_state state;

    TRY(outbox_campaign(outbox, id, &state, err));
    return state == CAMPAIGN_PAUSED ? resuming_set(outbox, id, by, now_us, err) : ERR_OK;
}

enum err_code resume_take_back(struct outbox *outbox, int64_t id, bool over, struct err *err)
{
    TRY(resuming_drop(outbox, id, err));
    return over ? put_off_drop(outbox, id, err) : ERR_OK;
}

/* ---- one thing after the other ------------------------------------------------------------ */

/* Times that are given away later come after those that are put off. */
static enum err_code put_off_slots(const struct resume_work *w, int64_t step, int64_t by_us,
                                   struct err *err)
{
    struct piece was, piece;
    struct slots slots;
    bool done;

    TRY(piece_get(w->outbox, w->id, step, &was, err));
    if (was.stage == PIECE_WAITS)
        return ERR_OK;
    piece = was;
    TRY(slots_read(&slots, w->campaign->per_hour, was.slots, err));
    slots_put_off(&slots, by_us);
    slots_write(&slots, piece.slots);
    return piece_put(w->outbox, &was, &piece, &done, err);
}

static enum err_code begin_steps(const struct resume_work *w, const struct put_off *late,
                                 struct err *err)
{
    int64_t by_us = w->now_us - late->first_us;

    for (size_t i = 0; i < late->n; i++) {
        TRY(put_off_add(w->outbox, w->id, late->steps[i], by_us, err));
        TRY(put_off_slots(w, late->steps[i], by_us, err));
    }
    return ERR_OK;
}

static enum err_code go_on(const struct resume_work *w, const char *by, struct err *err)
{
    TRY(outbox_campaign_set(w->outbox, w->id, CAMPAIGN_RUNNING, by, err));
    return resuming_drop(w->outbox, w->id, err);
}

/* Another may have done it, or taken the word back, since `late` was read. */
static enum err_code next(const struct resume_work *w, const struct put_off *late, bool *out_left,
                          struct err *err)
{
    struct resuming said;
    bool pending;

    TRY(resuming_get(w->outbox, w->id, &said, err));
    *out_left = said.wanted;
    if (!said.wanted)
        return ERR_OK;
    TRY(put_off_pending(w->outbox, w->id, &pending, err));
    if (pending)
        return put_off_batch(w->outbox, w->id, &pending, err);
    *out_left = late->n > 0;
    return late->n ? begin_steps(w, late, err) : go_on(w, said.by, err);
}

/* Which steps are late is found out before the file is taken. */
static enum err_code look(const struct resume_work *w, bool *out_any, struct put_off *out,
                          struct err *err)
{
    struct resuming said;
    bool pending;
    int64_t before_us;

    *out = (struct put_off){.n = 0};
    TRY(resuming_get(w->outbox, w->id, &said, err));
    TRY(put_off_pending(w->outbox, w->id, &pending, err));
    *out_any = said.wanted;
    if (!said.wanted || pending || !w->campaign || !w->campaign->per_hour)
        return ERR_OK;
    before_us = w->now_us - RESUME_SLACK_US;
    if (before_us < said.since_us)
        before_us = said.since_us;
    return put_off_look(w->outbox, w->id, before_us, out, err);
}

static enum err_code step(const struct resume_work *w, bool *out_left, struct err *err)
{
    struct put_off late;
    int64_t from_us;
    enum err_code rc;

    TRY(look(w, out_left, &late, err));
    if (!*out_left)
        return ERR_OK;
    TRY(outbox_begin(w->outbox, err));
    from_us = timestamp_now();
    rc = outbox_end(w->outbox, next(w, &late, out_left, err), err);
    if (*out_left)
        plan_let_others(timestamp_now() - from_us);
    return rc;
}

enum err_code resume_do(const struct resume_work *w, bool *out_left, struct err *err)
{
    int64_t from_us = timestamp_now();

    do {
        TRY(step(w, out_left, err));
        if (*out_left && w->stops && w->stops(w->ctx))
            return ERR_OK;
    } while (*out_left && (!w->patience_us || timestamp_now() - from_us < w->patience_us));
    return ERR_OK;
}
