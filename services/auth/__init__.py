"""Accounts and sign-in.

Owns: users, sessions, second factors, API tokens, codes, signing keys, the audit trail, the mails that wait to be sent.
Publishes: user.registered, user.verified, user.deleted, session.revoked.
Reacts to: nothing.
"""
