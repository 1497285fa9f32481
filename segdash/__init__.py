"""segdash."""
