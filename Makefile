# Two commands are enough: `make book` and `make test`. Everything they install goes into .venv, in this folder.
.DEFAULT_GOAL := help
.PHONY: help ready book test next student lab stubs slides report offline data bench lock clean
unexport PYTHONPATH PYTHONHOME

PY := .venv/bin/python
NEXT := .venv-next/bin/python
# The Python to build .venv with; name another one like this: make book PYTHON=/usr/local/bin/python3.12
PYTHON ?= python3.12 python3.11 python3
# The same for `make next`, whose packages have no upper end
PYTHON_NEXT ?= python3.13 python3.14 python3.12 python3.11 python3
SUITABLE := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))

SUITABLE_NEXT := import ensurepip, sys; sys.exit(sys.version_info[:2] < (3, 11))

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1	\2/p' Makefile

# Not the file .venv/ready, which says that everything is installed.
ready: .venv/ready ## is this machine ready for a class? A green or a red line for each thing
	@$(PY) book/check_ready.py

book: .venv/ready ## install what is missing, run the chapters and build the book
	$(PY) book/build_book.py

# Two processes, each file of tests in one of them; `make test TOGETHER=` runs one test after another.
TOGETHER ?= --numprocesses 2 --dist loadgroup --no-loadscope-reorder
test: .venv/ready ## install what is missing and run all tests
	$(PY) -m pytest $(TOGETHER)

next: .venv-next/ready ## a second environment: newer MediaPipe, NumPy 2; runs the tests that need no 0.10.21
	@$(NEXT) data_scripts/holistic_bundle.py --out data/holistic || echo "Going on without the newer MediaPipe's bundle."
	$(NEXT) -m pytest -m "not slow and not solutions"

student: .venv/ready ## write the notebooks that a class works in; what somebody has changed stays
	$(PY) book/build_student.py

lab: student ## open them in JupyterLab
	$(PY) -m jupyterlab --notebook-dir=student

stubs: .venv/ready ## write the exercises' stubs from their solutions
	$(PY) -m book.exercises.make_stubs

slides: .venv/ready ## make slides from the chapters that `make book` has run, and votes from the quizzes
	$(PY) book/build_slides.py

report: .venv/ready ## one page to hand in: what was run, every number, every claim
	$(PY) book/make_report.py

offline: .venv/ready ## bundle book, sources and packages for Linux and macOS, for a room without network
	$(PY) book/build_offline.py

data: .venv/ready ## render the larger synthetic data sets, fetch the public ones
	$(PY) data_scripts/synthetic_signers.py --out data/synthetic
	@$(PY) data_scripts/signon_splits.py --out data/signon || echo "Going on without data/signon."
	@$(PY) data_scripts/asl_words.py --out data/asl_words || echo "Going on without data/asl_words."
	@$(PY) data_scripts/dgs_words.py --out data/dgs_words || echo "Going on without data/dgs_words."
	@for words in bisindo_words isl_words bhutanese_words; do \
	  $(PY) data_scripts/$$words.py --out data/$$words || echo "Going on without data/$$words."; done
	@$(PY) data_scripts/lis_fingerspelling.py --out data/lis || echo "Going on without data/lis."

bench: .venv/ready ## time the slow parts and print what each costs beside its yardstick, five rivals among them
	@$(PY) tests/bench/rivals.py
	@for script in tests/bench/bench_*.py; do PYTHONPATH=.venv/rivals $(PY) $$script || exit 1; done

lock: .venv/ready ## renew requirements.lock after a change in pyproject.toml
	$(PY) .ci/lock.py

clean: ## remove built pages, caches and results (data/ and .venv stay)
	rm -rf _build .cache results .pytest_cache .ruff_cache *.egg-info

# A new lock means a new .venv: nothing of the old one lingers. The stamp comes last, so a half-made .venv is redone.
.venv/locked: requirements.lock
	@for python in $(PYTHON); do \
	  if $$python -c '$(SUITABLE)' >/dev/null 2>&1; then \
	    echo "Installing the course into .venv with $$python: once, for some minutes."; \
	    exec $$python -m venv --clear .venv; \
	  fi; \
	done; \
	echo "This course needs Python 3.11 or 3.12 with its venv module; tried: $(PYTHON)." >&2; \
	echo "Install one (Debian, Ubuntu: apt install python3-venv; macOS: brew install python@3.12)" \
	  "or name yours: make book PYTHON=/path/to/python3.12" >&2; \
	exit 1
	$(PY) -m pip install --disable-pip-version-check --no-deps -r requirements.lock
	@# A torch built for GPUs asks for its own GPU libraries here; a CPU build asks for nothing.
	$(PY) -m pip install --disable-pip-version-check --quiet --constraint requirements.lock torch
	@touch $@

.venv/ready: .venv/locked pyproject.toml
	$(PY) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Beside .venv, never in its place: the course's own versions are those of the lock.
.venv-next/ready: requirements.lock pyproject.toml .ci/next.py
	@for python in $(PYTHON_NEXT); do \
	  if $$python -c '$(SUITABLE_NEXT)' >/dev/null 2>&1; then \
	    echo "Installing a newer MediaPipe and NumPy 2 into .venv-next with $$python: once, for some minutes."; \
	    exec $$python -m venv --clear .venv-next; \
	  fi; \
	done; \
	echo "make next needs Python 3.11 or newer with its venv module; tried: $(PYTHON_NEXT)." >&2; \
	echo "Name yours: make next PYTHON_NEXT=/path/to/python3.13" >&2; \
	exit 1
	$(NEXT) .ci/next.py .venv-next > .venv-next/mediapipe.txt
	$(NEXT) -m pip install --disable-pip-version-check --quiet -r .venv-next/wanted.txt -c .venv-next/pins.txt
	$(NEXT) -m pip install --disable-pip-version-check --quiet --no-deps -r .venv-next/mediapipe.txt
	@# pyproject.toml ends at Python 3.12, for 0.10.21's sake.
	$(NEXT) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --ignore-requires-python \
	  --editable .
	@touch $@
