"""Console pages of the register: cancellations, pending work, customers."""
