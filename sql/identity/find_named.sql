-- name: identity/find_named
-- The person that one identifier is of; a number of a customer is one of that source alone.
-- params: kind String, source String, value String
-- columns: person UInt64
SELECT DISTINCT person
FROM identity
WHERE person != 0
  AND (id = if({source:String} = '', cityHash64({kind:String}, {value:String}),
               cityHash64({kind:String}, {source:String}, {value:String}))
       OR ({kind:String} = 'customer' AND id = cityHash64('customer', {value:String})
           AND (SELECT count() FROM raw_order WHERE customer_id = {value:String} AND toString(source) = {source:String})
             + (SELECT count() FROM raw_person WHERE customer_id = {value:String} AND toString(source) = {source:String}) > 0))
ORDER BY person
