"""The rules of licences, devices and money. Pure: time is an argument."""
