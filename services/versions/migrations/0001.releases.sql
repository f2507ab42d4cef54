CREATE TABLE releases (
    version      text NOT NULL,
    channel      text NOT NULL CHECK (channel IN ('stable', 'beta', 'alpha')),
    notes        text NOT NULL,
    platforms    text[] NOT NULL,
    precedence   integer[] NOT NULL,               -- orders versions: {major, minor, patch, pre-release rank, number}
    published_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    PRIMARY KEY (version, channel)
);
CREATE INDEX releases_precedence ON releases (precedence DESC) WHERE withdrawn_at IS NULL;
