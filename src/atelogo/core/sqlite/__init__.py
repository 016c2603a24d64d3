"""Django database backend for the embedded default: a current SQLite and one writer at a time."""
