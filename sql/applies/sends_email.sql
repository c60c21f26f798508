-- name: applies/sends_email
-- False only where a mailing tool is connected and sent no e-mail in the last twelve months.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: applies UInt8
SELECT toUInt8(
    (NOT EXISTS (SELECT 1 FROM mailings) AND NOT EXISTS (SELECT 1 FROM deliveries))
    OR EXISTS (SELECT 1 FROM mailings WHERE channel = 'email'
               AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))
    OR EXISTS (SELECT 1 FROM deliveries WHERE channel = 'email'
               AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))) AS applies
