"""The register's rules in plain Python: states, protocol, deadlines, money, reasons, texts.

Nothing here knows Django, a database or a clock: facts come in, an answer goes out.
"""
