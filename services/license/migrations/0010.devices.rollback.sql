DROP TABLE device_removals;
DROP INDEX devices_last_seen_at;
ALTER TABLE devices DROP COLUMN is_named, DROP COLUMN is_proven;
