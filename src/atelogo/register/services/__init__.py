"""The register's only writers: keyword-only functions, one atomic block each, ending in the ledger."""
