DROP INDEX users_role, users_email_begins;
DROP TABLE api_tokens;
