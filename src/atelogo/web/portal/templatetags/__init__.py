"""Tags of the customers' pages."""
