# SPDX-License-Identifier: AGPL-3.0-or-later
"""One usual file of each format that is imported, as a header and a row that is counted up.

A row's {i} is its number from 1, {day} a day of February 2026. `lacks` is the column whose absence
makes the format another one; `about` what stands above the header; `mapping` the mapping file of
the examples that the file needs beside it.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    name: str
    header: str
    row: str
    lacks: str
    about: str = ""
    mapping: str = ""
    delimiter: str = ","

    @property
    def is_json(self) -> bool:
        return not self.header

    def rows(self, n: int, prefix: str = "") -> list[str]:
        """Rows with numbers of their own for each prefix, so that no two files share a record."""
        return [self.row.replace("{day}", f"2026-02-{1 + i % 27:02}").replace("{i}", f"{prefix}{i}")
                for i in range(1, n + 1)]

    def head(self) -> list[str]:
        return self.about.splitlines() + ([self.header] if self.header else [])


FORMATS = [
    Format("shopify_orders",
           "Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,"
           "Total,Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
           "Lineitem sku,Cancelled at,Refunded Amount,Id",
           "#{i},a{i}@example.com,paid,{day} 10:00:05 +0100,yes,EUR,25.00,5.00,4.79,30.00,TEN,"
           "{day} 10:00:00 +0100,2,Hat,12.50,HAT,,0.00,'50{i}", "Financial Status"),
    Format("shopify_customers",
           "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,"
           "Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags",
           "'72{i},Ann,Lee,b{i}@example.com,yes,Bonn,'+4915112345678,no,30.00,1,vip",
           "First Name"),
    Format("shopify_products", "Handle,Title,Vendor,Type,Variant SKU,Variant Price,Status",
           "hat-{i},Hat,Maker,Hats,HAT-{i},10.00,active", "Vendor"),
    Format("woo_analytics_orders",
           "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),"
           "Items sold,Coupon(s),Net Sales,Attribution",
           "{day} 10:00:00,{i},€30.00,completed,Ann Lee,new,3× Hat,3,TEN,30.00,Direct", "Status"),
    Format("woo_analytics_customers",
           "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City",
           "Ann Lee,ann{i},{day} 10:00:00,2025-02-01 10:00:00,c{i}@example.com,1,30.00,30.00,DE,"
           "Bonn", "Username"),
    Format("woo_products", "ID,Type,SKU,Name,Published,Regular price,Categories,Images",
           "{i},simple,HAT-{i},Hat,1,10.00,Hats,https://cdn.example/a.png", "Regular price"),
    Format("woo_webtoffee_orders",
           "order_id,order_number,order_date,status,shipping_total,tax_total,order_total,"
           "order_currency,customer_email,item_product_id,item_name,item_sku,item_quantity,"
           "item_total",
           "{i},{i},{day} 10:00:00,wc-processing,5.00,0,25.00,EUR,d{i}@example.com,7,Hat,H,2,20.00",
           "order_total"),
    Format("ga4_report",
           "Session source / medium,Sessions", "google {i} / organic,20", "Sessions",
           about="# ----------------------------------------\n# Traffic acquisition\n"
                 "# Start date: 20260201\n# End date: 20260228\n"
                 "# ----------------------------------------\n"),
    Format("ga4_events", "",
           '{"event_date":"20260201","event_timestamp":"1770000000000000","event_name":"view_item",'
           '"event_params":[{"key":"ga_session_id","value":{"int_value":"1769990000"}}],'
           '"user_pseudo_id":"e{i}.1","platform":"WEB"}', "event_name"),
    Format("klaviyo_campaigns",
           "Campaign Name,Tags,Subject,List,Send Time,Total Recipients,Unique Opens,Unique Clicks,"
           "Unsubscribes,Spam Complaints,Successful Deliveries,Bounces,Campaign ID,"
           "Campaign Channel,Revenue",
           "Spring {i},sale,Hi,News,{day} 11:00:00,1214.0,500.0,30.0,12.0,4.0,1210.0,4.0,01H{i},"
           "Email,452.5", "Send Time"),
    Format("klaviyo_flows",
           "Day,Flow ID,Flow Name,Flow Message ID,Flow Message Name,Flow Message Channel,Status,"
           "Delivered,Unique Opens,Unique Clicks,Revenue",
           "{day},X{i},Abandoned Cart,M{i},Mail 1,Email,Live,200.0,80.0,20.0,250.00", "Delivered"),
    Format("klaviyo_profiles",
           "Klaviyo ID,Email,First Name,Last Name,Country,Profile Created On,"
           "Email Marketing Consent,Email Marketing Consent Timestamp",
           "01{i},f{i}@example.com,Ann,Lee,Germany,2025-02-01 10:00:00,SUBSCRIBED,{day} 10:00:00",
           "Klaviyo ID"),
    Format("mailchimp_subscribed",
           "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,CC,LAST_CHANGED,LEID,"
           "EUID,NOTES,TAGS",
           "g{i}@example.com,Ann,4,{day} 13:55:00,{day} 13:55:00,DE,{day} 13:55:00,12{i},ab{i},,vip",
           "Email Address"),
    Format("mailchimp_unsubscribed",
           "Email Address,First Name,MEMBER_RATING,CONFIRM_TIME,LAST_CHANGED,UNSUB_TIME,"
           "UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID,EUID",
           "h{i}@example.com,Bob,2,2025-04-18 13:55:00,{day} 13:55:00,{day} 13:55:00,Spring,"
           "Too often,22{i},ac{i}", "Email Address"),
    Format("mailchimp_cleaned",
           "Email Address,First Name,MEMBER_RATING,CONFIRM_TIME,LAST_CHANGED,CLEAN_TIME,"
           "CLEAN_CAMPAIGN_TITLE,LEID,EUID",
           "j{i}@example.com,Cyd,1,2025-04-18 13:55:00,{day} 13:55:00,{day} 13:55:00,Spring,32{i},"
           "ad{i}", "Email Address"),
    Format("mailchimp_campaigns",
           "Title,Subject,List,Send Date,Total Recipients,Successful Deliveries,Soft Bounces,"
           "Hard Bounces,Unique Opens,Unique Clicks,Unsubscribes,Abuse Complaints,Unique Id",
           "Spring {i},Hello,News,{day} 09:30:00,100,94,4,2,40,9,1,0,abc{i}", "Send Date"),
    Format("meta_ads",
           "Campaign name,Day,Amount spent (EUR),Impressions,Link clicks,Purchases,"
           "Purchases conversion value,Reporting starts,Reporting ends",
           "Spring {i},{day},12.34,1000,10,1,40.00,{day},{day}", "Amount spent (EUR)"),
    Format("google_ads",
           "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value",
           "{day},Summer {i},123{i},EUR,12.34,1234,7,1.00,50.00", "Cost",
           about="Campaign report\nFebruary 2026\n"),
    Format("tidemark_spend", "date,channel,spent,currency,campaign", "{day},paid_search,10.00,EUR,c{i}",
           "spent"),
    Format("tidemark_events", "event,occurred_at,event_id,anonymous_id,session_id,page",
           "view_item,{day}T09:00:00Z,k{i},l{i},m{i},/hat", "occurred_at"),
    Format("tidemark_orders", "order_id,ordered_at,total,currency,email,sku,quantity,unit_price",
           "T{i},{day},10.00,EUR,n{i}@example.com,HAT,1,10.00", "ordered_at"),
    Format("tidemark_activity", "kind,name,started_at,dimension,status",
           "experiment,Free delivery {i},{day},ACQ,done", "kind"),
    Format("online_retail",
           "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
           "5{i},85123A,Hat,6,{day} 08:26:00,2.55,17850,United Kingdom", "InvoiceDate",
           mapping="online-retail.mapping.yaml"),
    Format("cdnow", "customer_id date number_of_cds dollar_value", "0{i} {day} 2 29.33", "date",
           mapping="cdnow.mapping.yaml", delimiter=" "),
]
