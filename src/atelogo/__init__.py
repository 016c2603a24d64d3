"""Até Logo: a self-hosted register of cancellation requests and a plain way out for customers.

The rooms of the house are `core`, `events`, `accounts`, `register`, `insights`, `connectors`,
`web` and `cli`. Imports go downward only; docs/architecture.md holds the map.
"""
