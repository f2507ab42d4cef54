-- A mail says the same twice, as text and as HTML.
ALTER TABLE mails ADD COLUMN html text NOT NULL DEFAULT '';
