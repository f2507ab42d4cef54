"""How accounts and sessions are remembered: every SQL statement of auth, each a question in our words."""
