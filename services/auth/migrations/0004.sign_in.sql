ALTER TABLE sessions
    ADD COLUMN last_seen_at     timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN authenticated_at timestamptz NOT NULL DEFAULT now(), -- when the password was last proved in it
    ADD COLUMN place            text,
    ADD COLUMN seen_from        bytea;         -- HMAC of account and address: known again, and not to be read
UPDATE sessions SET last_seen_at = rotated_at, authenticated_at = created_at;

-- How much was guessed lately. The key says nothing: it is an HMAC of what is guessed, for whom, from where.
CREATE TABLE guesses (
    key          bytea PRIMARY KEY,
    forgotten_at timestamptz NOT NULL,         -- when all guesses are forgotten: GCRA's theoretical arrival time
    welcome_at   timestamptz NOT NULL          -- before that the next guess is refused
);
CREATE INDEX guesses_forgotten_at ON guesses (forgotten_at);

CREATE TABLE second_factors (
    user_id      uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    secret       bytea NOT NULL,               -- encrypted with a key derived from AUTH_SECRET
    enrolled_at  timestamptz NOT NULL,
    confirmed_at timestamptz,                  -- not asked for before
    used_step    bigint NOT NULL DEFAULT 0     -- the newest code that was used: no code works twice
);

CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

-- Failed sign-ins are noted at most once a minute for an account.
CREATE TABLE failed_sign_ins (
    user_id  uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    noted_at timestamptz NOT NULL,
    unnoted  integer NOT NULL DEFAULT 0        -- how many came since, and wait to be counted in the next note
);
