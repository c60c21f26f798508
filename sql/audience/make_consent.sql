-- name: audience/make_consent
-- params: tz String
INSERT INTO audience_consent
SELECT person, if(has_date, toInt32(toDate32(changed_at, {tz:String})), NULL), toString(channel), toString(state)
FROM consents
WHERE person != 0
