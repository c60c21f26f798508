/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any text as a campaign: what is read has somebody to write to and something to say; what is
 * refused says why. */
#include "fuzz.h"

#include "outreach/campaign/campaign.h"

static void whole(const struct campaign *c)
{
    struct buf json = BUF_INIT(8 << 20);
    struct json_writer w = JSON_WRITER(&json);

    MUST(c->include.n > 0 && c->send_count > 0 && campaign_message(c, 0));
    for (size_t i = 0; i < c->send_count; i++) {
        const struct campaign_send *s = &c->sends[i];
        double shares = 0;

        MUST(s->channel_count > 0 && s->variant_count > 0 && s->not_after_us > 0 && s->id);
        MUST((s->time == CAMPAIGN_AFTER) == (s->after_us > 0));
        for (size_t v = 0; v < s->variant_count; v++)
            shares += s->variants[v].share;
        MUST(fabs(shares - 100) < 1e-5);
    }
    campaign_write_json(c, &w);
    MUST(!json.failed);
    buf_release(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct campaign *campaign = NULL;
    struct err err = ERR_INIT;
    enum err_code rc =
        campaign_read((struct str){(const char *)data, size}, NULL, NULL, &campaign, &err);

    MUST((rc == ERR_OK) == (campaign != NULL));
    MUST(campaign || err.msg[0]);
    if (campaign)
        whole(campaign);
    campaign_free(campaign);
    return 0;
}
