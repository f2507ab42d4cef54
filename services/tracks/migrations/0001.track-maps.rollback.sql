DROP TABLE uploads, track_maps, layouts;
