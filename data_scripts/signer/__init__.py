"""The synthetic signer, who is filmed: a body, a small sign phonology, a renderer, and films at any shutter.

Everything here is synthetic. It moves the way signing moves and is in no sign language; it exists so that
the course has footage that may be shared and a truth to measure against.
"""
