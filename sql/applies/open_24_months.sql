-- name: applies/open_24_months
-- False where the first order on record is younger than 24 months.
-- params: as_of DateTime64(6, 'UTC')
-- columns: applies UInt8
SELECT toUInt8(
    NOT EXISTS (SELECT 1 FROM orders)
    OR EXISTS (SELECT 1 FROM orders WHERE valid = 1
               AND ordered_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 720 DAY)) AS applies
