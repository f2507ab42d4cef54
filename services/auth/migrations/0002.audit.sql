-- What happened to accounts. It has no reference to users: it outlives an account that was erased, as a bare id.
CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     uuid NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    action      text NOT NULL,
    session_id  uuid,
    device_name text,
    place       text,
    detail      text,
    by_user     uuid                               -- who did it, where it was not the account itself
);
CREATE INDEX audit_user_id ON audit (user_id, id DESC);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Erasing a person takes away what tells who and where it was; that something happened stays.
    IF TG_OP = 'UPDATE' AND current_setting('raceoverlay.erasing', true) = OLD.user_id::text
       AND (NEW.id, NEW.user_id, NEW.at, NEW.action, NEW.session_id) IS NOT DISTINCT FROM
           (OLD.id, OLD.user_id, OLD.at, OLD.action, OLD.session_id)
       AND (NEW.device_name, NEW.place, NEW.detail) IS NOT DISTINCT FROM (NULL::text, NULL::text, NULL::text)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is only ever added to';
END
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
