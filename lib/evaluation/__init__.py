"""R1's evaluation over whole videos, with intervals and verdicts."""
