"""The rows that studies ship: how each kind is written and read."""
