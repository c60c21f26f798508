/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/woo_status.h"

#include "shop/order.h"

struct str woo_status(struct import_run *run, struct str raw)
{
    const char *status = order_status_woo(raw);

    if (status)
        return str_of(status);
    if (str_starts(raw, "wc-"))
        raw = (struct str){raw.p + 3, raw.n - 3};
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
