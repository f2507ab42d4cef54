CREATE TABLE layouts (
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL
);

CREATE TABLE track_maps (
    id             uuid PRIMARY KEY,
    layout_id      uuid NOT NULL REFERENCES layouts,
    game           text NOT NULL,
    track_id       text NOT NULL,
    version        integer NOT NULL CHECK (version > 0),
    track_name     text,
    layout_name    text,
    length_m       double precision NOT NULL,
    etag           text NOT NULL,                  -- SHA-256 of the document, in hex
    storage_path   text NOT NULL,
    document_bytes integer NOT NULL,               -- as stored, compressed
    uploaded_by    uuid,                           -- null once that person was forgotten
    created_at     timestamptz NOT NULL,
    UNIQUE (game, track_id, version)
);
CREATE INDEX track_maps_uploaded_by ON track_maps (uploaded_by);

CREATE TABLE uploads (
    id              uuid PRIMARY KEY,
    user_id         uuid,                          -- null once that person was forgotten
    game            text NOT NULL,
    track_id        text NOT NULL,
    status          text NOT NULL DEFAULT 'received'
                    CHECK (status IN ('received', 'accepted', 'duplicate', 'rejected')),
    storage_path    text,                          -- of the raw lap; null once it was deleted
    idempotency_key text,
    fingerprint     bytea NOT NULL,                -- SHA-256 of the body
    reasons         jsonb NOT NULL DEFAULT '[]',
    layout_id       uuid REFERENCES layouts,       -- of the new map, or of the one this is a duplicate of
    version         integer,
    rms_m           double precision,
    p95_m           double precision,
    max_m           double precision,
    received_at     timestamptz NOT NULL DEFAULT now(),
    judged_at       timestamptz,
    UNIQUE (user_id, idempotency_key)
);
CREATE INDEX uploads_waiting ON uploads (user_id) WHERE status = 'received';
