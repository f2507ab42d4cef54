DROP INDEX users_unproven;
DROP TABLE wanted_letters, codes;
ALTER TABLE mails DROP COLUMN good_for, DROP COLUMN html;
