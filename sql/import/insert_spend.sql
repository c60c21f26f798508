-- name: import/insert_spend
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_spend (
    import_id, source, line, platform, channel, campaign_key, campaign, audience, day_from, day_to,
    currency, spent, planned, impressions, clicks, conversions, conversion_value, new_customers,
    attribution
) FORMAT Native
