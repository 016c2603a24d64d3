"""A billing system for development and tests: behaves as told, late, wrong or twice. Never in production."""
