/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* serving_ads.c - what the server's worker does for advertising places: a segment's list made anew.
 * What it says is kept with the job, so it names nobody. */
#include "audience/members.h"
#include "cmd/cmd.h"
#include "cmd/serving.h"
#include "outreach/ads/list.h"

static void report(const struct ads_made *made, struct buf *out)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_int(&w, "members", made->members);
    json_key_int(&w, "on_list", made->counts.on);
    json_key_int(&w, "new", made->counts.new);
    json_key_int(&w, "taken_out", made->counts.gone);
    json_key_int(&w, "left_out", made->left_out);
    json_key_int(&w, "not_agreed", made->not_agreed);
    json_key_int(&w, "not_known_by", made->unknown);
    json_end_object(&w);
}

enum err_code serving_make_ads(void *serving, const struct web_ads *ads, struct buf *out,
                               struct err *err)
{
    struct serving *s = serving;
    struct ads_wish wish = {.store = s->ws.store,
                            .engine = s->ws.engine,
                            .country = s->ws.settings.country,
                            .by = ads->actor};
    struct ads_made made;
    char segment[24], without[24];

    snprintf(segment, sizeof(segment), "%" PRId64, ads->segment);
    snprintf(without, sizeof(without), "%" PRId64, ads->without);
    wish.segment = segment;
    wish.without = ads->without ? without : NULL;

    if (!ads_place_of(str_of(ads->place), &wish.place))
        return err_set(err, ERR_INVALID, "there is no advertising place \"%s\"", ads->place);
    TRY(serving_begin(s, err));
    progress_show(_("making the list"), 0);
    TRY(audience_prepare(s->ws.engine, err));
    TRY(ads_make(&wish, &made, err));
    report(&made, out);
    return ERR_OK;
}
