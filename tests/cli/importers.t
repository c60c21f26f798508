# One usual file of each format, through the real command: names that say nothing about the
# content, columns in another order than usual.
$ tidemark init w --currency EUR --country DE --time-zone Europe/Berlin
= shopify/a
| Total,Email,Financial Status,Paid at,Name,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Cancelled at,Payment Method,Refunded Amount,Id,Source,Lineitem discount
| 30.00,ann@example.com,paid,2026-03-01 10:00:05 +0100,#1001,yes,EUR,25.00,5.00,4.79,TEN,2.00,2026-03-01 10:00:00 +0100,2,"Hat, blue",10.00,HAT,DE,,Card,0.00,'5001,web,0.00
| ,ann@example.com,,,#1001,,,,,,,,2026-03-01 10:00:00 +0100,1,Scarf,5.00,'0012,,,,,,,0.00
| 20.00,bob@example.com,partially_refunded,2026-03-02 10:00:05 +0100,#1002,no,EUR,20.00,0.00,3.19,,0.00,2026-03-02 10:00:00 +0100,1,Hat,20.00,HAT,DE,,Card,5.00,'5002,web,0.00
$ tidemark import -w w --json shopify
~ "format": "shopify_orders"
~ "order": 2
~ "line": 3
~ "minor": 5000
# A later export that overlaps: the order of before is known, its lines and its total count once.
= again/b
| Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Cancelled at,Payment Method,Refunded Amount,Id,Source,Lineitem discount
| #1002,bob@example.com,partially_refunded,2026-03-02 10:00:05 +0100,no,EUR,20.00,0.00,3.19,20.00,,0.00,2026-03-02 10:00:00 +0100,1,Hat,20.00,HAT,DE,,Card,5.00,'5002,web,0.00
| #1003,cyd@example.com,paid,2026-03-03 10:00:05 +0100,no,EUR,40.00,0.00,3.19,40.00,,0.00,2026-03-03 10:00:00 +0100,2,Hat,20.00,HAT,DE,,Card,0.00,'5003,web,0.00
$ tidemark import -w w again
~ ^ +2 orders \(already known 1\), 2 order lines \(already known 1\)$
$ tidemark assess -w w --json
~ "orders": 3,
# 30 + 20 + 40, less the refund of 5
~ "revenue": 8500,
= c
| Email,Customer ID,First Name,Last Name,Accepts Email Marketing,Default Address City,Default Address Country Code,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags
| ann@example.com,'7210448301122,Ann,Lee,yes,Bonn,DE,'+4915112345678,no,30.00,1,vip
$ tidemark import -w w --json c
~ "format": "shopify_customers"
~ "person": 1
= d
| Title,Handle,Vendor,Type,Variant SKU,Variant Price,Status,Published
| Hat,hat,Maker,Hats,HAT,10.00,active,true
| ,hat,,,HAT-L,12.00,,
$ tidemark import -w w --json d
~ "format": "shopify_products"
~ "product": 2
= e
| ID,Top Row,Name,Email
| 1,TRUE,#1,ann@example.com
$ tidemark import -w w e
~ Matrixify
! not every file
? 65
= f
| Status,Date,"Order #","N. Revenue (formatted)",Customer,"Customer type","Product(s)","Items sold",Coupon(s),"Net Sales",Attribution
| completed,"2026-02-01 10:00:00",101,€30.00,"Ann Lee",new,"2× Hat, blue, 1× Scarf",3,TEN,30.00,"Organic: Google"
$ tidemark import -w w --json f
~ "format": "woo_analytics_orders"
~ "order": 1
= g
| Email,Name,Username,"Last Active","Sign Up",Orders,"Total Spend",AOV,"Country / Region",City,Region,"Postal Code"
| ann@example.com,"Ann Lee",ann,"2026-02-01 10:00:00","2025-02-01 10:00:00",1,30.00,30.00,DE,Bonn,NW,53111
$ tidemark import -w w --json g
~ "format": "woo_analytics_customers"
~ "person": 1
= products
| ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,"Is featured?","Visibility in catalog","In stock?","Sale price","Regular price",Categories,Images,Parent
| 7,simple,H,,Hat,1,0,visible,1,,10.00,Hats,https://cdn.example/hat.png,
$ tidemark import -w w --json products
~ "format": "woo_products"
~ "product": 1
= h
| order_number,order_id,order_date,paid_date,status,shipping_total,tax_total,order_total,order_currency,customer_id,customer_email,billing_country,item_product_id,item_name,item_sku,item_quantity,item_subtotal,item_total
| 1055,55,2026-02-01 10:00:00,,wc-processing,5.00,0,25.00,EUR,0,ann@example.com,DE,7,Hat,H,2,20.00,20.00
| 1055,55,2026-02-01 10:00:00,,wc-processing,5.00,0,25.00,EUR,0,ann@example.com,DE,8,Scarf,S,1,0.00,0.00
$ tidemark import -w w --json h
~ "format": "woo_webtoffee_orders"
~ "order": 1
~ "line": 2
= i
| occurred_at,event,event_id,anonymous_id,session_id,page
| 2026-03-01T09:00:00Z,view_item,e1,a1,s1,/hat
| 2026-03-01T09:01:00Z,add_to_cart,e2,a1,s1,/hat
$ tidemark import -w w --json i
~ "format": "tidemark_events"
~ "event": 2
= j
| total,order_id,ordered_at,currency,email,sku,quantity,unit_price
| 10.00,T1,2026-03-04,EUR,ann@example.com,HAT,1,10.00
$ tidemark import -w w --json j
~ "format": "tidemark_orders"
~ "order": 1
= k
| spent,date,channel,currency
| 100.00,2026-02,paid_search,EUR
$ tidemark import -w w --json k
~ "format": "tidemark_spend"
~ "spend": 1
= l
| name,kind,started_at
| Free delivery,experiment,2026-02-01
$ tidemark import -w w --json l
~ "format": "tidemark_activity"
~ "activity": 1
= l2
| kind,name,started_at
| test,Free delivery,2026-02-01
$ tidemark import -w w l2
~ "test" is not a kind of activity: target review goal experiment
! not every file
? 65
= m
| # ----------------------------------------
| # Traffic acquisition: Session default channel group
| # Start date: 20260201
| # End date: 20260228
| # ----------------------------------------
| 
| Session default channel group,Sessions,Engaged sessions,Total revenue
| Grand total,1600,600,1234.50
| Organic Search,"1,200",400,"1,000.00"
| Paid Social,400,200,234.50
$ tidemark import -w w --json m
~ "format": "ga4_report"
~ "traffic": 2
= n
| {"event_date":"20260301","event_timestamp":"1772355600123456","event_name":"view_item","event_params":[{"key":"ga_session_id","value":{"int_value":"1772355590"}},{"key":"page_location","value":{"string_value":"https://shop.example.com/p/1"}}],"user_pseudo_id":"111.222","device":{"category":"mobile"},"geo":{"country":"Germany"},"platform":"WEB"}
| {"event_date":"20260301","event_timestamp":"1772355601123456","event_name":"add_to_cart","event_params":[{"key":"ga_session_id","value":{"int_value":"1772355590"}}],"user_pseudo_id":"111.222","platform":"WEB"}
$ tidemark import -w w --json n
~ "format": "ga4_events"
~ "event": 2
= o
| Send Time,Campaign Name,Tags,Subject,List,Total Recipients,Revenue,Unique Opens,Unique Clicks,Unsubscribes,Spam Complaints,Successful Deliveries,Bounces,Campaign ID,Campaign Channel
| 2026-02-06 11:00:00,Spring,sale,Hi,Newsletter,1214.0,452.5,500.0,30.0,12.0,4.0,1210.0,4.0,01HXYZ,Email
$ tidemark import -w w --json o
~ "format": "klaviyo_campaigns"
~ "mailing": 1
= p
| Flow Name,Day,Flow ID,Flow Message ID,Flow Message Name,Flow Message Channel,Status,Delivered,Unique Opens,Unique Clicks,Revenue
| Abandoned Cart,2026-02-01,XyZ1,M1,Mail 1,Email,Live,200.0,80.0,20.0,250.00
$ tidemark import -w w --json p
~ "format": "klaviyo_flows"
~ "mailing": 1
= q
| Klaviyo ID,Email,First Name,Last Name,Country,Profile Created On,Email Marketing Consent,Email Marketing Consent Timestamp
| 01ABC,ann@example.com,Ann,Lee,Germany,2025-02-01 10:00:00,SUBSCRIBED,2025-02-01 10:00:00
$ tidemark import -w w --json q
~ "format": "klaviyo_profiles"
~ "person": 1
~ "consent": 1
= r/subscribed
| First Name,Email Address,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS
| Ann,ann@example.com,Lee,4,"2025-04-18 13:55:00",192.0.2.1,"2025-04-18 13:55:00",192.0.2.1,DE,NW,"2026-01-18 13:55:00",123,abc,,"""VIP"""
= r/unsubscribed
| First Name,Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID,EUID
| Bob,bob@example.com,2,,"2025-04-18 13:55:00","2026-01-18 13:55:00","2026-01-18 13:55:00",Spring,Too often,124,abd
= r/cleaned
| First Name,Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,LEID,EUID
| Cyd,cyd@example.com,1,,"2025-04-18 13:55:00","2026-01-18 13:55:00","2026-01-18 13:55:00",Spring,125,abe
$ tidemark import -w w --json r | grep -c '"format": "mailchimp_audience"'
> 3
= s
| Send Date,Title,Subject,List,Total Recipients,Successful Deliveries,Soft Bounces,Hard Bounces,Unique Opens,Unique Clicks,Unsubscribes,Abuse Complaints,Unique Id
| "Feb 06, 2026 09:30 am",Spring,Hello,News,100,94,4,2,40,9,1,0,abc123
$ tidemark import -w w --json s
~ "format": "mailchimp_campaigns"
~ "mailing": 1
= t
| Amount spent (EUR),Campaign name,Day,Impressions,Link clicks,Purchases,Purchases conversion value,Reporting starts,Reporting ends
| 12.34,Spring,2026-02-01,1000,10,1,40.00,2026-02-01,2026-02-01
$ tidemark import -w w --json t
~ "format": "meta_ads"
~ "spend": 1
= u
| Reporting starts,Reporting ends,Campaign name,Amount spent (EUR),Impressions
| 2026-02-01,2026-02-28,Spring,300.00,1000
$ tidemark import -w w u
~ covers more than one day
~ Breakdown > By time > Day
! not every file
? 65
= v
| Campaign report
| "February 1, 2026 - February 3, 2026"
| Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value
| 2026-02-01,Spring,12345678901,EUR,12.34,"1,234",7,1.00,50.00
| 2026-02-02,Total Care,12345678902,EUR,2.66,--,7,0.50,--
| Total: Account,--,--,EUR,15.00,"1,234",14,1.50,50.00
$ tidemark import -w w --json v
~ "format": "google_ads"
~ "spend": 2
~ "minor": 1500
$ { printf '\377\376'; sed -e 's/Spring/Summer/;s/,/\t/g;s/"1\t234"/1,234/' v | iconv -f UTF-8 -t UTF-16LE; } > wide && tidemark import -w w --json wide
~ "encoding": "UTF-16LE"
~ "spend": 2
= x
| customer_id date number_of_cds dollar_value
| 00004 19970101 2 29.33
| 00004 19970118 2 29.73
$ tidemark import -w w --json --mapping "$EXAMPLES"/cdnow.mapping.yaml x
~ "order": 2
# All of it together makes one mark.
$ tidemark assess -w w --json
~ "stage"
