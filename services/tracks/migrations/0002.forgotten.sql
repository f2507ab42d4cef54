-- Who was erased, as a bare id: what arrives late of them must not bring them back.
CREATE TABLE forgotten (
    user_id      uuid PRIMARY KEY,
    forgotten_at timestamptz NOT NULL DEFAULT now()
);
