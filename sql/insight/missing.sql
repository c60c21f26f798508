-- name: insight/missing
-- Of needs joined by blanks those that no source feeds.
-- params: needs String
-- columns: missing String
SELECT arrayStringConcat(arrayFilter(n -> n NOT IN (SELECT need FROM sources WHERE records > 0),
                                     splitByChar(' ', {needs:String})), ' ') AS missing
