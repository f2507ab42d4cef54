-- What machines work with. A token that was ended is gone from here; that there was one stands in audit.
CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL,
    scopes       text[] NOT NULL,
    hint         text NOT NULL,                    -- the end of the secret, to tell tokens apart
    secret_hash  bytea NOT NULL UNIQUE,            -- SHA-256: the secret itself is 256 random bits
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX api_tokens_user_id ON api_tokens (user_id);

-- Who administers is asked for by the beginning of an address, and by role.
CREATE INDEX users_email_begins ON users (email text_pattern_ops);
CREATE INDEX users_role ON users (role, id) WHERE role <> 'driver';
