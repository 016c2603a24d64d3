"""Console pages of accounts: signing in, the own profile, people, settings."""
