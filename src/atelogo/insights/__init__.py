"""Insights: what the register's figures say, each with its definition, its period and its n.

Every number on a page opens down to the requests behind it; a figure without enough data says so by name.
"""
