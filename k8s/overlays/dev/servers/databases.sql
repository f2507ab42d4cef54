-- One database and one owner for each service that keeps tables.
CREATE ROLE auth LOGIN PASSWORD 'laptop';
CREATE DATABASE auth OWNER auth;
CREATE ROLE license LOGIN PASSWORD 'laptop';
CREATE DATABASE license OWNER license;
CREATE ROLE tracks LOGIN PASSWORD 'laptop';
CREATE DATABASE tracks OWNER tracks;
CREATE ROLE versions LOGIN PASSWORD 'laptop';
CREATE DATABASE versions OWNER versions;
