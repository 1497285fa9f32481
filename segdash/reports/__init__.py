"""Tables and pictures handed over as files: one module per format."""
