"""The overlay as a source in OBS and the like: a page on this computer, drawn with pictures of what has changed.

A recorder can take the widgets without the game behind them, in a layout of their own, and the driver may hide the
windows without taking anything from those who watch. Without somebody who watches it costs nothing.
"""
