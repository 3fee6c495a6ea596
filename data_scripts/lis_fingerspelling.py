"""Photos of the Italian manual alphabet, and the joints that MediaPipe Hands finds in them.

Real hands for R3 (Joins2Sign), which learned from the same data set at 622 x 415 pixels: 10,200 photos of 64 x 64
pixels, 22 letters, 10 signers, and 808 of an eleventh. Their authors (Donnici and Monica) have put them on the web
WITHOUT A LICENCE. Nobody has allowed you to pass them on: use them on your own machine, publish none of them, and write
to the authors before you do more.

    python data_scripts/lis_fingerspelling.py --out data/lis

writes the photos, photos.csv (letter, signer, number, angle, subset), left_out.csv (what could not be used, and why),
hands.npz (21 joints a photo) and manifest.json. The archive also holds larger sets that are not used. Finding the
hands takes some minutes; a run that was interrupted goes on.
"""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from PIL import Image
from tqdm.auto import tqdm

from data_scripts.shared.archives import fetched, open_zip, read_member
from data_scripts.shared.lis_hands import annotate
from data_scripts.shared.lis_photos import COLUMNS, TABLE, UNSEEN, read_hands, read_table
from data_scripts.shared.manifest import command_line, is_complete, say_whose, write_manifest
from data_scripts.shared.tables import write_csv
from lib.joins2sign.photos import ANGLES, LETTERS, SIDE
from lib.tools import paths
from lib.tools.errors import BadInput
from lib.tools.files import MANIFEST, written_whole

COMMIT = "32e1f312e93d58a06d971ec2e5027f85d6937c54"
ARCHIVE = f"https://github.com/maghid/italian_fingerspelling_recognition/archive/{COMMIT}.zip"
LICENCE = "none stated: keep the photos to yourself"
CREDIT = "Margherita Donnici and Gianluca Monica, italian_fingerspelling_recognition"
SUBSETS = ("dataset1/train", "dataset1/validation", "dataset1/testing", UNSEEN)
# of each folder: the SHA-256 of the lines "SHA-256 of a photo, its name", in the names' order
SUMS = Path(__file__).with_name("lis_fingerspelling_sums.json")
LARGEST = 1 << 20  # bytes; a photo has a thousandth of that
NAME = re.compile(r"([a-z])_([A-Z]+)_(\d+)_([a-z]+)\.jpe?g", re.IGNORECASE)
LEFT_OUT = "left_out.csv"
NAMED = 3  # files that the summary names for one reason; left_out.csv has them all


def make(out: Path, source: str = ARCHIVE) -> None:
    """Say whose photos these are, and write them, tables and joints into ``out``. Raises BadInput."""
    say_whose("Photos", CREDIT, source, LICENCE)
    if is_complete(out):
        print(f"The photos in {out} are already there and intact.")
    else:
        with fetched(source, paths.CACHE / "downloads" / f"lis-{COMMIT[:7]}.zip") as archive:
            rows, left_out = unpack(archive, out)
        for name, columns, lines in ((TABLE, COLUMNS, rows), (LEFT_OUT, ("file", "why"), left_out)):
            write_csv(out / name, columns, ([line[column] for column in columns] for line in lines))
        about = {"source": ARCHIVE, "licence": LICENCE, "credit": CREDIT}
        write_manifest(out, [{"file": file} | about for file in (*(row["file"] for row in rows), TABLE, LEFT_OUT)])
    annotate(out)
    _summary(out)


def unpack(archive: Path, out: Path) -> tuple[list[dict], list[dict]]:
    """Write every usable photo to ``out``; return a row for each, and one for each thing that is left out or odd.

    Nothing is written under a name of the archive's choosing but ``SUBSET/LETTER/NAME`` whose parts were checked.
    """
    rows, sums = [], json.loads(SUMS.read_text())
    with open_zip(archive) as opened:
        folders, strays = _by_folder(opened)
        left_out = [{"file": stray, "why": "lies in no folder of a letter"} for stray in strays]
        if not any(folders.values()):
            raise BadInput(f"{archive} holds no photos in dataset/dataset1: give the archive of {ARCHIVE}")
        for folder, members in tqdm(folders.items(), desc="photos", unit="folder"):
            if not members:
                left_out.append({"file": folder, "why": "the folder is missing or empty"})
                continue
            lines = [_keep(opened, member, folder, out, rows, left_out) for member in members]
            if hashlib.sha256("\n".join(lines).encode()).hexdigest() != sums[folder]:
                left_out.append({"file": folder, "why": f"not as published at commit {COMMIT[:7]}; used as it is"})
    if not rows:
        raise BadInput(f"{archive} holds no photo that can be used: give the archive of {ARCHIVE}")
    return rows, left_out


def _by_folder(opened: zipfile.ZipFile) -> tuple[dict[str, list[str]], list[str]]:
    """The files of each ``SUBSET/LETTER``, in the order of their names; and those of a subset that lie elsewhere."""
    folders: dict[str, list[str]] = {f"{subset}/{letter}": [] for subset in SUBSETS for letter in LETTERS}
    strays = []
    for member in sorted(name for name in opened.namelist() if not name.endswith("/")):
        file = member.partition("dataset/")[2]
        folder = str(PurePosixPath(file).parent)
        if folder in folders:
            folders[folder].append(member)
        elif file.startswith(tuple(f"{subset}/" for subset in SUBSETS)):
            strays.append(file)
    return folders, strays


def _keep(opened: zipfile.ZipFile, member: str, folder: str, out: Path, rows: list, left_out: list) -> str:
    """Write one photo, or note why not. Returns the line that goes into the folder's sum."""
    name = PurePosixPath(member).name
    try:
        content = read_member(opened, member, LARGEST)
    except BadInput as error:
        left_out.append({"file": f"{folder}/{name}", "why": f"damaged in the archive ({error})"})
        return f"damaged {name}"
    try:
        photo = parse_name(name)
        _check_picture(content)
        if photo["letter"] != folder[-1]:
            raise BadInput(f"{name} lies in the folder of another letter.")
    except BadInput as error:
        left_out.append({"file": f"{folder}/{name}", "why": str(error)})
    else:
        file = f"{folder}/{name}"
        with written_whole(out / file) as partial:
            partial.write_bytes(content)
        rows.append({"file": file, **photo, "subset": folder.rpartition("/")[0]})
    return f"{hashlib.sha256(content).hexdigest()} {name}"


def parse_name(name: str) -> dict[str, str | int]:
    """``a_NOOR_12_front.JPG`` -> letter, signer, number, angle. Raises BadInput that says what is odd about it."""
    found = NAME.fullmatch(name)
    if not found:
        raise BadInput(f"{name} is not named LETTER_SIGNER_NUMBER_ANGLE.JPG; rename it, or go on without it.")
    letter, angle = found[1].lower(), found[4].lower()
    if letter not in LETTERS or angle not in ANGLES:
        raise BadInput(f"{name} has a letter outside {LETTERS} or an angle outside {', '.join(ANGLES)}; rename it.")
    return {"letter": letter, "signer": found[2].upper(), "number": int(found[3]), "angle": angle}


def _check_picture(content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            if image.size != (SIDE, SIDE):
                raise BadInput(f"{image.size[0]} x {image.size[1]} pixels, not {SIDE} x {SIDE}")
            image.load()
    except BadInput:
        raise
    except Exception as error:  # Pillow has half a dozen kinds for a broken picture
        raise BadInput(f"unreadable as a JPEG picture ({type(error).__name__})") from None


def _summary(out: Path) -> None:
    """What is there, in how many photos a hand was found, and all that is odd, a line for each reason."""
    table = read_table(out)
    joints, _ = read_hands(out, list(table.file))
    found = np.isfinite(joints).all(axis=(1, 2)).sum()
    signers = table.signer.nunique()
    print(f"{out} holds {len(table):,} photos of {signers} signers; a hand was found in {found:,} of them.")
    odd = pd.read_csv(out / LEFT_OUT, keep_default_na=False)
    print(f"{len(odd)} things were left out or odd" + (f", all of them in {out / LEFT_OUT}:" if len(odd) else "."))
    for why, files in odd.groupby("why", sort=False)["file"]:
        more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
        print(f"  {', '.join(files[:NAMED])}{more}: {why}")
    if len(odd):
        print(f"If a whole archive would help: delete {out / MANIFEST} and run again, with --source ARCHIVE.")


if __name__ == "__main__":
    raise SystemExit(command_line(__doc__, make, ARCHIVE))
