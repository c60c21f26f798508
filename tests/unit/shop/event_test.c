/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/event.h"

#include "tap.h"

static const char *const names[][2] = {
    {"view_item", "product_view"},
    {"add_to_cart", "cart_add"},
    {"view_cart", "cart_view"},
    {"begin_checkout", "checkout_start"},
    {"purchase", "order_complete"},
    {"refund", "order_refund"},
    {"sign_up", "sign_up"},
    {"view_search_results", "search"},
    {"page_view", "page_view"},
    {"session_start", "session_start"},
    {"Product Viewed", "product_view"},
    {"Products Searched", "search"},
    {"Product Added", "cart_add"},
    {"Cart Viewed", "cart_view"},
    {"Checkout Started", "checkout_start"},
    {"Order Completed", "order_complete"},
    {"Order Refunded", "order_refund"},
    {"Signed Up", "sign_up"},
    {"Application Opened", "app_open"},
    {"Viewed Product", "product_view"},
    {"Added Product", "cart_add"},
    {"Started Order", "checkout_start"},
    {"Completed Order", "order_complete"},
    {"Placed Order", "order_complete"},
    {"checkout_completed", "order_complete"},
    {"AddToCart", "cart_add"},
    {"order_complete", "order_complete"},
    {"  Coupon  Applied! ", "coupon_applied"},
    {"view_item_list", "view_item_list"},
    {"Scroll-Depth 50%", "scroll_depth_50"},
    {"สั่งซื้อ แล้ว", "สั่งซื้อ_แล้ว"},
    {"", ""},
};

static const char *const flows[][2] = {
    {"Abandoned Cart - 3 mails", "cart"},
    {"Abandoned Checkout Reminder", "cart"},
    {"Basket recovery", "cart"},
    {"سلة متروكة", "cart"},
    {"ตะกร้าค้าง", "cart"},
    {"Warenkorbabbrecher", "cart"},
    {"Relance PANIER abandonné", "cart"},
    {"Carrito abandonado", "cart"},
    {"Browse abandonment", "browse"},
    {"Abandoned product view", "browse"},
    {"Produktansicht ohne Kauf", "browse"},
    {"Abandon de navigation", "browse"},
    {"تصفح بدون شراء", "browse"},
    {"เรียกดูแล้วไม่ซื้อ", "browse"},
    {"Welcome Series", "welcome"},
    {"Thank you for subscribing", "welcome"},
    {"Willkommensserie", "welcome"},
    {"Série de bienvenue", "welcome"},
    {"Bienvenida", "welcome"},
    {"رسائل الترحيب", "welcome"},
    {"อีเมลต้อนรับ", "welcome"},
    {"Win-back", "win_back"},
    {"Customer Winback 90d", "win_back"},
    {"We miss you!", "win_back"},
    {"Rückgewinnung", "win_back"},
    {"RÜCKGEWINNUNG", "win_back"},
    {"Reconquête clients", "win_back"},
    {"Reactivación", "win_back"},
    {"استعادة العملاء", "win_back"},
    {"ดึงลูกค้ากลับ", "win_back"},
    {"Post purchase thank you", "post_purchase"},
    {"Post-Purchase | Review", "post_purchase"},
    {"Dankeschön nach dem Kauf", "post_purchase"},
    {"Demande d'avis client", "post_purchase"},
    {"Gracias por tu compra", "post_purchase"},
    {"شكرا لك", "post_purchase"},
    {"ขอบคุณหลังการซื้อ", "post_purchase"},
    {"Replenishment", "replenishment"},
    {"Réassort", "replenishment"},
    {"Nachbestellung", "replenishment"},
    {"ซื้อซ้ำ", "replenishment"},
    {"VIP", "vip"},
    {"Become a VIP!", "vip"},
    {"Loyalty tier up", "vip"},
    {"วีไอพี", "vip"},
    {"كبار العملاء", "vip"},
    {"Birthday", "other"},
    {"Back in stock", "other"},
    {"", "other"},
};

int main(void)
{
    char out[EVENT_NAME_MAX], longest[5000];
    struct str got;

    for (size_t i = 0; i < TM_COUNT(names); i++) {
        got = event_canonical(str_of(names[i][0]), out);
        CHECK_MSG(str_eqz(got, names[i][1]), "%s is %s, got %.*s", names[i][0], names[i][1],
                  (int)got.n, got.p);
    }
    for (size_t i = 0; i < TM_COUNT(flows); i++)
        CHECK_MSG(strcmp(flow_kind_of(str_of(flows[i][0])), flows[i][1]) == 0, "%s is %s, got %s",
                  flows[i][0], flows[i][1], flow_kind_of(str_of(flows[i][0])));
    memset(longest, 'X', sizeof(longest));
    got = event_canonical((struct str){longest, sizeof(longest)}, out);
    CHECK(got.n > 0 && got.n < EVENT_NAME_MAX && got.p[0] == 'x');
    memset(longest, 0xE0, sizeof(longest));
    CHECK(event_canonical((struct str){longest, sizeof(longest)}, out).n < EVENT_NAME_MAX);
    CHECK_STR(flow_kind_of((struct str){longest, sizeof(longest)}), "other");
    return tap_done();
}
