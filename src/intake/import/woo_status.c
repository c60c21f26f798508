/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/woo_status.h"

struct str woo_status(struct import_run *run, struct str raw)
{
    static const struct {
        const char *word, *status;
    } table[] = {
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

    if (str_starts(raw, "wc-"))
        raw = (struct str){raw.p + 3, raw.n - 3};
    for (size_t i = 0; i < TM_COUNT(table); i++)
        if (str_ieqz(raw, table[i].word))
            return str_of(table[i].status);
    import_note(run, "the order status \"%.*s\" is not known: such orders count as pending",
                (int)(raw.n < 40 ? raw.n : 40), raw.p);
    return STR_LIT("pending");
}

void woo_origin(struct import_run *run, struct str origin, struct order_record *order)
{
    static const struct {
        const char *shown, *type;
        bool names_source;
    } table[] = {
        {"Direct", "typein", false},   {"Organic:", "organic", true},
        {"Source:", "utm", true},      {"Referral:", "referral", true},
        {"Web admin", "admin", false}, {"Mobile app", "mobile_app", false},
    };

    for (size_t i = 0; i < TM_COUNT(table); i++) {
        size_t n = strlen(table[i].shown);

        if (origin.n < n || !str_ieqz((struct str){origin.p, n}, table[i].shown))
            continue;
        order->attribution = str_of(table[i].type);
        if (!table[i].names_source)
            return;
        char *source =
            arena_strdup(import_row_arena(run), str_trim((struct str){origin.p + n, origin.n - n}));
        for (char *p = source; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        order->utm_source = str_of(source);
        if (strcmp(table[i].type, "utm") != 0)
            order->utm_medium = order->attribution;
        return;
    }
}
