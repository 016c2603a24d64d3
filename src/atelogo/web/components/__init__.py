"""What the template tags of ``{% load ui %}`` are made of: formats, sparklines, charts, form fields."""
