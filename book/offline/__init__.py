"""The course for rooms without network; see book/build_offline.py."""
