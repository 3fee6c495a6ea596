"""Real sign languages side by side, for `book.studies.transfer`."""
