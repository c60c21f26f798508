-- name: audience/make_event
-- Whose an event is: as resolve/sessions.
-- params: tz String, scoped UInt8, fold_from String, fold_to String
INSERT INTO audience_event
WITH
    e AS (
        SELECT *, toDate32(occurred_at, {tz:String}) AS day,
            multiIf(
                customer_id != '' AND {scoped:UInt8} = 1,
                    cityHash64('customer', toString(source), customer_id),
                customer_id != '', cityHash64('customer', customer_id),
                user_id != '', cityHash64('login', user_id),
                email != '', cityHash64('email', email),
                phone != '', cityHash64('phone', phone),
                0) AS known_id,
            if(known_id != 0, known_id, if(anonymous_id = '', 0, cityHash64('device', anonymous_id))) AS who
        FROM raw_event
        WHERE (import_id, line) NOT IN (SELECT import_id, line FROM event_duplicate))
SELECT
    if(i.person != 0, i.person, e.who) AS person, toUnixTimestamp64Micro(e.occurred_at), toInt32(e.day),
    translateUTF8(toString(e.name), {fold_from:String}, {fold_to:String}),
    translateUTF8(e.product_key, {fold_from:String}, {fold_to:String}),
    toInt64(round(e.value * nullIf(r.factor, 0))),
    translateUTF8(toString(e.channel), {fold_from:String}, {fold_to:String}),
    translateUTF8(toString(e.device), {fold_from:String}, {fold_to:String}),
    translateUTF8(toString(e.platform), {fold_from:String}, {fold_to:String}),
    translateUTF8(toString(e.country), {fold_from:String}, {fold_to:String}),
    translateUTF8(toString(e.utm_campaign), {fold_from:String}, {fold_to:String}),
    translateUTF8(e.page, {fold_from:String}, {fold_to:String})
FROM e
LEFT ANY JOIN identity AS i ON i.id = e.who
ASOF LEFT JOIN (SELECT currency AS rate_currency, day AS rate_day, factor FROM currency_rate) AS r
    ON r.rate_currency = e.currency AND e.day >= r.rate_day
WHERE i.person != 0 OR e.known_id != 0
SETTINGS max_insert_threads = 2, min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 33554432
