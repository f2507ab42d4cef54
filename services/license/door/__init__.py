"""The one door to Stripe: nothing else here speaks with its SDK, and its errors go no further than this.

client      the SDK, with timeouts and few retries; Stripe's errors as ours
words       Stripe's objects in our words
books       what Stripe knows of a customer, and of whom it has news
shop        customers, checkout sessions, the portal, prices, ends of subscriptions
webhooks    is this message really from Stripe, and what is it about?
"""
