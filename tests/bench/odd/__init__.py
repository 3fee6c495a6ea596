"""Makers of odd inputs for `bench_odd_inputs.py`: each gives a check of what the course makes of what it has made."""
