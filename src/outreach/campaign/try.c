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

const char *campaign_tried_word(const struct campaign_tried *tried)
{
    static const char *const words[] = {[CLAIM_ACCEPTED] = "accepted",
                                        [CLAIM_FAILED] = "failed",
                                        [CLAIM_LATER] = "later",
                                        [CLAIM_UNCERTAIN] = "uncertain"};

    return words[tried->answer.outcome];
}

void campaign_tried_json(const struct campaign_tried *tried, struct json_writer *w)
{
    json_begin_object(w);
    json_key_stringz(w, "message", tried->message);
    json_key_stringz(w, "outcome", campaign_tried_word(tried));
    json_key_stringz(w, "answer", tried->answer.text);
    json_end_object(w);
}
