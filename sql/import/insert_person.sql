-- name: import/insert_person
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_person (
    import_id, source, line, profile_key, email, phone, customer_id, user_id, anonymous_id,
    first_name, last_name, country, region, city, postal_code, language, tags, signup_source,
    created_at, active_at, claimed_orders, claimed_spent, currency, updated_at, is_deleted,
    previous_id, birthday
) FORMAT Native
