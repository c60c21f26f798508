-- name: applies/spends_on_ads
-- False only where spend is on record and none of it falls into the last twelve months.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: applies UInt8
SELECT toUInt8(
    NOT EXISTS (SELECT 1 FROM spend_days)
    OR EXISTS (SELECT 1 FROM spend_days WHERE spent > 0
               AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))) AS applies
