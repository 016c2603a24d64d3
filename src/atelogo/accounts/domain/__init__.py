"""Plain rules of accounts: workspaces, permissions, what a valid setting is."""
