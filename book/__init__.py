"""The book, and what its pages and studies need beside `lib`."""
