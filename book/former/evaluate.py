"""`python -m lib.evaluate`, as scripts of others call it: `python -m lib.evaluation` since the house was built."""

import runpy

if __name__ == "__main__":
    runpy.run_module("lib.evaluation", run_name="__main__")
