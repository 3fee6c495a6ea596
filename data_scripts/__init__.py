"""One command for each data set, and what they share."""
