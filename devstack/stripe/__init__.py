"""A Stripe of the laptop's own: stateful, over HTTP, with a clock that can be moved and faults on demand."""
