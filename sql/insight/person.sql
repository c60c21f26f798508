-- name: insight/person
-- One known person's story, the newest first: orders, visits, messages and what they allowed.
-- params: person UInt64, limit UInt32, offset UInt32
-- columns: at DateTime64(6, 'UTC'), kind String, source String, channel String, device String,
--   detail String, amount Nullable(Int64)
SELECT at, toString(kind) AS kind, toString(source) AS source, toString(channel) AS channel,
       toString(device) AS device, detail, amount
FROM stories WHERE person = {person:UInt64}
ORDER BY at DESC, kind, detail, source, channel, device, amount
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
