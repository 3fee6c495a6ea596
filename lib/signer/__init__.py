"""Rendered clips, as they lie on the disk; `data_scripts.signer` makes them."""
