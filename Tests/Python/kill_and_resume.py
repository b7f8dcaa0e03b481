#!/usr/bin/env python3
"""Kills builds at random moments, runs them again, and compares every byte with a build that nobody disturbed.

    python3 Tests/Python/kill_and_resume.py PALIMPSEST [--kills 200] [--recipe RECIPE] [--seed 1]

A round starts from nothing: processes are killed (SIGKILL) after random times until one ends by itself. Rounds use 1, 2
or 4 threads, and some build in parts, two parts at a time. Only the standard library is needed.
"""

import argparse
import hashlib
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time


def digests(folder):
    """The SHA-256 of every file below a folder, hidden ones included, by its path from there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Torture:
    def __init__(self, tool, recipe, kills, seed):
        self.command = [tool, "build", recipe, "--quiet"]
        self.kills_left = kills
        self.random = random.Random(seed)
        self.longest = 1.0

    def start(self, out, *more):
        return subprocess.Popen(
            [*self.command, "--output", out, *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self, process):
        """Waits for a process; kills it first at a random moment while there are kills to spend. True if it ended well."""
        if self.kills_left > 0:
            try:
                process.wait(self.random.uniform(0, 1.2 * self.longest))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.kills_left -= 1
                return False
        error = process.communicate()[1].decode()
        if process.returncode != 0:
            sys.exit(f"a build failed that was not killed:\n{error}")
        return True

    def round(self, out):
        threads = ["--threads", str(self.random.choice([1, 2, 4]))]
        parts = self.random.choice([1, 1, 3, 8])
        if parts > 1:
            todo = [f"{number}/{parts}" for number in range(1, parts + 1)]
            self.random.shuffle(todo)
            while todo:
                pair = todo[:2]
                running = [(part, self.start(out, "--part", part, *threads)) for part in pair]
                for part, process in running:
                    if self.finish(process):
                        todo.remove(part)
        while not self.finish(self.start(out, *threads)):
            pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--recipe", default="fixtures/recipes/demo.yaml")
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    torture = Torture(options.tool, options.recipe, options.kills, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = pathlib.Path(folder) / "whole"
        begin = time.monotonic()
        subprocess.run([*torture.command, "--output", whole], check=True)
        torture.longest = time.monotonic() - begin
        expected = digests(whole)
        passed = failed = 0
        while torture.kills_left > 0:
            out = pathlib.Path(folder) / "out"
            torture.round(out)
            found = digests(out)
            for name in sorted(expected.keys() | found.keys()):
                if expected.get(name) != found.get(name):
                    print(f"  differs: {name}")
            passed, failed = (passed + 1, failed) if found == expected else (passed, failed + 1)
            shutil.rmtree(out)
        print(f"{options.kills} kills in {passed + failed} rounds")
        print(f"{passed} passed, {failed} failed")
        sys.exit(1 if failed else 0)


main()
