/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "harness.h"

static void shopify_people(void)
{
    const struct import_file *f = import_z(
        "customers.csv",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,"
        "Default Address Country Code,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,"
        "Fecha (customer.metafields.facts.birth_date)\n"
        "'7210448301122,Ann,Lee,Ann@Example.com,yes,Bonn,DE,'+4915112345678,no,12.50,2,vip,2000-02-"
        "29\n"
        ",Bob,,,no,,,,,0.00,0,,\n");

    CHECK_STR(f->entry.format, "shopify_customers");
    CHECK_ROWS(f, 1, 0, 1, 0);
    CHECK_STORED("person profile_key=7210448301122 email=ann@example.com phone=+4915112345678 "
                 "customer_id=7210448301122 first_name=Ann last_name=Lee country=DE city=Bonn "
                 "tags=vip claimed_orders=2 birthday=02-29\n");
    CHECK_STORED("consent profile_key=7210448301122 email=ann@example.com phone=+4915112345678 "
                 "customer_id=7210448301122 channel=email state=granted\n");
    CHECK_STORED("channel=sms state=denied\n");
    f = import_z("template.csv", "First Name,Last Name,Email,Accepts Email Marketing,Phone\n"
                                 "Cy,Doe,cy@example.com,no,\n");
    CHECK_STR(f->entry.format, "shopify_customers");
    CHECK_STORED("person profile_key=cy@example.com email=cy@example.com first_name=Cy");
}

static void shopify_goods(void)
{
    const struct import_file *f =
        import_z("products.csv",
                 "Handle,Title,Vendor,Type,Variant SKU,Variant Price,Image Src,"
                 "Status\n"
                 "hat,Blue hat,Milliner,Hats,H1,10.005,https://cdn.example/a.png?v=1,active\n"
                 "hat,,,,H2,11.00,,\n"
                 "hat,,,,,,b.png,\n");

    CHECK_STR(f->entry.format, "shopify_products");
    CHECK_ROWS(f, 2, 1, 0, 0);
    CHECK_STORED("product product_key=hat sku=H1 title=Blue hat vendor=Milliner category=Hats "
                 "status=active price=10005000 url=/products/hat "
                 "image=https://cdn.example/a.png?v=1\n");
    CHECK_STORED("product product_key=hat sku=H2 title=Blue hat");
    import_z("paths.csv", "Handle,Title,Vendor,Type,Variant SKU,Variant Price,Image Src,Status\n"
                          "cap,Cap,Milliner,Hats,C1,1.00,javascript:alert(1),active\n");
    CHECK_STORED("status=active price=1000000 url=/products/cap\n");
    f = import_z("matrixify.csv", "ID,Handle,Command,Title,Vendor,Variant SKU,Variant Price,"
                                  "Top Row\n1,hat,MERGE,Hat,M,H,1,TRUE\n");
    CHECK(f->outcome == IMPORT_UNRECOGNISED);
    CHECK(strstr(f->err.msg, "Matrixify"));
}

static void woo_goods(void)
{
    const struct import_file *f = import_z(
        "woo.csv",
        "ID,Type,SKU,Name,Published,Visibility in catalog,Date sale price ends,In stock?,"
        "Sale price,Regular price,Categories,Images,Parent\n"
        "7,\"simple, virtual\",H1,Blue hat,1,visible,,1,8.50,10.00,\"Clothing > Hats, Sale\","
        "\"https://cdn.example/a.png, https://cdn.example/b.png\",\n"
        "8,variable,SH,Shirt,1,visible,,1,,,Shirts,https://cdn.example/s.png,\n"
        "9,variation,SH-L,\"Shirt - L\",1,visible,,1,,20.00,,https://cdn.example/l.png,SH\n"
        "10,variation,SH-S,\"Shirt - S\",1,visible,2026-04-01,1,15.00,19.00,,,id:8\n"
        "11,simple,,Sold,1,visible,,0,,5.00,,javascript:alert(1),\n"
        "12,simple,,Draft,-1,visible,,1,,5.00,,,\n"
        "13,variation,X-1,Orphan - X,1,visible,,1,,5.00,,,id:99\n"
        ",simple,,Nameless,1,visible,,1,,5.00,,,\n");

    CHECK_STR(f->entry.format, "woo_products");
    CHECK_ROWS(f, 7, 0, 1, 0);
    CHECK_STORED("product product_key=7 sku=H1 title=Blue hat category=Hats status=publish "
                 "price=8500000 product_id=7 image=https://cdn.example/a.png\n");
    CHECK_STORED("product product_key=8 sku=SH-L title=Shirt category=Shirts status=publish "
                 "price=20000000 product_id=8 image=https://cdn.example/s.png\n");
    CHECK_STORED("product product_key=8 sku=SH-S title=Shirt category=Shirts status=publish "
                 "price=19000000 ");
    CHECK_STORED(
        "product product_key=11 title=Sold status=outofstock price=5000000 product_id=11\n");
    CHECK_STORED("product product_key=12 title=Draft status=draft");
    CHECK_STORED("product product_key=13 sku=X-1 title=Orphan - X");
}

/* A report of days has no time: it is as new as its last day. */
static void flows(void)
{
    const struct import_file *f =
        import_z("flows.csv",
                 "Day,Flow ID,Flow Name,Flow Message ID,Flow Message Name,Flow Message Channel,"
                 "Status,Delivered,Unique Opens,Open Rate,Unique Clicks,Click Rate,Placed Order,"
                 "Placed Order Rate,Revenue,Revenue per Recipient,Unsub Rate,Complaint Rate,"
                 "Bounce Rate,Tags\n"
                 "2026-09-02,XyZ1,Abandoned Cart,M1,Mail 1,Email,Live,200,80,40%,20,10%,5,2.5%,"
                 "250.00,1.25,0.5%,0.0,0.02,\n"
                 "2026-09-01,XyZ1,Abandoned Cart,M1,Mail 1,Email,Live,200,80,40%,20,10%,5,2.5%,"
                 "250.00,1.25,0.5%,0.0,0.02,\n");

    CHECK_STR(f->entry.format, "klaviyo_flows");
    CHECK_ROWS(f, 2, 0, 0, 0);
    CHECK_INT(f->entry.newest_us, civil_to_utc(&(struct civil){2026, 9, 2, 0, 0, 0, 0}));
}

static void woo(void)
{
    const struct import_file *f;

    settings.currency[0] = 0;
    ctx.options.currency = "EUR";
    f = import_z("wc-orders-report-export.csv",
                 "Date,\"Order #\",\"N. Revenue (formatted)\",Status,Customer,\"Customer type\","
                 "Product(s),\"Items sold\",Coupon(s),\"Net Sales\",Attribution\n"
                 "\"2024-05-01 10:00:00\",101,\"\xE2\x82\xAC"
                 "30.00\",completed,\"Ann Lee\",new,"
                 "\"2\xC3\x97 Hat, blue, 1\xC3\x97 Scarf\",3,TEN,30.00,\"Organic: Google\"\n"
                 "\"2024-05-02 10:00:00\",102,x,fallido,,new,,0,,1.00,Direct\n");
    CHECK_STR(f->entry.format, "woo_analytics_orders");
    CHECK_ROWS(f, 2, 0, 0, 0);
    CHECK_STORED("order order_key=101 number=101 kind=sale status=paid "
                 "ordered_at=2024-05-01T10:00:00Z currency=EUR subtotal=3000 total=3000 "
                 "discount_code=TEN utm_source=google utm_medium=organic attribution=organic "
                 "channel=Organic Search\n");
    CHECK_STORED("line order_key=101 title=Hat, blue quantity=2 currency=EUR\n");
    CHECK_STORED("line order_key=101 title=Scarf quantity=1 currency=EUR\n");
    CHECK_STORED("order order_key=102 number=102 kind=sale status=failed");
    ctx.options.currency = NULL;
    f = import_z("customers.csv", "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,"
                                  "Country / Region,City,Region,Postal Code\n"
                                  "Ann Lee,ann,2024-05-01 10:00:00,2023-01-02 03:04:05,"
                                  "ann@example.com,2,30.00,15.00,DE,Bonn,,53111\n");
    CHECK_STR(f->entry.format, "woo_analytics_customers");
    CHECK_STORED("person profile_key=ann@example.com email=ann@example.com user_id=ann");
    f = import_z(
        "webtoffee.csv",
        "order_id,order_number,order_date,paid_date,status,shipping_total,tax_total,order_total,"
        "order_currency,customer_id,customer_email,billing_country,refund_items,"
        "meta:_wc_order_attribution_source_type,meta:_wc_order_attribution_utm_source,"
        "item_product_id,item_name,item_sku,item_quantity,item_subtotal,item_total\n"
        "55,1055,2024-05-01 10:00:00,,wc-processing,5.00,0,25.00,EUR,0,Ann@Example.com,DE,"
        "date:2024-05-03|amount:-4.00|reason:torn;amount:-1.50,typein,(direct),7,Hat,H,2,20.00,"
        "18.00\n"
        "55,1055,2024-05-01 10:00:00,,wc-processing,5.00,0,25.00,EUR,0,Ann@Example.com,DE,,,,8,"
        "Scarf,S,1,2.00,2.00\n");
    CHECK_STR(f->entry.format, "woo_webtoffee_orders");
    CHECK_ROWS(f, 1, 1, 0, 0);
    CHECK_STORED(
        "order order_key=55 number=1055 kind=sale status=paid "
        "ordered_at=2024-05-01T10:00:00Z currency=EUR shipping=500 tax=0 total=2500 "
        "refunded=550 email=ann@example.com attribution=typein channel=Direct country=DE\n");
    CHECK_STORED("line order_key=55 product_key=7 sku=H title=Hat quantity=2 unit_price=10000000 "
                 "discount=2000000 total=18000000 currency=EUR\n");
}

static void events(void)
{
    const struct import_file *f = import_z(
        "events.csv",
        "event,occurred_at,anonymous_id,email,session_id,utm_source,utm_medium,order_id,value,"
        "currency,message_id,channel,campaign_id,profile_id,method\n"
        "Order Completed,2026-01-02T03:04:05Z,d1,,s1,google,cpc,#7,12.50,EUR,,,,,\n"
        "message_opened,2026-01-02T03:04:05Z,,a@example.com,,,,,,,m1,Email,c1,p1,\n"
        "consent_granted,2026-01-02T03:04:05Z,,a@example.com,,,,,,,,email,,,form\n"
        "message_lost,2026-01-02T03:04:05Z,,a@example.com,,,,,,,m1,email,c1,p1,\n"
        "page_view,,d1,,,,,,,,,,,,\n");

    CHECK_STR(f->entry.format, "tidemark_events");
    CHECK_ROWS(f, 3, 0, 2, 0);
    CHECK_STORED(" name=order_complete occurred_at=2026-01-02T03:04:05Z anonymous_id=d1 "
                 "session_id=s1 utm_source=google utm_medium=cpc channel=Paid Search order_key=#7 "
                 "value=1250 currency=EUR\n");
    CHECK_STORED("message message_key=m1 name=opened occurred_at=2026-01-02T03:04:05Z "
                 "channel=email campaign_key=c1 profile_key=p1 email=a@example.com\n");
    CHECK_STORED("consent email=a@example.com channel=email state=granted "
                 "changed_at=2026-01-02T03:04:05Z method=form\n");
}

static void own_tables(void)
{
    const struct import_file *f =
        import_z("orders.csv", "order_id,ordered_at,total,currency,email,sku,quantity,unit_price,"
                               "kind,utm_source,utm_medium\n"
                               "1,2026-01-02,10.00,EUR,a@example.com,A,2,2.5,,google,organic\n"
                               "1,,,,,B,1,5,,,\n"
                               "2,2026-01-03,-3.00,EUR,,,,,return,,\n"
                               "3,2026-01-03,3.00,EUR,,,,,gift,,\n");

    CHECK_STR(f->entry.format, "tidemark_orders");
    CHECK_ROWS(f, 2, 1, 1, 0);
    CHECK_STORED("channel=Organic Search");
    CHECK_STORED("line order_key=1 sku=B quantity=1 unit_price=5000000 total=5000000 "
                 "currency=EUR\n");
    CHECK_STORED("order order_key=2 number=2 kind=return status=paid");
    f = import_z("spend.csv", "platform,date,until,spent,currency\nmeta,2026-03,,1200.00,EUR\n"
                              "google,2026-03-01,2026-03-07,10,EUR\nmeta,2026-13,,1,EUR\n");
    CHECK_STR(f->entry.format, "tidemark_spend");
    CHECK_ROWS(f, 2, 0, 1, 0);
    CHECK_STORED("spend platform=meta channel=Paid Social day_from=2026-03-01 day_to=2026-03-31 "
                 "currency=EUR spent=120000\n");
    CHECK_INT(f->totals[0].minor, 121000);
    f = import_z("spend.csv", "date,channel,spend,currency\n2026-03-01,paid_search,5.00,EUR\n");
    CHECK_STR(f->entry.format, "tidemark_spend");
    CHECK_STORED("channel=Paid Search");
    f = import_z("relatorio.csv", "Dia,Nome da campanha,Valor usado (BRL),Impress\xc3\xb5"
                                  "es,Cliques no link\n"
                                  "2026-09-01,Primavera,\"1.234,50\",1000,20\n");
    CHECK_STR(f->entry.format, "meta_ads");
    CHECK_STORED("campaign=Primavera");
    CHECK_INT(f->totals[0].minor, 123450);
    f = import_z("activity.csv", "kind,name,started_at,closed_at,outcome,has_control\n"
                                 "experiment,Red button,2026-01-02,2026-02-02,kept,yes\n"
                                 "party,x,,,,\n");
    CHECK_STR(f->entry.format, "tidemark_activity");
    CHECK_ROWS(f, 1, 0, 1, 0);
    CHECK_STORED("activity kind=experiment name=Red button started_at=2026-01-02T00:00:00Z "
                 "closed_at=2026-02-02T00:00:00Z outcome=kept has_control=1\n");
}

int main(void)
{
    harness_open();
    shopify_people();
    shopify_goods();
    woo_goods();
    harness_reset();
    flows();
    harness_reset();
    woo();
    harness_reset();
    events();
    own_tables();
    harness_close();
    return tap_done();
}
