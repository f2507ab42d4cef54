DROP TABLE mails, signing_keys, sessions, verification_codes, users;
