"""What one chapter draws, shows or scores: a file's name says whose it is."""
