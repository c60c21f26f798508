/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/life.h"

#include "base/i18n.h"
#include "outreach/campaign/resume.h"
#include "outreach/person/ready.h"
#include "store/settings.h"

/* ---- texts -------------------------------------------------------------------------------- */

/* The number of the text by that name, 0 for none. */
static enum err_code number_of(struct store *store, const char *name, int64_t *out_id,
                               struct err *err)
{
    TM_CLEANUP(buf_release) struct buf was = BUF_INIT(CAMPAIGN_TEXT_MAX);
    struct named named = {.id = 0};
    struct err none = ERR_INIT;
    enum err_code rc = store_named_find(store, NAMED_CAMPAIGN, name, &named, &was, &none);

    *out_id = rc == ERR_OK ? named.id : 0;
    if (rc == ERR_OK || rc == ERR_NOT_FOUND)
        return ERR_OK;
    *err = none;
    return rc;
}

enum err_code campaign_put(struct store *store, const struct campaign *campaign, struct str text,
                           int64_t id, const char *actor, int64_t *out_id, struct err *err)
{
    struct named named = {.kind = NAMED_CAMPAIGN, .id = id, .text = text};
    struct campaign_kept kept;

    if (!campaign->name[strspn(campaign->name, "0123456789")])
        return err_set(err, ERR_INVALID, "a campaign's name must not be a number");
    if (!id)
        TRY(number_of(store, campaign->name, &named.id, err));
    TRY(store_campaign_get(store, named.id, &kept, err));
    if (named.id && kept.stage != CAMPAIGN_DRAFT) {
        err_set(err, ERR_EXISTS, "the campaign \"%s\" was launched: its text stays as it is",
                campaign->name);
        err_hint(err, "keep the text under another name");
        return ERR_EXISTS;
    }
    snprintf(named.name, sizeof(named.name), "%s", campaign->name);
    snprintf(named.about, sizeof(named.about), "%s", campaign->about);
    snprintf(named.actor, sizeof(named.actor), "%s", actor);
    return store_named_put(store, &named, out_id, err);
}

enum err_code campaign_remove(struct store *store, int64_t id, struct err *err)
{
    struct campaign_kept kept;

    TRY(store_campaign_get(store, id, &kept, err));
    if (kept.stage == CAMPAIGN_LAUNCHED || kept.stage == CAMPAIGN_HELD) {
        err_set(err, ERR_EXISTS, "the campaign is on its way");
        err_hint(err, "cancel it first");
        return ERR_EXISTS;
    }
    TRY(store_named_remove(store, NAMED_CAMPAIGN, id, err));
    return store_campaign_remove(store, id, err);
}

enum err_code campaign_file_open(struct store *store, const char *name, struct buf *text,
                                 struct campaign_file *out, struct err *err)
{
    struct settings settings;

    *out = (struct campaign_file){.broken = ERR_INIT};
    TRY(settings_of(store, &settings, err));
    out->approval_from = settings.sending.approval_from;
    TRY(store_named_find(store, NAMED_CAMPAIGN, name, &out->named, text, err));
    TRY(store_campaign_get(store, out->named.id, &out->kept, err));
    digest_of(buf_str(text), out->digest);
    if (campaign_read(buf_str(text), NULL, NULL, &out->campaign, &out->broken) != ERR_OK)
        out->campaign = NULL; /* told by who needs it whole */
    return ERR_OK;
}

void campaign_file_close(struct campaign_file *file)
{
    campaign_free(file->campaign);
    file->campaign = NULL;
}

/* The store is asked by nobody else while it tells all it has. */
struct numbers {
    int64_t list[NAMED_MOST];
    size_t n;
};

static enum err_code note_number(void *ctx, const struct named *named, struct err *err)
{
    struct numbers *numbers = ctx;

    (void)err;
    if (numbers->n < NAMED_MOST)
        numbers->list[numbers->n++] = named->id;
    return ERR_OK;
}

static enum err_code take_one(struct store *store, int64_t id, campaign_take *take, void *ctx,
                              struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(CAMPAIGN_TEXT_MAX);
    struct campaign_file file;
    char number[24];
    enum err_code rc;

    snprintf(number, sizeof(number), "%" PRId64, id);
    TRY(campaign_file_open(store, number, &text, &file, err));
    rc = take(ctx, &file, buf_str(&text), err);
    campaign_file_close(&file);
    return rc;
}

enum err_code campaign_each(struct store *store, campaign_take *take, void *ctx, struct err *err)
{
    struct numbers *numbers = xcalloc(1, sizeof(*numbers));
    enum err_code rc = store_named_each(store, NAMED_CAMPAIGN, note_number, numbers, err);

    for (size_t i = 0; i < numbers->n && rc == ERR_OK; i++)
        rc = take_one(store, numbers->list[i], take, ctx, err);
    free(numbers);
    return rc;
}

/* ---- changes ------------------------------------------------------------------------------ */

static enum err_code put(struct store *store, struct campaign_file *file,
                         const struct campaign_kept *changed, struct err *err)
{
    TRY(store_campaign_put(store, changed, err));
    file->kept = *changed;
    file->kept.turn++;
    return ERR_OK;
}

static enum err_code must_be_draft(const struct campaign_file *file, struct err *err)
{
    if (file->kept.stage != CAMPAIGN_DRAFT)
        return err_set(err, ERR_EXISTS, "the campaign \"%s\" was launched already",
                       file->named.name);
    if (file->campaign)
        return ERR_OK;
    *err = file->broken;
    return err->code;
}

static enum err_code must_be_seen(const struct campaign_file *file, struct err *err)
{
    if (strcmp(file->kept.seen, file->digest) != 0) {
        err_set(err, ERR_INVALID, "whom the campaign reaches as it stands was not counted yet");
        err_hint(err, "look at its preview first");
        return ERR_INVALID;
    }
    if (file->kept.seen_people > 0)
        return ERR_OK;
    return err_set(err, ERR_INVALID, "the campaign is for nobody");
}

enum err_code campaign_seen(struct store *store, struct campaign_file *file, int64_t people,
                            int64_t now_us, struct err *err)
{
    struct campaign_kept k = file->kept;

    if (k.stage != CAMPAIGN_DRAFT) /* looking changes nothing any more */
        return ERR_OK;
    snprintf(k.seen, sizeof(k.seen), "%s", file->digest);
    k.seen_people = people;
    k.seen_us = now_us;
    return put(store, file, &k, err);
}

enum err_code campaign_approve(struct store *store, struct campaign_file *file, const char *by,
                               int64_t now_us, struct err *err)
{
    struct campaign_kept k = file->kept;

    TRY(must_be_draft(file, err));
    TRY(must_be_seen(file, err));
    if (strcmp(by, file->named.actor) == 0)
        return err_set(err, ERR_DENIED, "who changed a campaign last does not approve it");
    snprintf(k.approved, sizeof(k.approved), "%s", file->digest);
    snprintf(k.approved_by, sizeof(k.approved_by), "%s", by);
    k.approved_us = now_us;
    return put(store, file, &k, err);
}

static enum err_code messages_ready(struct store *store, const struct campaign *campaign,
                                    struct err *err)
{
    const char *name;

    for (size_t i = 0; (name = campaign_message(campaign, i)); i++)
        TRY(message_ready(store, name, true, err));
    return ERR_OK;
}

bool campaign_needs_second(const struct campaign_file *file)
{
    const bool seen = strcmp(file->kept.seen, file->digest) == 0;
    const int from = file->approval_from;

    return file->campaign && (file->campaign->needs_second || from == 1 ||
                              (from > 0 && seen && file->kept.seen_people >= from));
}

static enum err_code may_launch(const struct campaign_file *file, struct zone *zone, int64_t now_us,
                                struct err *err)
{
    const struct campaign_send *first;

    TRY(must_be_draft(file, err));
    TRY(must_be_seen(file, err));
    if (campaign_needs_second(file) && strcmp(file->kept.approved, file->digest) != 0)
        return err_set(err, ERR_INVALID,
                       "somebody else than who changed it last must approve the campaign");
    first = &file->campaign->sends[0];
    /* By people's own clocks it may be half a day later. */
    if (first->time == CAMPAIGN_AT && zone_to_utc(zone, &first->at) + first->not_after_us +
                                              (first->persons_clock ? US_PER_DAY / 2 : 0) <
                                          now_us)
        return err_set(err, ERR_INVALID, "the time of the first message is over");
    return ERR_OK;
}

enum err_code campaign_launch(struct store *store, struct campaign_file *file, struct zone *zone,
                              const char *by, int64_t now_us, struct err *err)
{
    struct campaign_kept k = file->kept;

    TRY(may_launch(file, zone, now_us, err));
    TRY(messages_ready(store, file->campaign, err));
    k.stage = CAMPAIGN_LAUNCHED;
    snprintf(k.launched, sizeof(k.launched), "%s", file->digest);
    snprintf(k.launched_by, sizeof(k.launched_by), "%s", by);
    k.launched_us = now_us;
    k.expected = k.seen_people;
    TRY(put(store, file, &k, err));
    return store_named_switch(store, NAMED_CAMPAIGN, k.id, NAMED_ON, by, err);
}

enum err_code campaign_confirm(struct store *store, struct campaign_file *file, struct err *err)
{
    struct campaign_kept k = file->kept;

    if (k.stage != CAMPAIGN_HELD)
        return err_set(err, ERR_INVALID, "the campaign does not wait for a word");
    k.stage = CAMPAIGN_LAUNCHED;
    if (k.held_people > k.expected)
        k.expected = k.held_people;
    k.held_people = -1;
    k.held_why[0] = '\0';
    return put(store, file, &k, err);
}

static enum err_code must_be_on_its_way(const struct campaign_file *file, struct err *err)
{
    if (file->kept.stage == CAMPAIGN_LAUNCHED || file->kept.stage == CAMPAIGN_HELD)
        return ERR_OK;
    return err_set(err, ERR_INVALID, "the campaign \"%s\" is not on its way", file->named.name);
}

static enum err_code tell_paused(struct outbox *outbox, int64_t id, bool paused, const char *by,
                                 int64_t now_us, struct err *err)
{
    if (!paused)
        return resume_say(outbox, id, by, now_us, err);
    TRY(outbox_campaign_set(outbox, id, CAMPAIGN_PAUSED, by, err));
    return resume_take_back(outbox, id, false, err);
}

enum err_code campaign_pause(struct outbox *outbox, struct campaign_file *file, bool paused,
                             const char *by, int64_t now_us, struct err *err)
{
    const int64_t id = file->named.id;
    bool left;

    TRY(must_be_on_its_way(file, err));
    TRY(outbox_begin(outbox, err));
    TRY(outbox_end(outbox, tell_paused(outbox, id, paused, by, now_us, err), err));
    if (paused)
        return ERR_OK;
    return resume_do(&(struct resume_work){.outbox = outbox,
                                           .id = id,
                                           .campaign = file->campaign,
                                           .now_us = now_us,
                                           .patience_us = CAMPAIGN_RESUME_US},
                     &left, err);
}

static enum err_code end_in_outbox(struct outbox *outbox, int64_t id, const char *by,
                                   struct err *err)
{
    TRY(outbox_campaign_set(outbox, id, CAMPAIGN_ENDED, by, err));
    return resume_take_back(outbox, id, true, err);
}

/* The outbox first: nothing goes out any more, whatever comes after. */
enum err_code campaign_cancel(struct store *store, struct outbox *outbox,
                              struct campaign_file *file, const char *by, int64_t now_us,
                              struct err *err)
{
    struct campaign_kept k = file->kept;

    TRY(must_be_on_its_way(file, err));
    TRY(outbox_begin(outbox, err));
    TRY(outbox_end(outbox, end_in_outbox(outbox, k.id, by, err), err));
    k.stage = CAMPAIGN_CANCELLED;
    k.ended_us = now_us;
    TRY(put(store, file, &k, err));
    return store_named_switch(store, NAMED_CAMPAIGN, k.id, NAMED_ENDED, by, err);
}

enum err_code campaign_hold(struct store *store, struct campaign_file *file, const char *why,
                            int64_t people, struct err *err)
{
    struct campaign_kept k = file->kept;

    k.stage = CAMPAIGN_HELD;
    k.held_people = people;
    snprintf(k.held_why, sizeof(k.held_why), "%s", why);
    return put(store, file, &k, err);
}

enum err_code campaign_finish(struct store *store, struct campaign_file *file, int64_t now_us,
                              struct err *err)
{
    struct campaign_kept k = file->kept;

    k.stage = CAMPAIGN_FINISHED;
    k.ended_us = now_us;
    TRY(put(store, file, &k, err));
    return store_named_switch(store, NAMED_CAMPAIGN, k.id, NAMED_ENDED, k.launched_by, err);
}

/* ---- as people see it --------------------------------------------------------------------- */

static const struct {
    const char *word, *text;
} statuses[CAMPAIGN_STATUSES] = {
    [CAMPAIGN_IS_DRAFT] = {"draft", N_("draft")},
    [CAMPAIGN_IS_APPROVED] = {"approved", N_("approved")},
    [CAMPAIGN_IS_SCHEDULED] = {"scheduled", N_("scheduled")},
    [CAMPAIGN_IS_SENDING] = {"sending", N_("being sent")},
    [CAMPAIGN_IS_PAUSED] = {"paused", N_("paused")},
    [CAMPAIGN_IS_HELD] = {"held", N_("waits for a word")},
    [CAMPAIGN_IS_CANCELLED] = {"cancelled", N_("cancelled")},
    [CAMPAIGN_IS_FINISHED] = {"finished", N_("finished")},
};

enum campaign_status campaign_status(const struct campaign_file *file, enum campaign_state outbox,
                                     bool begun)
{
    switch (file->kept.stage) {
    case CAMPAIGN_HELD:
        return CAMPAIGN_IS_HELD;
    case CAMPAIGN_CANCELLED:
        return CAMPAIGN_IS_CANCELLED;
    case CAMPAIGN_FINISHED:
        return CAMPAIGN_IS_FINISHED;
    case CAMPAIGN_LAUNCHED:
        return outbox == CAMPAIGN_PAUSED ? CAMPAIGN_IS_PAUSED
               : begun                   ? CAMPAIGN_IS_SENDING
                                         : CAMPAIGN_IS_SCHEDULED;
    default:
        return strcmp(file->kept.approved, file->digest) == 0 ? CAMPAIGN_IS_APPROVED
                                                              : CAMPAIGN_IS_DRAFT;
    }
}

const char *campaign_status_word(enum campaign_status status)
{
    return statuses[status].word;
}

const char *campaign_status_text(enum campaign_status status)
{
    return _(statuses[status].text);
}
