"""What only the chapters need: pictures, small demonstrations and scores. It builds on `lib`; `lib` never needs it."""
