ALTER TABLE trials DROP CONSTRAINT trials_layout_id_game_fkey,
    ADD FOREIGN KEY (layout_id, game) REFERENCES lines ON DELETE CASCADE;
ALTER TABLE supporters DROP CONSTRAINT supporters_layout_id_game_fkey,
    ADD FOREIGN KEY (layout_id, game) REFERENCES lines ON DELETE CASCADE;
DROP INDEX layouts_merged, layouts_newest, names_track, acts_of;
DROP TRIGGER acts_are_not_emptied ON acts;
DROP TRIGGER acts_are_append_only ON acts;
DROP FUNCTION acts_are_append_only();
