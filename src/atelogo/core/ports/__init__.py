"""What the product needs from the outside, as protocols: no vendor word here."""
