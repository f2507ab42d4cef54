CREATE TABLE plans (
    id           text PRIMARY KEY,
    name         text NOT NULL,
    max_devices  integer NOT NULL CHECK (max_devices > 0),
    offline_days integer NOT NULL CHECK (offline_days > 0),
    entitlements text[] NOT NULL,
    channels     text[] NOT NULL,
    position     integer NOT NULL
);

INSERT INTO plans (id, name, max_devices, offline_days, entitlements, channels, position) VALUES
    ('free', 'Free', 2, 7, '{widgets}', '{stable}', 1);

CREATE TABLE subscriptions (
    id                     uuid PRIMARY KEY,
    user_id                uuid NOT NULL,
    plan                   text NOT NULL REFERENCES plans,
    status                 text NOT NULL,
    stripe_customer_id     text,
    stripe_subscription_id text UNIQUE,
    renewal_date           timestamptz
);
CREATE INDEX subscriptions_user_id ON subscriptions (user_id);

CREATE TABLE licenses (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL UNIQUE,
    plan_type       text NOT NULL REFERENCES plans,
    active_devices  integer NOT NULL DEFAULT 0 CHECK (active_devices >= 0),
    max_devices     integer NOT NULL CHECK (max_devices > 0),
    last_validation timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT within_the_limit CHECK (active_devices <= max_devices)
);

CREATE TABLE devices (
    license_id   uuid NOT NULL REFERENCES licenses ON DELETE CASCADE,
    id           text NOT NULL,
    name         text NOT NULL,
    platform     text NOT NULL,
    public_key   text NOT NULL,
    components   text[] NOT NULL DEFAULT '{}',
    activated_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (license_id, id)
);
