"""Prints the translation units of a unity build that hold changed files, for clang-tidy.

units.py BUILD [SINCE]: those with a file, or with the source file of a header, that differs from the
commit SINCE; without SINCE all of them. A unit includes a dozen source files, so that headers are
parsed once for all of them.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def sources_of(unit):
    """The project's files that the unit compiles, relative to the root."""
    if unit.is_relative_to(ROOT) and "Unity" not in unit.parts:
        return {unit.relative_to(ROOT).as_posix()}
    included = (line.split('"')[1] for line in unit.read_text().splitlines()
                if line.startswith('#include "'))
    return {pathlib.Path(path).relative_to(ROOT).as_posix() for path in included
            if pathlib.Path(path).is_relative_to(ROOT)}


def changed_since(commit):
    listed = subprocess.run(["git", "diff", "--name-only", "--diff-filter=d", commit],
                            cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    sources = {path for path in listed if path.endswith(".cc")}
    return sources | {path[:-1] + "cc" for path in listed if path.endswith(".h")}


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    changed = changed_since(sys.argv[2]) if len(sys.argv) > 2 else None
    database = json.loads((build / "compile_commands.json").read_text())
    for unit in sorted({pathlib.Path(entry["file"]) for entry in database}):
        sources = {path for path in sources_of(unit) if not path.startswith("build")}
        if sources and (changed is None or sources & changed):
            print(unit)


if __name__ == "__main__":
    main()
