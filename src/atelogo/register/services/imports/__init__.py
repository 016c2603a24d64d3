"""Imports of customers, contracts and cancellations: staged, checked, run in chunks, undone as a whole."""
