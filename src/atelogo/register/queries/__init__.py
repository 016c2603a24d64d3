"""Reads of the register: querysets stay inside, frozen dataclasses go out."""
