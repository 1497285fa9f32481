"""Tables as people have them to canonical customers, plus the ledger that accounts for each row."""
