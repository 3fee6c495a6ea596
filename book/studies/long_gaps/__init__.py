"""Long gaps filled by what was learned of hands: `python -m book.studies.long_gaps` makes the rows of chapter 13."""
