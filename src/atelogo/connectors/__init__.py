"""Adapters to outside systems: each package fulfils one port of :mod:`atelogo.core.ports` and knows no other.

A connector is a folder to copy: ``apps.py`` registers the adapter by name, ``adapter.py`` fulfils the port,
``mapping.py`` translates between its words and ours, ``inbound.py`` takes in what the outside system says.
"""
