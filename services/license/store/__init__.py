"""How licences are remembered: every SQL statement of license, each a question in our words."""
