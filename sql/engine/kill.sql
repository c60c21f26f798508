-- name: engine/kill
-- Asks the engine to end a statement, without waiting for it: waiting can last as long as the
-- statement.
-- params: query_id String
KILL QUERY WHERE query_id = {query_id:String} ASYNC
