/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* serving_duty.c - what the server's worker does for one request by law that came by a shop's
 * system (docs/privacy.md): a file of what is kept of a person, an erasure, the end of a source.
 * What it says is kept with the job, so it names nobody. */
#include "cmd/cmd.h"
#include "cmd/serving.h"
#include "privacy/duty.h"
#include "privacy/forget_source.h"

/* ---- one who wants to know ---------------------------------------------------------------- */

static enum err_code tell(struct serving *s, struct web_duty *wish, const struct who *who,
                          struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    progress_show(_("gathering what is kept of the person"), 0);
    wish->duty->nothing = who_is_nobody(who);
    if (!wish->duty->nothing)
        return serving_package(s, wish->journal, who, wish->path, out, err);
    json_begin_object(&w);
    json_key_bool(&w, "nothing", true);
    json_end_object(&w);
    return ERR_OK;
}

/* ---- one who is to be erased -------------------------------------------------------------- */

static enum err_code erase(struct serving *s, struct web_duty *wish, const struct who *who,
                           struct buf *out, struct err *err)
{
    const struct erase_ctx ctx = serving_erase_ctx(s, wish->journal);
    const struct serving_erasing what = {
        .who = who, .source = wish->duty->source, .actor = wish->duty->actor, .duty = wish->duty};
    struct erasure *e = xcalloc(1, sizeof(*e));
    struct json_writer w = JSON_WRITER(out);
    bool any = true;
    enum err_code rc = who ? erase_count(&ctx, who, e, &any, err) : ERR_OK;

    /* The request itself names the person, too, and goes with the rest. */
    if (rc == ERR_OK && any)
        rc = serving_erase(s, &ctx, &what, e, err);
    if (rc == ERR_OK) {
        json_begin_object(&w);
        json_key_bool(&w, "nothing", wish->duty->nothing);
        json_key(&w, "erased");
        erasure_json(e, &w);
        json_end_object(&w);
    }
    free(e);
    return rc;
}

static enum err_code erase_person(struct serving *s, struct web_duty *wish, const struct who *who,
                                  struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    progress_show(_("looking for what is kept of the person"), 0);
    wish->duty->nothing = who_is_nobody(who);
    wish->waits = wish->look && !wish->duty->nothing;
    if (!wish->waits)
        return erase(s, wish, who, out, err);
    json_begin_object(&w);
    json_key_bool(&w, "waits", true);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code serving_do_duty(void *serving, struct web_duty *wish, struct buf *out,
                              struct err *err)
{
    TM_CLEANUP(who_release) struct who who = WHO_INIT;
    struct serving *s = serving;

    TRY(serving_begin(s, err));
    if (wish->duty->kind == DUTY_ERASE_SHOP)
        return erase(s, wish, NULL, out, err);
    TRY(duty_person(s->ws.store, s->ws.engine, wish->duty->id, &who, err));
    return wish->duty->kind == DUTY_TELL ? tell(s, wish, &who, out, err)
                                         : erase_person(s, wish, &who, out, err);
}
