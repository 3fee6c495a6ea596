"""R2's data set: which signs of the Corpus VGT and the Corpus NGT are for training, validation and test.

Reads the annotation tables that the authors of R2 (De Coster et al., arXiv 2306.17558) published with the SignON
project, splits the Flemish signs (VGT) as the paper (3.1) and the authors' code say, and takes the published split of
the Dutch ones (NGT). No account is needed; the tables are Apache-2.0. The videos are not here: they need a registration
with the corpora.

    python data_scripts/signon_splits.py --out data/signon

writes vgt_train.csv ... ngt_test.csv, vgt_cuts.csv and ngt_cuts.csv (where each example lies in which film, for
data_scripts/corpus_vgt.py), and manifest.json.
"""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from data_scripts.shared.archives import content_of, fetched, member
from data_scripts.shared.manifest import command_line, is_complete, say_whose, write_manifest
from data_scripts.shared.tables import read_table
from lib.ptn.splits import SUBSETS, in_every_subset, signer_independent_split
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.tools.openers import reading

COMMIT = "3c0d5e9c2d088a367999e66792ef1e6e1a1c3fd5"
ARCHIVE = f"https://github.com/signon-project/wp3-slr-dataset-processing/archive/{COMMIT}.zip"
LICENCE = "Apache-2.0"
CREDIT = "SignON WP3 SLR Dataset Processing, Copyright 2021-2023 Ghent University and Trinity College Dublin"
VGT_ALL = "vgt/output_20220824/create_dataset/vgt_348.csv"
VGT_PUBLISHED = "vgt/output_20220824/split_dataset/vgt_292.csv"
VGT_GLOSSES = "vgt/output_20220824/split_dataset/vgt_292_glosses.csv"
NGT_PUBLISHED = "ngt/output_20220824/extract_clips/ngt_458_dataset.csv"
NGT_GLOSSES = "ngt/output_20220824/split_dataset/ngt_458_glosses.csv"
# which stretch of which film: too large for some copies of the archive, and of a sum that we do not know
NGT_TIMES = "ngt/output_20220824/split_dataset/ngt_458.csv"
SHA256 = json.loads(Path(__file__).with_name("signon_splits_sums.json").read_text(encoding="utf-8"))
COLUMNS = ["id", "gloss", "label", "signer", "video", "language", "subset"]
CUTS = ["id", "film", "start_ms", "end_ms", "side"]


def make(out: Path, source: str = ARCHIVE) -> None:
    """Write one CSV a language and subset, and the manifest, into ``out``. Raises BadInput."""
    if is_complete(out) and (out / "vgt_cuts.csv").is_file():
        print(f"{out} is already made and intact.")
        return
    say_whose("Lists of examples", CREDIT, source, LICENCE)
    with fetched(source, paths.CACHE / "downloads" / f"signon-{COMMIT[:7]}.zip") as archive:
        tables = {name: _table(member(archive, name, digest)) for name, digest in SHA256.items()}
        times = content_of(archive, NGT_TIMES)
    examples = pd.concat([vgt_examples(tables), ngt_examples(tables)])
    cuts = {"vgt_cuts.csv": vgt_cuts(tables)}
    if times is None:
        print(f"The archive lacks {NGT_TIMES}: clips of the Corpus NGT cannot be cut with it.")
    else:
        with reading(archive, f"has a {NGT_TIMES} that is no such table", "give the right archive with --source"):
            cuts["ngt_cuts.csv"] = ngt_cuts(tables, _table(times))
    made = {}  # each file's table, and what of the archive it is made of
    for (language, subset), part in examples.groupby(["language", "subset"]):
        members = [name for name in SHA256 if name.startswith(language.lower())]
        made[f"{language.lower()}_{subset}.csv"] = part[COLUMNS], members
    for file, table in cuts.items():
        made[file] = table[CUTS], [VGT_ALL if file.startswith("vgt") else NGT_TIMES]
    for file, (table, _) in tqdm(made.items(), desc="writing", unit="file"):
        with written_whole(out / file) as partial:
            table.to_csv(partial, index=False)
    about = {"source": ARCHIVE, "licence": LICENCE, "credit": CREDIT}
    write_manifest(out, [{"file": file, "members": members} | about for file, (_, members) in made.items()])
    print(f"{out} holds {len(examples):,} examples in {len(made) - len(cuts)} tables.")


def vgt_examples(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Split the 348 most frequent VGT glosses; check the result, row for row, against the authors' own."""
    examples = tables[VGT_ALL].copy()
    examples["subset"] = ""
    parts = signer_independent_split(examples.Gloss, examples.Participant)
    for subset, rows in zip(SUBSETS, parts, strict=True):
        examples.iloc[rows, examples.columns.get_loc("subset")] = subset
    examples = examples[in_every_subset(examples.Gloss, examples.subset)]
    published = tables[VGT_PUBLISHED]
    if examples.set_index("Id").subset.to_dict() != published.set_index("Id").subset.to_dict():
        raise BadInput(f"The split differs from {VGT_PUBLISHED}: install the scikit-learn of the course's lock file")
    rank = {gloss: label for label, gloss in enumerate(tables[VGT_GLOSSES].Gloss)}
    named = {"Id": "id", "Gloss": "gloss", "Participant": "signer", "SampleVideo": "video"}
    return examples.rename(columns=named).assign(language="VGT", label=examples.Gloss.map(rank))


def ngt_examples(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The published NGT split, with the glosses' names put back: a label is a line of the gloss table."""
    published = tables[NGT_PUBLISHED]
    glosses = tables[NGT_GLOSSES].Gloss.to_numpy()
    named = {"Id": "id", "Label": "label", "Participant": "signer", "Video": "video", "Subset": "subset"}
    return published.rename(columns=named).assign(language="NGT", gloss=glosses[np.asarray(published.Label)])


def vgt_cuts(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Film, start and end of each VGT example; a film shows one signer, so it is taken whole."""
    kept = tables[VGT_ALL][tables[VGT_ALL].Id.isin(tables[VGT_PUBLISHED].Id)]
    return kept.rename(columns={"Id": "id", "SourceVideo": "film"}).assign(side="")


def ngt_cuts(tables: dict[str, pd.DataFrame], times: pd.DataFrame) -> pd.DataFrame:
    """Film, start, end and side of each NGT example: the authors cut the half of a signer out of the film of both.

    Raises BadInput where the table of times is not that of the published split.
    """
    told, published = ["Id", "Participant", "SampleVideo"], tables[NGT_PUBLISHED][["Id", "Participant", "Video"]]
    lacking = {*told, "start_ms", "end_ms", "Side", "SourceVideo"} - set(times.columns)
    if lacking or sorted(times[told].values.tolist()) != sorted(published.values.tolist()):
        raise BadInput(f"{NGT_TIMES} does not fit {NGT_PUBLISHED}: give the archive of the right commit with --source")
    film = times.SourceVideo.str.partition("_")[0].str.removesuffix(".mpg") + ".mpg"  # CNGT0004_S003_b.mpg: one's own
    return times.rename(columns={"Id": "id", "Side": "side"}).assign(film=film)


def read_examples(folder: str | Path) -> pd.DataFrame:
    """Read the CSVs that `make` wrote, one row an example.

    Columns ``id``, ``gloss``, ``label`` (the gloss's rank by frequency, from 0), ``signer``, ``video``, ``language``
    ("VGT", "NGT") and ``subset`` ("train", "val", "test"). Raises BadInput, also for a signer in two subsets.
    """
    files = [Path(folder) / f"{language}_{subset}.csv" for language in ("vgt", "ngt") for subset in SUBSETS]
    if missing := [file for file in files if not file.is_file()]:
        raise BadInput(f"{missing[0]} is missing: run python data_scripts/signon_splits.py --out {folder}")
    again = "delete it and run data_scripts/signon_splits.py"
    tables = [read_table(file, COLUMNS, again, "is no table of examples", whole=["id", "label"]) for file in files]
    examples = pd.concat(tables, ignore_index=True)
    places = examples.groupby(["language", "signer"]).subset.unique()
    if len(twice := places[places.map(len) > 1]):  # a test on people whom the network knows flatters it
        language, signer = twice.index[0]
        where = " and ".join(twice.iloc[0])
        raise BadInput(f"{language} in {folder} has signer {signer} in {where}: keep each signer in one subset")
    return examples


def _table(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), keep_default_na=False)


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, ARCHIVE))
