#!/usr/bin/env python3
"""Cut the fixture corpora out of a JSON Lines file of ELTeC-eng novels, one chapter a document.

    python3 Tools/make_fixtures.py [EN_NOVELS.jsonl.zst]     # default: ../shared/corpora/en-novels.jsonl.zst

Needs the `zstd` command. The same input gives the same texts; the table printed at the end is the one in
`fixtures/README.md`, which also says where the texts come from and under what licence.
"""

import gzip
import hashlib
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPORA = ROOT / "fixtures" / "corpora"

# Whole novels, by the prefix of their documents' ids: a century of prose, and authors who died before 1950.
NOVELS = [
    "ENG18471_Bronte",      # Emily Brontë, Wuthering Heights
    "ENG18482_Gaskell",     # Elizabeth Gaskell, Mary Barton
    "ENG18540_Dickens",     # Charles Dickens, Hard Times
    "ENG18570_Bronte",      # Charlotte Brontë, The Professor
    "ENG18610_Eliot",       # George Eliot, Silas Marner
    "ENG18652_Carroll",     # Lewis Carroll, Alice's Adventures in Wonderland
    "ENG18860_Hardy",       # Thomas Hardy, The Mayor of Casterbridge
    "ENG18900_Doyle",       # Arthur Conan Doyle, The Sign of Four
    "ENG18920_Grossmith",   # George and Weedon Grossmith, The Diary of a Nobody
    "ENG18952_Wells",       # H. G. Wells, The Time Machine
    "ENG19011_Jerome",      # Jerome K. Jerome, The Observations of Henry
    "ENG19060_Nesbit",      # Edith Nesbit, The Story of the Amulet
    "ENG19070_Machen",      # Arthur Machen, The Hill of Dreams
    "ENG19080_Chesterton",  # G. K. Chesterton, The Man Who Was Thursday
    "ENG19150_Buchan",      # John Buchan, The Thirty-Nine Steps
    "ENG19170_Conrad",      # Joseph Conrad, The Shadow-Line
    "ENG19192_Woolf",       # Virginia Woolf, Night and Day
]

# The small corpus: of each novel the chapters of this size, at most so many, until it is big enough.
SMALL_CHAPTER_CHARACTERS = range(800, 9_000)
SMALL_CHAPTERS_PER_NOVEL = 3
SMALL_BYTE_COUNT = 150_000
# Members of the gzip file are cut here, wherever that falls: in the middle of a line or of a character.
GZIP_MEMBER_BYTE_COUNT = 40_009


def main() -> None:
    default = ROOT.parent / "shared" / "corpora" / "en-novels.jsonl.zst"
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    raw = subprocess.run(["zstd", "-dcq", source], check=True, stdout=subprocess.PIPE).stdout
    chapters = [json.loads(line) for line in raw.splitlines()]
    chapters = [chapter for chapter in chapters if novel(chapter) in NOVELS]
    CORPORA.mkdir(parents=True, exist_ok=True)

    novels = json_lines(chapters)
    packed = subprocess.run(["zstd", "-19", "-cq"], check=True, input=novels, stdout=subprocess.PIPE).stdout
    write("novels.jsonl.zst", packed)

    small = small_chapters(chapters)
    lines = json_lines(small)
    write("novels-small.jsonl", lines)
    write("novels-small.jsonl.gz", b"".join(gzip.compress(cut, 9, mtime=0) for cut in pieces(lines)))
    write("novels-small.txt", ("\n\n".join(chapter["text"] for chapter in small) + "\n").encode())

    print(f"\n{'unpacked':<22} {'documents':>9} {'bytes':>9}  SHA-256")
    for name, documents, data in [("novels.jsonl", chapters, novels), ("novels-small.jsonl", small, lines)]:
        print(f"{name:<22} {len(documents):>9} {len(data):>9}  {hashlib.sha256(data).hexdigest()}")


def novel(chapter: dict) -> str:
    return chapter["id"].split("/")[0]


def small_chapters(chapters: list[dict]) -> list[dict]:
    """Short chapters of several novels, paragraphs parted by one newline, so that an empty line can part documents."""
    chosen: list[dict] = []
    byte_count = 0
    for name in NOVELS:
        fitting = [c for c in chapters if novel(c) == name and len(c["text"]) in SMALL_CHAPTER_CHARACTERS]
        for chapter in fitting[:SMALL_CHAPTERS_PER_NOVEL]:
            paragraphs = [line for line in chapter["text"].split("\n") if line.strip()]
            text = "\n".join(paragraphs)
            if byte_count + len(text.encode()) <= SMALL_BYTE_COUNT:
                chosen.append({"id": chapter["id"], "text": text})
                byte_count += len(text.encode())
    return chosen


def json_lines(documents: list[dict]) -> bytes:
    return b"".join(json.dumps(document, ensure_ascii=False).encode() + b"\n" for document in documents)


def pieces(data: bytes) -> list[bytes]:
    return [data[start : start + GZIP_MEMBER_BYTE_COUNT] for start in range(0, len(data), GZIP_MEMBER_BYTE_COUNT)]


def write(name: str, data: bytes) -> None:
    (CORPORA / name).write_bytes(data)
    print(f"{len(data):>9} bytes  fixtures/corpora/{name}")


if __name__ == "__main__":
    main()
