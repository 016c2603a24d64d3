"""Structure that every room stands on, with no word of the domain.

Errors, clock, ids, money, tenancy, secrets, signing, outgoing HTTP, ports and registries.
Imports no other room; nothing here decides anything about a cancellation.
"""
