-- name: applies/open_12_months
-- False where the first order on record is younger than 12 months.
-- params: as_of DateTime64(6, 'UTC')
-- columns: applies UInt8
SELECT toUInt8(
    NOT EXISTS (SELECT 1 FROM orders)
    OR EXISTS (SELECT 1 FROM orders WHERE valid = 1
               AND ordered_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 355 DAY)) AS applies
