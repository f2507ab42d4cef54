"""What the driver wishes without leaving the game: keys and controller buttons, heard while the game has the focus.

No key is ever swallowed but the chords that were chosen, and none is looked at: the system is asked for single chords.
"""
