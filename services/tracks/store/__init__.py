"""How laps and maps are remembered: every SQL statement of tracks, each a question in our words."""
