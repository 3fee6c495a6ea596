"""The exercises: one file of checkers a chapter, what all checkers share, and the maker of the students' stubs."""
