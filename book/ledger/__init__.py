"""The papers' claims and tables, with ours beside them."""
