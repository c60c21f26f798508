-- name: audience/counts
-- How many belong to each segment, as of the last full rebuild.
-- columns: segment Int64, people UInt64
SELECT segment, count() AS people FROM audience_member GROUP BY segment ORDER BY segment
