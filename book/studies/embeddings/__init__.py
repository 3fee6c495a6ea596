"""Embeddings laid open: which language helps which, and what a vector keeps of a sign's parts."""
