"""A Django application that fault tests add to a served installation: the product knows nothing of it.

It brings a billing system that lives in a file, points at which a process can be held until it is killed, and
a clock that a file sets wrong.
"""
