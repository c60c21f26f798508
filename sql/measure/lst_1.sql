-- name: measure/lst_1
-- Mean growth of the mailing list a month over the last six: joined less left, over the list at
-- their start.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
WITH
    joined AS (SELECT countIf(state = 'granted') AS members,
                      countIf(state = 'granted' AND has_date = 1 AND changed_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 182 DAY) AS recent,
                      countIf(state = 'granted' AND has_date = 1) AS dated,
                      countIf(state IN ('withdrawn', 'unreachable') AND changed_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 182 DAY) AS gone
               FROM consents WHERE channel = 'email'),
    told AS (SELECT toFloat64(coalesce(sum(unsubscribes), 0)) AS unsubscribes FROM mailings
             WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -182) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    heard AS (SELECT toFloat64(sum(unsubscribed)) AS unsubscribes FROM deliveries
              WHERE channel = 'email' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -182) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    net AS (SELECT members, dated, toFloat64(recent) - greatest(toFloat64(gone), told.unsubscribes, heard.unsubscribes) AS net
            FROM joined CROSS JOIN told CROSS JOIN heard)
SELECT toUInt8(dated > 0) AS known, net / greatest(members - net, 1) / 6 AS value, toFloat64(members) AS n
FROM net
