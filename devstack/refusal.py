"""Why something cannot be had."""


class Refusal(Exception):
    """The message is meant for people and says what to do; it is shown without a traceback."""
