/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/product.h"

struct str product_address(struct str text)
{
    text = str_trim(text);
    if (text.n > PRODUCT_ADDRESS_MAX ||
        !(str_starts(text, "https://") || str_starts(text, "http://")))
        return STR_NONE;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ')
            return STR_NONE;
    return text;
}

struct str product_shopify_page(struct arena *arena, struct str handle)
{
    char path[PRODUCT_ADDRESS_MAX];
    int n = snprintf(path, sizeof(path), "/products/%.*s", (int)handle.n, handle.p);

    return handle.n && n > 0 && (size_t)n < sizeof(path) ? arena_str(arena, str_of(path))
                                                         : STR_NONE;
}
