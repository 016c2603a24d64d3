"""Billing by hand: a person follows written steps and closes the task on proof. Works with any system."""
