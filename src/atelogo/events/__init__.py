"""The spine: what happened, in one line that only grows, and what is owed because of it.

`ledger` writes facts inside the transaction of the service that makes them; `log` gives every fact its place
in a signed Merkle tree per workspace; `verify` and `offline` show that nothing was changed; `outbox` and
`worker` carry out what is owed, at least once. Personal detail lies apart and can be shredded.
"""
