"""Slides made from the chapters; see book/build_slides.py."""
