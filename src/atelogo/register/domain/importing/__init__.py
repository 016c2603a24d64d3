"""Reads customers, contracts and cancellations out of the files people really have.

Bytes in; typed records, rejected rows and left-out rows out, each with its line and a stable code.
It opens no database and knows no Django; `services` above it write what it gives.
Order of use: `tables.open_table` -> `columns.suggest_mapping` -> `reading.compile_reader`.
"""
