"""The benchmarks: each is a command that prints one JSON object, with a baseline from the same run."""
