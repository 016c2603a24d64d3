"""The customers' side: the plain way out, their protocols, the check of a receipt, *Como cancelar*.

Promises: a declaration is recorded whatever else fails; every page works without script, by keyboard and at
360 pixels; no answer reveals whether a person exists; no personal data stands in an address.
"""
