"""Licences: which plan an account is on, and which of its devices are activated.

Owns: plans, subscriptions, licences, devices; the key that signs offline leases.
Publishes: license.changed.
Reacts to: user.registered (the free plan opens), user.deleted (the person is forgotten).
"""
