"""The rules of accounts and sessions. Pure: time, chance and secrets are arguments."""
