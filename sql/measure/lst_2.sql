-- name: measure/lst_2
-- Visits (n) and people who joined the mailing list (k), over the window.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    (SELECT coalesce(sum(sessions), 0) FROM visit_days
     WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
       AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS visits,
    (SELECT countIf(signups > 0) FROM sessions WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS seen,
    (SELECT count() FROM consents
     WHERE channel = 'email' AND state = 'granted' AND has_date = 1
       AND changed_at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay({days:UInt32})) AS consented
SELECT toUInt8(coalesce(visits, 0) > 0 AND (EXISTS (SELECT 1 FROM consents WHERE channel = 'email') OR coalesce(seen, 0) > 0)) AS known,
       least(toFloat64(greatest(coalesce(seen, 0), coalesce(consented, 0))), coalesce(visits, 0)) AS k,
       toFloat64(coalesce(visits, 0)) AS n
