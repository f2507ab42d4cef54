-- A mail says the same twice, as text and as HTML. One that brings a code is useless once the code is.
ALTER TABLE mails
    ADD COLUMN html     text NOT NULL DEFAULT '',
    ADD COLUMN good_for interval NOT NULL DEFAULT '1 day';

-- What was mailed and not used yet, at most one code of an account for each purpose. verification_codes, which this
-- replaces, stays for the version that still runs; the next release drops it.
CREATE TABLE codes (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose    text NOT NULL,
    email      text NOT NULL,                      -- where it was sent; for a change of address, the new one
    code_hash  bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    tries      integer NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, purpose)
);
CREATE INDEX codes_email ON codes (email, purpose);

-- What was asked for, whether or not anybody has the address. A row is composed once, and stays until its minute is
-- over, so that asking again is the same for every address.
CREATE TABLE wanted_letters (
    email         text NOT NULL,
    kind          text NOT NULL,
    user_id       uuid,                            -- who is signed in and asks; none where anybody may ask
    password_hash text,                            -- what a registration brings
    display_name  text,
    due_at        timestamptz NOT NULL,
    composed_at   timestamptz,
    PRIMARY KEY (email, kind)
);
CREATE INDEX wanted_letters_due_at ON wanted_letters (due_at) WHERE composed_at IS NULL;
CREATE INDEX wanted_letters_composed_at ON wanted_letters (composed_at);

-- Who never proved their address is forgotten after a while.
CREATE INDEX users_unproven ON users (created_at) WHERE NOT is_verified;
