/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Other shops as JSON: a place among five or more, and the marks of the levels for every figure. */
#include "report/json_parts.h"
#include "report/peers.h"
#include "report/words_peers.h"

static void standing(struct json_writer *w, const struct page *page, const struct peer_standing *s)
{
    const struct practice *p = peer_practice(page, s);
    const struct indicator *in = peer_indicator(page, s);
    double anchors[3];

    for (int level = 2; level <= 4; level++)
        anchors[level - 2] = page_cut_value(page, in, level);
    json_begin_object(w);
    json_key_stringz(w, "practice", p->id);
    json_key_stringz(w, "measure", in->measure);
    json_key_double(w, "value", s->value);
    json_key_stringz(w, "group", peer_told(s) ? peer_group_names[s->group] : NULL);
    json_key_int(w, "shops", peer_told(s) ? (int64_t)s->shops : 0);
    json_key_double(w, "better_than_low", s->worse.low);
    json_key_double(w, "better_than_high", s->worse.high);
    json_key_double(w, "median", s->median);
    json_key_doubles(w, "anchors", anchors, 3);
    json_key_stringz(w, "basis", p->citation.basis);
    json_key_stringz(w, "mark", p->citation.mark);
    json_key_stringz(w, "source", p->citation.source);
    json_end_object(w);
}

void json_peers(struct json_writer *w, const struct page *page)
{
    const struct peers *peers = page->options->peers;

    json_begin_object(w);
    json_key_int(w, "shops", (int64_t)peers->shops);
    json_key_int(w, "shops_needed", PEERS_MIN);
    json_key(w, "measures");
    json_begin_array(w);
    for (size_t i = 0; i < peers->count; i++)
        standing(w, page, &peers->items[i]);
    json_end_array(w);
    json_end_object(w);
}

enum err_code report_peers_json(const struct assessment *a, const struct report_options *options,
                                struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);
    struct page page;
    enum err_code code;

    TRY(page_open(a, options, &page, err));
    json_peers(&w, &page);
    buf_addc(out, '\n');
    code = page_check(&page, err);
    page_close(&page);
    return code ? code : buf_check(out, err);
}
