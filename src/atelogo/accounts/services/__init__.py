"""What changes in accounts, and who may pass."""
