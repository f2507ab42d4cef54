-- From when a key signs stands in its row, so that all replicas switch at the same moment. The default is for the
-- release before this one, which knows no such moment.
ALTER TABLE signing_keys ADD COLUMN signs_from timestamptz NOT NULL DEFAULT now();
UPDATE signing_keys SET signs_from = created_at;
