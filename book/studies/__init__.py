"""Studies that were run once and whose rows ship."""
