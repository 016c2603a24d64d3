"""The cancellation register: customers, contracts, reasons, requests, protocols and receipts.

Promises that a confirmed request is never lost, has exactly one effect in billing, and that its
protocol finds it on every channel. Debt, equipment or an unanswered question never stand between
a customer and the request. Other rooms call its services and read its queries.
"""
