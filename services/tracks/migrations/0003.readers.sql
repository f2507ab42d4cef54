-- Who takes maps: what the licence brings, as events tell of it, and which maps were taken on the last day of taking any.
CREATE TABLE readers (
    user_id      uuid PRIMARY KEY,
    is_unlimited boolean NOT NULL DEFAULT false,
    as_of        timestamptz,               -- of the event that said so
    day          date,                      -- in UTC
    taken        text[] NOT NULL DEFAULT '{}'
);
