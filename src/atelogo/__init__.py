"""Até Logo: the register of cancellations and the plain way out, on the company's own machine."""
