"""Template filters of the register's pages."""
