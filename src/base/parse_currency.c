/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/parse_currency.h"

#include "base/money.h"

/* Longer ones before those that they begin or end with. */
static const char *const signs[] = {
    "US$",  "CA$", "AU$",  "NZ$",  "HK$", "MX$",  "A$",   "C$",   "R$",  "S$",  "$",   "€",
    "£",    "¥",   "฿",    "₹",    "₽", "₺",    "₪",    "₩",    "₫",   "₱",   "₦",   "₴",
    "₸",    "zł",  "Kč",   "Ft",   "lei", "kr.",  "kr",   "лв",   "RM",  "Rp.", "Rp",  "Rs.",
    "Rs",   "Fr.", "SFr.", "Dhs.", "Dhs", "SR",   "บาท",  "د.إ",  "ر.س", "د.ك", "د.ب", "ر.ق",
    "ر.ع.", "ج.م", "د.أ",  "د.ا",  "د.ت", "د.م.", "درهم", "ريال",
};

static bool is_code(struct str s)
{
    return s.n == 3 && currency_decimals(s) >= 0;
}

size_t parse_currency_before(struct str s)
{
    if (s.n > 3 && !isalpha((unsigned char)s.p[3]) && is_code((struct str){s.p, 3}))
        return 3;
    for (size_t i = 0; i < TM_COUNT(signs); i++)
        if (str_starts(s, signs[i]))
            return strlen(signs[i]);
    return 0;
}

size_t parse_currency_after(struct str s)
{
    if (s.n > 3 && !isalpha((unsigned char)s.p[s.n - 4]) && is_code((struct str){s.p + s.n - 3, 3}))
        return 3;
    for (size_t i = 0; i < TM_COUNT(signs); i++)
        if (str_ends(s, signs[i]))
            return strlen(signs[i]);
    return 0;
}
