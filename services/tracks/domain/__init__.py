"""The rules of laps, layouts and maps: from the form of an upload to the verdict on it. Pure: time is an argument."""
