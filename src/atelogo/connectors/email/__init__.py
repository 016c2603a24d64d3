"""E-mail through the installation's mail server: the first channel that carries messages to customers."""
