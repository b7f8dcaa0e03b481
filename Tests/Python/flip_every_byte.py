#!/usr/bin/env python3
"""Changes the bytes of a dataset one by one, and looks whether `palimpsest verify` finds each change.

    python3 Tests/Python/flip_every_byte.py PALIMPSEST DATASET [--every 1] [--random 0] [--seed 1]

Each `--every`-th byte of every file, and `--random` more anywhere, are changed in one bit or in all, in turn. A change
that `verify` does not find is printed. The dataset is left as it was. Only the standard library is needed.
"""

import argparse
import pathlib
import random
import subprocess
import sys


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("dataset", type=pathlib.Path)
    arguments.add_argument("--every", type=int, default=1, help="0 for none but the random ones")
    arguments.add_argument("--random", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()

    def verify():
        # Rows need not be proved again for each byte: what is looked for is the checksums.
        command = [options.tool, "verify", str(options.dataset), "--sample", "0", "--quiet"]
        return subprocess.run(command, capture_output=True).returncode

    files = sorted(path for path in options.dataset.rglob("*") if path.is_file())
    places = []
    for path in files:
        size = path.stat().st_size
        if options.every:
            places += [(path, place) for place in range(0, size, options.every)]
    draw = random.Random(options.seed)
    sizes = [path.stat().st_size for path in files]
    for path in draw.choices(files, weights=sizes, k=options.random):
        places.append((path, draw.randrange(path.stat().st_size)))
    if verify() != 0:
        sys.exit("the dataset is damaged already")
    missed = 0
    for number, (path, place) in enumerate(places):
        with open(path, "r+b") as file:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ (0xFF if number % 9 == 8 else 1 << number % 8)]))
        status = verify()
        with open(path, "r+b") as file:
            file.seek(place)
            file.write(bytes([byte]))
        if status not in (1, 3):
            missed += 1
            print(f"not found: byte {place} of {path} (status {status})")
    print(f"{len(places)} changed bytes in {len(files)} files, {missed} not found")
    sys.exit(1 if missed or verify() != 0 else 0)


main()
