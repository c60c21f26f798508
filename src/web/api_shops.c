/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_shops.c - which shops the server has, as far as the asker may know. */
#include "web/auth.h"

/* On a server for this machine alone all are shown; else only those that the browser is in. */
static enum err_code show(struct web *shop, struct request *q, struct json_writer *w,
                          struct err *err)
{
    bool inside;

    TRY(session_is_good(shop, q, &inside, err));
    if (!inside && shop->options->public_url)
        return ERR_OK;
    json_begin_object(w);
    json_key_stringz(w, "name", shop->shop->name);
    json_key_bool(w, "signed_in", inside);
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_shops(struct web *web, struct request *q, struct err *err)
{
    struct json_writer w = JSON_WRITER(&q->out);
    const struct site *site = web->site;

    json_begin_object(&w);
    json_key_bool(&w, "several", site->shop_count > 1);
    json_key_stringz(&w, "here", web->shop ? web->shop->name : NULL);
    json_key(&w, "shops");
    json_begin_array(&w);
    for (size_t i = 0; site->shop_count > 1 && i < site->shop_count; i++)
        TRY(show(&site->shops[i], q, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}
