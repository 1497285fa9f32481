"""Serve with: panel serve apps/dashboard.py [--args FILE], a customer table or an order log."""

import os
import sys
from pathlib import Path

import segdash

data = Path(__file__).parents[1] / "data"
given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SEGDASH_DATA")
segdash.Dashboard.open(given or data / "customers.csv", sample=data / "orders.csv").servable()
