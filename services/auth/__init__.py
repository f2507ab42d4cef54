"""Accounts and sign-in.

Owns: users, sessions, verification codes, signing keys, the mails that wait to be sent.
Publishes: user.registered, user.verified, session.revoked.
Reacts to: nothing.
"""
