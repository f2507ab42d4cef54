DROP TABLE failed_sign_ins, recovery_codes, second_factors, guesses;
ALTER TABLE sessions DROP COLUMN last_seen_at, DROP COLUMN authenticated_at, DROP COLUMN place, DROP COLUMN seen_from;
