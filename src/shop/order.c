/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/order.h"

#include "shop/channel.h"

struct status_word {
    const char *word, *status;
};

static const struct status_word shopify_words[] = {
    {"paid", "paid"},
    {"pending", "pending"},
    {"authorized", "pending"},
    {"partially_paid", "pending"},
    {"partially_refunded", "partially_refunded"},
    {"refunded", "refunded"},
    {"voided", "cancelled"},
    {"expired", "cancelled"},
};

static const struct status_word woo_words[] = {
    {"completed", "paid"},
    {"processing", "paid"},
    {"on-hold", "pending"},
    {"on hold", "pending"},
    {"pending", "pending"},
    {"pending payment", "pending"},
    {"cancelled", "cancelled"},
    {"canceled", "cancelled"},
    {"refunded", "refunded"},
    {"failed", "failed"},
    {"checkout-draft", "draft"},
    {"draft", "draft"},
    {"trash", "cancelled"},
    {"abgeschlossen", "paid"}, /* German */
    {"fertiggestellt", "paid"},
    {"in bearbeitung", "paid"},
    {"in wartestellung", "pending"},
    {"zahlung ausstehend", "pending"},
    {"storniert", "cancelled"},
    {"r\u00fcckerstattet", "refunded"},
    {"fehlgeschlagen", "failed"},
    {"termin\u00e9e", "paid"}, /* French */
    {"en cours", "paid"},
    {"en attente", "pending"},
    {"annul\u00e9e", "cancelled"},
    {"rembours\u00e9e", "refunded"},
    {"\u00e9chou\u00e9e", "failed"},
    {"completado", "paid"}, /* Spanish */
    {"procesando", "paid"},
    {"en espera", "pending"},
    {"pendiente de pago", "pending"},
    {"cancelado", "cancelled"},
    {"reembolsado", "refunded"},
    {"fallido", "failed"},
};

static const char *find(const struct status_word *words, size_t n, struct str word)
{
    for (size_t i = 0; i < n; i++)
        if (str_ieqz(word, words[i].word))
            return words[i].status;
    return NULL;
}

const char *order_status_shopify(struct str word)
{
    return find(shopify_words, TM_COUNT(shopify_words), word);
}

const char *order_status_woo(struct str word)
{
    if (str_starts(word, "wc-"))
        word = (struct str){word.p + 3, word.n - 3};
    return find(woo_words, TM_COUNT(woo_words), word);
}

void order_finish(struct order_record *order, struct str click_id)
{
    const struct touch touch = {order->utm_source, order->utm_medium, order->utm_campaign, click_id,
                                order->referrer};
    bool tells = order->utm_source.n > 0 || order->utm_medium.n > 0 || order->referrer.n > 0 ||
                 click_id.n > 0;

    if (order->kind.n == 0)
        order->kind = STR_LIT("sale");
    if (order->channel.n == 0 && tells)
        order->channel = str_of(channel_of(&touch));
    else if (order->channel.n == 0 && str_eqz(order->attribution, "typein"))
        order->channel = STR_LIT("Direct");
}
