"""Chapter 11's five languages: the tables and the picture say what the rows say."""

import numpy as np

from book.chapters.ch11_languages import WAYS, accuracy_table, gains_chart, words_table
from book.studies.real_words.few_shots import WAYS as STUDIED
from book.studies.real_words.language_rows import gains

ROWS = [
    {"language": name, "shots": 5, "seed": seed, "of": 10, "right": dict.fromkeys(WAYS, 4 + seed) | {"all": 6 + at}}
    for at, name in enumerate(("ASL", "DGS", "Bhutanese"))
    for seed in range(2)
]


def test_the_table_has_every_way_and_language():
    table = accuracy_table(ROWS)
    assert list(table.index) == list(WAYS.values()) and set(WAYS) == set(STUDIED)
    assert list(table.columns) == ["ASL", "DGS", "Bhutanese", "all, by languages"]
    assert table.loc[WAYS["all"], "DGS"].startswith("70.0 [70.0")


def test_the_picture_has_a_mark_for_each_language_and_a_row_for_each_difference():
    differences = {"everything minus scratch": gains(ROWS, "all", "scratch"), "again": gains(ROWS, "all", "frozen")}
    axis = gains_chart(differences).axes[0]
    assert [text.get_text() for text in axis.get_yticklabels()] == list(differences)
    assert {text.get_text() for text in axis.get_legend().get_texts()} == {
        "mean and interval",
        "ASL",
        "DGS",
        "Bhutanese",
    }
    drawn = [line.get_xdata()[0] for line in axis.lines if line.get_label() == "DGS"]
    assert np.allclose(drawn, [25])


def test_what_is_left_out_is_counted_with_its_reason():
    table = words_table(
        {"words": {"ASL": 10, "DGS": 5}, "left out": {"ASL": ["can: posture", "no: posture"], "DGS": []}}
    ).set_index("language")
    assert table.loc["ASL"].tolist() == [10, 2, "can: posture; no: posture"] and table.loc["DGS", "left out"] == 0
