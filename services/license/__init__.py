"""Licences: which plan an account is on, and which of its devices are activated.

Owns: plans and prices, subscriptions, the ledger of payments, licences, devices; the key that signs offline leases.
Publishes: license.changed, payment.succeeded, payment.failed, payment.refunded.
Reacts to: user.registered (the free plan opens), user.deleted (the person is forgotten, and pays no more).
"""
