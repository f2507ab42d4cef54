-- A layout is a road. What games call it are its names; how each game has it is a line, learned from laps.
ALTER TABLE layouts
    ADD COLUMN state       text NOT NULL DEFAULT 'provisional'
                           CHECK (state IN ('contender', 'provisional', 'confirmed', 'withdrawn', 'merged')),
    ADD COLUMN venue       text,                       -- as moderators named it
    ADD COLUMN layout_name text,
    ADD COLUMN pinned      boolean NOT NULL DEFAULT false,  -- a moderator said so: laps alone do not move its names
    ADD COLUMN merged_into uuid REFERENCES layouts;

CREATE TABLE layout_links (
    layout_id uuid NOT NULL REFERENCES layouts,
    kind      text NOT NULL CHECK (kind IN ('variant_of', 'reverse_of')),
    other_id  uuid NOT NULL REFERENCES layouts,
    PRIMARY KEY (layout_id, kind, other_id)
);
CREATE INDEX layout_links_other ON layout_links (other_id);

CREATE TABLE names (
    game      text NOT NULL,
    track_id  text NOT NULL,
    layout_id uuid NOT NULL REFERENCES layouts,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (game, track_id)
);
CREATE INDEX names_layout ON names (layout_id, game);

CREATE TABLE lines (
    layout_id      uuid NOT NULL REFERENCES layouts,
    game           text NOT NULL,
    track_id       text NOT NULL,           -- the name that its versions are counted under
    reference_path text NOT NULL,           -- the document whose line offsets are counted from; never another one
    length_m       double precision NOT NULL,
    size_m         double precision,        -- of the shape's descriptor; null until the document was read for it
    shape          bytea,                   -- the descriptor at size one: 32 numbers of single precision
    shape_key      box,                     -- four numbers to search it by: such an index keeps a box as four
    evidence       bytea,                   -- histograms of lateral offsets at each station, packed
    laps           integer NOT NULL DEFAULT 0,
    facts          jsonb NOT NULL DEFAULT '{}',  -- corners as moderators edited them
    changed_at     timestamptz NOT NULL,
    PRIMARY KEY (layout_id, game)
);
CREATE INDEX lines_shape ON lines USING spgist (shape_key);
CREATE INDEX lines_name ON lines (game, track_id);
CREATE INDEX lines_unread ON lines (layout_id) WHERE shape IS NULL;

CREATE TABLE supporters (
    layout_id uuid NOT NULL,
    game      text NOT NULL,
    supporter uuid NOT NULL,                -- the account; another id once that person was forgotten
    laps      integer NOT NULL DEFAULT 0,
    facts     jsonb NOT NULL DEFAULT '{}',  -- sectors and pit lane as this driver's game told them
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (layout_id, game, supporter),
    FOREIGN KEY (layout_id, game) REFERENCES lines ON DELETE CASCADE
);
CREATE INDEX supporters_of ON supporters (supporter);

-- How well the newest version and the one that could follow it foretold laps which neither had seen.
CREATE TABLE trials (
    id        uuid PRIMARY KEY,
    layout_id uuid NOT NULL,
    game      text NOT NULL,
    supporter uuid NOT NULL,
    version   integer NOT NULL,             -- the one that was published then
    published double precision NOT NULL,    -- its score: lower is better
    candidate double precision NOT NULL,
    FOREIGN KEY (layout_id, game) REFERENCES lines ON DELETE CASCADE
);
CREATE INDEX trials_line ON trials (layout_id, game, id);
CREATE INDEX trials_of ON trials (supporter);

CREATE TABLE acts (
    id           uuid PRIMARY KEY,
    layout_id    uuid NOT NULL REFERENCES layouts,
    moderator_id uuid,                      -- null once that person was forgotten
    act          text NOT NULL,
    reason       text NOT NULL,
    detail       jsonb NOT NULL DEFAULT '{}',
    at           timestamptz NOT NULL
);
CREATE INDEX acts_layout ON acts (layout_id, id);

ALTER TABLE track_maps
    ADD COLUMN status       text NOT NULL DEFAULT 'provisional' CHECK (status IN ('provisional', 'confirmed')),
    ADD COLUMN withdrawn_at timestamptz;
CREATE INDEX track_maps_line ON track_maps (layout_id, game, version DESC);

ALTER TABLE uploads
    ALTER COLUMN track_id DROP NOT NULL,                 -- null where the game does not say which track it is
    ADD COLUMN related jsonb NOT NULL DEFAULT '{}';      -- track, duplicate_of, variant_of, reverse_of of the verdict
CREATE INDEX uploads_raw ON uploads (judged_at) WHERE storage_path IS NOT NULL AND status <> 'received';
CREATE INDEX uploads_votes ON uploads (game, track_id, judged_at DESC) WHERE layout_id IS NOT NULL;
CREATE INDEX uploads_layout ON uploads (layout_id) WHERE layout_id IS NOT NULL;
CREATE INDEX uploads_path ON uploads (storage_path) WHERE storage_path IS NOT NULL;
CREATE INDEX track_maps_path ON track_maps (storage_path);
CREATE INDEX lines_reference ON lines (reference_path);
CREATE INDEX layouts_contenders ON layouts (created_at) WHERE state = 'contender';

-- What was published before layouts had names and lines.
INSERT INTO names (game, track_id, layout_id, linked_at)
    SELECT DISTINCT ON (game, track_id) game, track_id, layout_id, created_at FROM track_maps
    ORDER BY game, track_id, version DESC;
INSERT INTO lines (layout_id, game, track_id, reference_path, length_m, laps, changed_at)
    SELECT DISTINCT ON (layout_id, game) layout_id, game, track_id, storage_path, length_m, 1, created_at FROM track_maps
    ORDER BY layout_id, game, version;
INSERT INTO supporters (layout_id, game, supporter, laps, last_at)
    SELECT DISTINCT ON (layout_id, game) layout_id, game, coalesce(uploaded_by, gen_random_uuid()), 1, created_at
    FROM track_maps ORDER BY layout_id, game, version;
INSERT INTO supporters (layout_id, game, supporter, laps, last_at)
    SELECT layout_id, game, user_id, 0, max(judged_at) FROM uploads
    WHERE status IN ('accepted', 'duplicate') AND user_id IS NOT NULL AND layout_id IS NOT NULL
    GROUP BY layout_id, game, user_id
    ON CONFLICT DO NOTHING;
UPDATE uploads SET layout_id = NULL, version = NULL WHERE status = 'rejected';  -- it was what they were compared with
UPDATE uploads SET related = jsonb_build_object('track', jsonb_build_object('game', game, 'track_id', track_id))
    || CASE status WHEN 'duplicate'
       THEN jsonb_build_object('duplicate_of', jsonb_build_object('game', game, 'track_id', track_id)) ELSE '{}' END
    WHERE status IN ('accepted', 'duplicate');
