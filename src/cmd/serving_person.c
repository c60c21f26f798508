/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* serving_person.c - what the server's worker does for one person: telling all that is kept, and
 * erasing it (docs/privacy.md). What it says is kept with the job, so it names nobody. */
#include "base/log.h"
#include "base/timestamp.h"
#include "cmd/cmd.h"
#include "cmd/person.h"
#include "cmd/retain.h"
#include "cmd/serving.h"
#include "privacy/forget_source.h"
#include "privacy/package.h"

enum { TRY_AGAIN_MINUTES = 10 };

/* ---- who it is ---------------------------------------------------------------------------- */

static enum err_code unknown(struct err *err)
{
    err_set(err, ERR_NOT_FOUND, "nobody here has that address or number");
    err_hint(err, "Name an e-mail address, a phone number, a customer number, a log-in or a "
                  "person's number.");
    return ERR_NOT_FOUND;
}

static enum err_code several(const struct who *who, struct err *err)
{
    struct buf list = BUF_INIT(1024);

    for (size_t i = 0; i < who->people_count; i++)
        buf_addf(&list, "%s%" PRIu64, i ? ", " : "", who->people[i]);
    err_set(err, ERR_AMBIGUOUS, "it may be several people: %s", buf_cstr(&list));
    err_hint(err, "Name the one by the number, which the person's page has in its address.");
    buf_release(&list);
    return ERR_AMBIGUOUS;
}

static enum err_code find(struct serving *s, const char *text, struct who *who, struct err *err)
{
    enum err_code rc = who_find(s->ws.engine, text, s->ws.settings.country, who, err);

    return rc == ERR_NOT_FOUND ? unknown(err) : rc == ERR_AMBIGUOUS ? several(who, err) : rc;
}

/* ---- export ------------------------------------------------------------------------------- */

enum err_code serving_package(struct serving *s, struct journal *journal, const struct who *who,
                              const char *path, struct buf *out, struct err *err)
{
    const struct export_ctx ctx = {.store = s->ws.store,
                                   .journal = journal,
                                   .engine = s->ws.engine,
                                   .settings = &s->ws.settings};
    struct person_export *made = xcalloc(1, sizeof(*made));
    struct json_writer w = JSON_WRITER(out);
    int64_t bytes = 0;
    enum err_code rc = export_person(&ctx, who, made, err);

    if (rc == ERR_OK)
        rc = package_write(made, path, &bytes, err);
    json_begin_object(&w);
    json_key_int(&w, "records", made->records);
    json_key_int(&w, "messages", made->messages);
    json_key_int(&w, "files", (int64_t)made->n);
    json_key_int(&w, "bytes", bytes);
    json_end_object(&w);
    person_export_release(made);
    free(made);
    return rc;
}

enum err_code serving_export_person(void *serving, const struct web_person *person,
                                    const char *path, struct buf *out, struct err *err)
{
    TM_CLEANUP(who_release) struct who who = WHO_INIT;
    struct serving *s = serving;

    TRY(serving_begin(s, err));
    progress_show(_("gathering what is kept of the person"), 0);
    TRY(find(s, person->who, &who, err));
    return serving_package(s, person->journal, &who, path, out, err);
}

/* ---- erase -------------------------------------------------------------------------------- */

static void forget(void *serving, const struct who *who)
{
    const struct serving *s = serving;

    web_forget(s->web, who);
}

struct erase_ctx serving_erase_ctx(struct serving *s, struct journal *journal)
{
    struct erase_ctx ctx = person_erase_ctx(&s->ws);

    ctx.journal = journal;
    ctx.hold = serving_hold_tables;
    ctx.hold_ctx = s;
    ctx.forget = forget;
    ctx.forget_ctx = s;
    return ctx;
}

/* Before its first step: who takes the server's place finds it. */
static enum err_code note_in_duty(struct serving *s, struct duty *duty, int64_t erasure,
                                  struct err *err)
{
    if (!duty)
        return ERR_OK;
    duty->erasure = erasure;
    return store_duty_update(s->ws.store, duty, err);
}

enum err_code serving_erase(struct serving *s, const struct erase_ctx *ctx,
                            const struct serving_erasing *what, struct erasure *e, struct err *err)
{
    const struct target target = engine_target_door(s->ws.target);
    int64_t n = 0;

    TRY(import_recover(s->ws.store, &target, err));
    if (!web_commit(s->web))
        return err_set(err, ERR_CANCELLED, "it was cancelled");
    memset(e, 0, sizeof(*e));
    snprintf(e->actor, sizeof(e->actor), "%s", what->actor);
    TRY(what->who ? erase_begin(ctx, what->who, e, err)
                  : forget_source_begin(ctx, what->source, e, err));
    TRY(note_in_duty(s, what->duty, e->id, err));
    s->tried_us = timestamp_now();
    TRY(erase_resume(ctx, &n, err));
    return person_erasure_get(s->ws.store, e->id, e, err);
}

static enum err_code erase_found(struct serving *s, const struct web_person *person,
                                 const struct who *who, struct erasure *e, struct buf *out,
                                 struct err *err)
{
    const struct erase_ctx ctx = serving_erase_ctx(s, person->journal);
    const struct serving_erasing what = {.who = who, .actor = person->actor};
    struct json_writer w = JSON_WRITER(out);
    bool any = false;

    TRY(erase_count(&ctx, who, e, &any, err));
    if (any && !person->dry_run)
        TRY(serving_erase(s, &ctx, &what, e, err));
    json_begin_object(&w);
    json_key_bool(&w, "nothing", !any);
    json_key(&w, person->dry_run || !any ? "found" : "erased");
    erasure_json(e, &w);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code serving_erase_person(void *serving, const struct web_person *person, struct buf *out,
                                   struct err *err)
{
    TM_CLEANUP(who_release) struct who who = WHO_INIT;
    struct serving *s = serving;
    struct erasure *e = xcalloc(1, sizeof(*e));
    enum err_code rc = serving_begin(s, err);

    progress_show(_("looking for what is kept of the person"), 0);
    if (rc == ERR_OK)
        rc = find(s, person->who, &who, err);
    if (rc == ERR_OK)
        rc = erase_found(s, person, &who, e, out, err);
    free(e);
    return rc;
}

enum err_code serving_retain_people(struct serving *s, int64_t *out_gone, struct err *err)
{
    const struct erase_ctx ctx = serving_erase_ctx(s, s->journal);

    return retain_people_daily(&s->ws, &ctx, s->drained_us, out_gone, err);
}

/* An erasure found something left, or the disk was full. It holds nobody up. */
void serving_try_erasures(struct serving *s, struct journal *journal)
{
    const struct erase_ctx ctx = serving_erase_ctx(s, journal);
    struct erasure *open = xcalloc(1, sizeof(*open));
    struct err err = ERR_INIT;
    bool found = false;
    int64_t n = 0;

    if (timestamp_now() - s->tried_us > TRY_AGAIN_MINUTES * 60 * US_PER_SECOND &&
        store_erasure_open(s->ws.store, open, &found, &err) == ERR_OK && found) {
        s->tried_us = timestamp_now();
        if (erase_resume(&ctx, &n, &err) != ERR_OK)
            log_line(LOG_ERROR, "privacy", "erasure=%" PRId64 " not finished: %s", open->id,
                     err.msg);
    }
    free(open);
}
