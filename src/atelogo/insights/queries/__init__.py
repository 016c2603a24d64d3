"""One metric a file: definition, reckoning, result. Signatures outlive the store behind them."""
