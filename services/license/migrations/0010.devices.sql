-- What is known of a device beside its key, and the removals that count against an account's transfers.
ALTER TABLE devices
    ADD COLUMN is_named  boolean NOT NULL DEFAULT false, -- the driver chose the name
    ADD COLUMN is_proven boolean NOT NULL DEFAULT false; -- it has proved its key, and must from now on
CREATE INDEX devices_last_seen_at ON devices (last_seen_at);

CREATE TABLE device_removals (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    license_id uuid NOT NULL REFERENCES licenses ON DELETE CASCADE,
    device_id  text NOT NULL,
    public_key text NOT NULL,
    components text[] NOT NULL,
    removed_at timestamptz NOT NULL
);
CREATE INDEX device_removals_license_id ON device_removals (license_id, removed_at);
CREATE INDEX device_removals_removed_at ON device_removals (removed_at);
