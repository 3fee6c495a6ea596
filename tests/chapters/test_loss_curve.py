"""The curve: what is drawn, and that it grows in a notebook and keeps quiet elsewhere."""

import sys
from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat
import pytest
from jupyter_cache.executors.utils import single_nb_execution

from book.shared.charts import LiveCurve, draw, from_pairs


def history(*validation: float) -> list[dict[str, float]]:
    return from_pairs([[score + 0.1, score] for score in validation])


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def lines(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


def test_both_losses_are_drawn_against_the_epoch(ax):
    draw(history(3.0, 1.0, 2.0), ax)
    assert lines(ax)["validation"].get_xydata().tolist() == [[1, 3.0], [2, 1.0], [3, 2.0]]
    assert lines(ax)["training"].get_ydata().tolist() == pytest.approx([3.1, 1.1, 2.1])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")


def test_the_ring_is_around_the_best_epoch(ax):
    draw(history(3.0, 1.0, 2.0), ax)
    assert lines(ax)["best"].get_xydata().tolist() == [[2, 1.0]]


def test_the_loss_before_training_is_a_dotted_line(ax):
    draw(history(3.0, 1.0), ax, start=4.0)
    assert set(lines(ax)["validation before training"].get_ydata()) == {4.0}
    draw(history(3.0), ax.figure.add_subplot())
    assert "validation before training" not in lines(ax.figure.axes[-1])


def test_epochs_are_whole_numbers(ax):
    draw(history(3.0, 1.0), ax)
    ax.figure.canvas.draw()
    assert all(tick == int(tick) for tick in ax.get_xticks())


def test_nothing_trained_yet(ax):
    draw([], ax)
    assert "best" not in lines(ax) and ax.get_xlabel() == "epoch"


class FakeNotebook:
    """What LiveCurve uses of IPython: a shell with a kernel, and a display that hands out a place to update."""

    def __init__(self, kernel: bool = True):
        self.shown, self.updated = [], []
        shell = SimpleNamespace(kernel=object()) if kernel else SimpleNamespace()
        self.get_ipython = lambda: shell
        self.display = SimpleNamespace(display=self._display)

    def _display(self, figure, display_id):
        assert display_id is True
        self.shown.append(figure)
        return SimpleNamespace(update=self.updated.append)


def test_one_picture_grows_in_a_notebook(monkeypatch):
    notebook = FakeNotebook()
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setattr(plt, "switch_backend", lambda _: None)  # it asks the shell for more than the false one has
    live, before = LiveCurve("a title", start=4.0), plt.get_fignums()
    for rows in (1, 2, 3):
        live(history(3.0, 2.0, 1.0)[:rows])
    assert len(notebook.shown) == 1 and len(notebook.updated) == 2
    last = notebook.updated[-1].axes[0]
    assert last.get_title() == "a title" and len(lines(last)["validation"].get_xdata()) == 3
    assert "validation before training" in lines(last)
    assert plt.get_fignums() == before, "a figure left open would be shown once more"


def test_a_kernel_that_has_drawn_nothing_yet_shows_a_picture():
    """Without its backend a notebook shows a figure's name in words."""
    rows = [{"epoch": epoch, "train": 3.0, "validation": 2.0} for epoch in (1, 2)]
    code = f"from book.shared.charts import LiveCurve\nlive = LiveCurve()\nlive({rows[:1]})\nlive({rows})"
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    assert not single_nb_execution(page, cwd=None, timeout=300, allow_errors=False).err
    (shown,) = page.cells[0].outputs
    assert "image/png" in shown.data


def test_silent_in_a_terminal(monkeypatch, capsys):
    terminal = FakeNotebook(kernel=False)
    for ipython in (None, terminal):
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        LiveCurve()(history(1.0))
    assert not terminal.shown and capsys.readouterr() == ("", "")
