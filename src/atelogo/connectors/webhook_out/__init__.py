"""Billing by webhook: the company's own system is told in a signed message and answers, at once or later.

Standard Webhooks 1.0 both ways: ours out (``adapter.py``), theirs back (``inbound.py``), one secret for both.
"""
