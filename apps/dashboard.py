"""Serve with: panel serve apps/dashboard.py [--args CUSTOMERS.csv]."""

import os
import sys
from pathlib import Path

import segdash

sample = Path(__file__).parents[1] / "data" / "customers.csv"
given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SEGDASH_DATA")
segdash.Dashboard.open(given or sample).servable()
