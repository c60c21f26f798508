-- name: audience/make_refund
-- The latest word on each refund, as resolve/orders has it.
-- params: fold_from String, fold_to String
INSERT INTO audience_refund
SELECT o.person, translateUTF8(o.origin, {fold_from:String}, {fold_to:String}), o.known_as, b.refund_key, b.amount
FROM (
    SELECT toString(source) AS origin, order_key, refund_key, amount FROM raw_refund
    ORDER BY import_id DESC, line DESC LIMIT 1 BY source, refund_key) AS b
INNER JOIN (SELECT toString(source) AS origin, known_as, person FROM orders WHERE identified = 1) AS o
    ON o.origin = b.origin AND o.known_as = b.order_key
