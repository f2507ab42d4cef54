-- What moderators did is never changed; only who did it is forgotten with the person.
CREATE FUNCTION acts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.moderator_id IS NULL
       AND (NEW.id, NEW.layout_id, NEW.act, NEW.reason, NEW.detail, NEW.at) IS NOT DISTINCT FROM
           (OLD.id, OLD.layout_id, OLD.act, OLD.reason, OLD.detail, OLD.at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what moderators did is only ever added to';
END
$$;
CREATE TRIGGER acts_are_append_only BEFORE UPDATE OR DELETE ON acts
    FOR EACH ROW EXECUTE FUNCTION acts_are_append_only();
CREATE TRIGGER acts_are_not_emptied BEFORE TRUNCATE ON acts
    FOR EACH STATEMENT EXECUTE FUNCTION acts_are_append_only();

CREATE INDEX acts_of ON acts (moderator_id) WHERE moderator_id IS NOT NULL;
CREATE INDEX names_track ON names (track_id, game);
CREATE INDEX layouts_newest ON layouts (created_at DESC, id DESC);
CREATE INDEX layouts_merged ON layouts (merged_into) WHERE merged_into IS NOT NULL;

-- A line may be found to be another layout's; what was learned of it goes along.
ALTER TABLE supporters DROP CONSTRAINT supporters_layout_id_game_fkey,
    ADD FOREIGN KEY (layout_id, game) REFERENCES lines ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE trials DROP CONSTRAINT trials_layout_id_game_fkey,
    ADD FOREIGN KEY (layout_id, game) REFERENCES lines ON DELETE CASCADE ON UPDATE CASCADE;
