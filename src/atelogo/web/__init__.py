"""The doors: root addresses, middleware, console shell, customers' base page, components, health.

Rooms own their pages; this room gives them their frame and reaches them by the names of their addresses.
It decides nothing about a cancellation and writes no table.
"""
