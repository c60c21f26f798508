-- name: resolve/note_resolved
-- Notes what the resolved tables were made from, once they are whole.
-- params: fingerprint UInt64, as_of DateTime64(6, 'UTC'), from_data UInt8, tz String, currency String,
--   decimals UInt8, unconverted String
INSERT INTO resolved
SELECT {fingerprint:UInt64}, {as_of:DateTime64(6, 'UTC')}, {from_data:UInt8}, {tz:String},
       {currency:String}, {decimals:UInt8}, {unconverted:String}
