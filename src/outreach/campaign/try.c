/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/campaign/try.h"

#include "outreach/sender/trial.h"

enum err_code campaign_try(struct store *store, const struct settings *settings,
                           const struct campaign_file *file, const char *to, const char *base,
                           campaign_take_tried *take, void *ctx, struct err *err)
{
    const char *message;

    if (!file->campaign) {
        *err = file->broken;
        return err->code;
    }
    for (size_t i = 0; (message = campaign_message(file->campaign, i)); i++) {
        const struct trial trial = {.address = to,
                                    .message = message,
                                    .language = "",
                                    .base = base,
                                    .transactional = !base[0]};
        struct campaign_tried tried = {.message = message};

        TRY(trial_send(store, settings, &trial, &tried.answer, err));
        TRY(take(ctx, &tried, err));
    }
    return ERR_OK;
}

static bool sends_email(const struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->send_count; i++)
        for (size_t c = 0; c < campaign->sends[i].channel_count; c++)
            if (strcmp(campaign->sends[i].channels[c], "email") == 0)
                return true;
    return false;
}

enum err_code campaign_believed(struct store *store, const struct settings *settings,
                                const struct campaign_file *file, const struct preflight_dns *dns,
                                struct err *err)
{
    if (!file->campaign || strcmp(file->kept.seen, file->digest) != 0 ||
        !sends_email(file->campaign))
        return ERR_OK;
    return trial_believed(store, settings, dns, err);
}

void campaign_tried_json(const struct campaign_tried *tried, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "message", tried->message);
    json_key_stringz(w, "outcome", claim_outcome_word(tried->answer.outcome));
    json_key_stringz(w, "answer", tried->answer.text);
    json_end_object(w);
}
