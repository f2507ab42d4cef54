"""The overlay: one click-through window per widget, drawn over the game from frames.

    overlay = Overlay(settings_dir)       # after QApplication; reads settings_dir/overlay.json, or the defaults
    overlay.open()                        # shows one window per widget
    overlay.show_frame(frame)             # from any adapter, in the Qt thread, as often as frames arrive
    overlay.show_map(track_map)           # a contracts.tracks.TrackMap; None forgets it
    overlay.picture(path)                 # every widget over a drawn race track, as PNG
    overlay.close()

`choose_platform(environ)` in `overlay.window` must run before QApplication is made. Everything else that a caller
may use is on `overlay.overlay.Overlay` and is described there.
"""
