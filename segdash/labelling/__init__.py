"""Segments to names that follow from their numbers, with reasons, and warnings where a name isn't earned."""
