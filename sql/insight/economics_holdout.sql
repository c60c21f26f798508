-- name: insight/economics_holdout
-- The hold-out of messages of the last 365 days with the largest smaller group, from the team's
-- log: two rows of one name, of the people who got the messages (status treated) and of those
-- held out (status control); sample = people, value = those of them who bought. 200 people in all
-- at least, as measure/mea_2.
-- params: as_of DateTime64(6, 'UTC')
-- columns: treated_k Float64, treated_n Float64, control_k Float64, control_n Float64
SELECT toFloat64(coalesce(sumIf(value, status = 'treated'), 0)) AS treated_k,
       toFloat64(coalesce(sumIf(sample, status = 'treated'), 0)) AS treated_n,
       toFloat64(coalesce(sumIf(value, status = 'control'), 0)) AS control_k,
       toFloat64(coalesce(sumIf(sample, status = 'control'), 0)) AS control_n
FROM activities
WHERE kind = 'experiment' AND value >= 0 AND sample > 0
  AND lower(channel) IN ('email', 'sms', 'push', 'whatsapp', 'line', 'messages')
  AND closed_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY AND closed_at <= {as_of:DateTime64(6, 'UTC')}
GROUP BY name
HAVING treated_n > 0 AND control_n > 0 AND treated_n + control_n >= 200
   AND treated_k > 0 AND treated_k <= treated_n AND control_k <= control_n
ORDER BY least(treated_n, control_n) DESC, name
LIMIT 1
