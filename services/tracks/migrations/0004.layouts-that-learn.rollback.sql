ALTER TABLE uploads DROP COLUMN related;
DELETE FROM uploads WHERE track_id IS NULL;
ALTER TABLE uploads ALTER COLUMN track_id SET NOT NULL;
DROP INDEX uploads_raw, uploads_votes, uploads_layout, uploads_path, track_maps_path, layouts_contenders;
DROP INDEX track_maps_line;
ALTER TABLE track_maps DROP COLUMN status, DROP COLUMN withdrawn_at;
DROP TABLE acts, trials, supporters, lines, names, layout_links;
ALTER TABLE layouts DROP COLUMN state, DROP COLUMN venue, DROP COLUMN layout_name, DROP COLUMN pinned, DROP COLUMN merged_into;
