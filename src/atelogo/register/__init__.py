"""The register: every cancellation request on record, exactly and for good.

Customers, contracts, equipment, the reason tree, requests with protocol, receipt and history, imports and
exports. Promises: a declaration is recorded with its protocol before anything else may fail; one active
request per contract; every fact is one ledger event, and a request's state can be rebuilt from them.
"""
