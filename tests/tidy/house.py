"""The rules of the house that a reader of the text can check: who may include whom, sizes, calls
that are not made, and documents that keep in step with the code.

Every check takes the tree as a dictionary from path to text and returns complaints, one line each,
so that each can be tried on a small tree that breaks it.
"""

import posixpath
import re

SOURCE = (".cc", ".h")
FILE_LINES = 400
FUNCTION_LINES = 70

# What a folder may include, the longest matching prefix deciding; `rapporteur/v1` is generated.
PURE_STORE = ("store/merkle", "store/notes", "store/verify")
PURE_BROKER = ("broker/rules", "broker/disclosure")
MAY_INCLUDE = {
    "proto": ("proto", "rapporteur/v1"),
    "proto/codelists": ("proto", "rapporteur/v1", "code_data.inc"),  # generated
    "store": ("proto", "rapporteur/v1", "store"),
    "store/merkle": ("proto", "store/merkle"),
    "store/notes": ("proto", "store/notes"),
    "store/verify": ("proto", "rapporteur/v1") + PURE_STORE,
    "broker": ("proto", "rapporteur/v1", "store", "broker"),
    "broker/rules": ("proto", "rapporteur/v1") + PURE_BROKER,
    "broker/disclosure": ("proto", "rapporteur/v1") + PURE_BROKER,
    "adapters": ("proto", "rapporteur/v1", "adapters") + PURE_STORE + PURE_BROKER,
    "adapters/sources/glotip": ("proto", "adapters/sources", "glotip_names.inc"),  # generated
    "adapters/client": ("proto", "rapporteur/v1", "adapters/client") + PURE_STORE,
    "ops": ("proto", "rapporteur/v1", "store", "ops", "adapters/client", "adapters/sources",
            "adapters/sinks", "adapters/witness"),
    "ops/bench": ("proto", "rapporteur/v1", "store", "ops", "adapters/client", "adapters/sources",
                  "adapters/sinks", "adapters/witness", "adapters/anonymise") + PURE_BROKER,
    # What judges disclosure control shares nothing with it.
    "tests/attacker": ("tests/attacker", "tests/support/paths.h"),
}

# Headers of others, and the only folders that see them. Tests may see all.
FENCES = {
    r"openssl/|sodium": ("proto/crypto",),
    r"rocksdb/": ("store/rocks",),
    r"zmq": ("broker/net", "adapters/client"),
    r"prometheus/": ("broker/monitor",),
    r"httplib": ("proto/http", "broker/monitor", "adapters/witness", "ops"),
    r"sqlite3": ("adapters/client",),
    r"Clp|Cbc|coin/": ("adapters/anonymise",),
    r"boost/": ("store/rocks",),
    r"glpk\.h": (),
    r"benchmark/": ("ops/bench",),
    r"csv\.h": ("adapters/sources", "adapters/sinks", "proto/codelists/table.cc"),
    r"pugixml|soci/|orcus/|xlsxwriter": ("adapters/sources", "adapters/sinks"),
    r"gtest/|gmock/|rapidcheck": (),
}

BANNED = {
    r"(?<![\w.>])(?:std::)?(?:strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(": "has no bound",
    r"(?<![\w.>])(?:std::)?system\s*\(": "runs a shell",
    r"(?<![\w.>])(?:std::)?s?rand\s*\(": "is not random",
    r"\busing namespace std;": "hides where names come from",
}


def is_within(path, folder):
    return path == folder or path.startswith(folder + "/")


def sources(tree):
    return {path: text for path, text in tree.items() if path.endswith(SOURCE)}


def without_comments_and_strings(text):
    """Keeps line numbers: what is taken out leaves its line breaks."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''

    def blank(match):
        return " " + "\n" * match.group(0).count("\n")

    return re.sub(pattern, blank, text, flags=re.DOTALL)


def include_directions(tree):
    complaints = []
    for path, text in sources(tree).items():
        owners = [folder for folder in MAY_INCLUDE if is_within(path, folder)]
        if not owners:
            continue
        owner = max(owners, key=len)
        for included in re.findall(r'^#include "([^"]+)"', text, re.MULTILINE):
            if not any(is_within(included, folder) for folder in MAY_INCLUDE[owner]):
                complaints.append(f"{path}: {owner} may not include {included}")
    return complaints


def fences(tree, allowed):
    complaints = []
    for path, text in sources(tree).items():
        if is_within(path, "tests") or path in allowed:
            continue
        for header in re.findall(r"^#include <([^>]+)>", text, re.MULTILINE):
            for pattern, folders in FENCES.items():
                if re.match(pattern, header) and not any(is_within(path, f) for f in folders):
                    complaints.append(f"{path}: <{header}> belongs into {' or '.join(folders)}")
    return complaints


def file_sizes(tree, allowed):
    complaints = []
    for path, text in sources(tree).items():
        lines = text.count("\n")
        most = allowed.get(path, FILE_LINES)
        if lines > most:
            complaints.append(f"{path}: {lines} lines, at most {most}")
    return complaints


def functions(text):
    """(first line, number of lines, first line's text) of what stands at namespace scope and has a
    body. The formatter puts its first line and its closing brace into the first column."""
    lines = without_comments_and_strings(text).split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line == "}" and start is not None:
            yield start, number - start + 1, text.split("\n")[start - 1]
            start = None
        elif re.match(r"[A-Za-z_~\[]", line):
            opens_scope = re.match(r"(namespace|struct|class|enum|union|extern|using)\b", line)
            start = None if opens_scope else number
        elif line.startswith("}"):
            start = None


def function_sizes(tree):
    complaints = []
    for path, text in sources(tree).items():
        for first, length, head in functions(text):
            if length > FUNCTION_LINES:
                complaints.append(f"{path}:{first}: {length} lines, at most {FUNCTION_LINES}: {head}")
    return complaints


def banned_calls(tree):
    complaints = []
    for path, text in sources(tree).items():
        code = without_comments_and_strings(text)
        for number, line in enumerate(code.split("\n"), 1):
            for pattern, why in BANNED.items():
                if re.search(pattern, line):
                    complaints.append(f"{path}:{number}: what it calls {why}")
            program = is_within(path, "tests") or path.endswith("main.cc") or is_within(path, "ops")
            if "std::cout" in line and not program and not is_within(path, "proto/codelists"):
                complaints.append(f"{path}:{number}: a library does not write to standard output")
            if is_within(path, "tests/unit") and re.search(r"\bsleep(_for|_until)?\s*\(", line):
                complaints.append(f"{path}:{number}: a unit test does not sleep")
    return complaints


def declared_tests(tree):
    cmake = "\n".join(text for path, text in tree.items()
                      if is_within(path, "tests") and path.endswith((".cmake", "CMakeLists.txt")))
    # The fuzz driver is linked by the function that declares a harness.
    cmake += "".join(text for path, text in tree.items() if is_within(path, "ops/cmake"))
    return [f"{path}: no cmake file declares it" for path in tree
            if is_within(path, "tests") and path.endswith(".cc")
            and not re.search(r"(?<![\w/])(?:[^\s\"]*/)?" + re.escape(path[len("tests/"):])
                              + r"(?!\w)", cmake)]


def documented_codes(tree, allowed):
    """Codes of faults, rules and refusals are words of the protocol."""
    protocol = tree.get("proto/PROTOCOL.md", "")
    complaints = []
    for path, text in sources(tree).items():
        if not path.endswith(("fault_codes.h", "rule_codes.h", "claims.h", "refusal.h",
                              "gate_rules.h")):
            continue
        for code in re.findall(r'constexpr std::string_view k\w+\s*=\s*"([A-Z_]+)";', text):
            if f"`{code}`" not in protocol and code not in allowed:
                complaints.append(f"{path}: proto/PROTOCOL.md does not say what {code} means")
    return complaints


# Whom SECURITY.md has to deal with.
ATTACKERS = ("outsider", "enrolled party", "receiver", "operator", "thief of the disk",
             "a hub that lies", "the network")


def known_tests(tree):
    """`Suite.Case` of GoogleTest, names of ctest entries, and `Class.test_case` of the scenarios."""
    macros = r"(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)"
    known = set()
    for path, text in tree.items():
        if not is_within(path, "tests"):
            continue
        known.update(f"{suite}.{case}" for suite, case in
                     re.findall(macros + r"\(\s*(\w+)\s*,\s*(\w+)", text))
        known.update(re.findall(r"(?:rapporteur_test|rapporteur_fuzz|add_test\(NAME)[\s(]+(\w+)",
                                text))
        if is_within(path, "tests/e2e") and path.endswith(".py"):
            for cls, body in re.findall(r"^class (\w+)\(.*?\n((?:[ \t].*\n|\n)*)", text,
                                        re.MULTILINE):
                known.update(f"{cls}.{case}" for case in re.findall(r"def (test_\w+)\(", body))
    return known


def threat_model(tree):
    """SECURITY.md's table attacker, asset, control, tests: every attacker has a row, and every row
    names tests that exist."""
    known = known_tests(tree)
    complaints = []
    seen = set()
    for line in tree.get("SECURITY.md", "").split("\n"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4:
            continue
        if cells[0] == "attacker" or set(cells[0]) <= set("-:"):
            continue
        seen.add(cells[0])
        if cells[0] not in ATTACKERS:
            complaints.append(f"SECURITY.md: '{cells[0]}' is no attacker of the threat model")
        names = re.findall(r"`([^`]+)`", cells[-1])
        if not names:
            complaints.append(f"SECURITY.md: no test shows: {cells[2]}")
        complaints += [f"SECURITY.md: no test is called {name}"
                       for name in names if name not in known]
    complaints += [f"SECURITY.md: nothing stands against: {attacker}"
                   for attacker in ATTACKERS if attacker not in seen]
    return complaints


def firewall(tree):
    """The packaged rules let a source have as many lines as the broker lets a participant."""
    limit = re.search(r"kConnectionsPerParticipant = (\d+);", tree["proto/base/limits.h"])
    rules = set(re.findall(r"ct count over (\d+)", tree["ops/packaging/rapporteur.nft"]))
    if rules == {limit.group(1)}:
        return []
    return [f"ops/packaging/rapporteur.nft: allows {sorted(rules)}, the broker {limit.group(1)}"]


def decisions(tree):
    """Each page of ops/adr says when, why, what, what else was weighed and what follows; its number is
    that of its file."""
    parts = ("Status: ", "## Context", "## Decision", "## Alternatives weighed", "## Consequences")
    complaints = []
    for path, text in tree.items():
        if not is_within(path, "ops/adr"):
            continue
        number = str(int(path.split("/")[-1].split("-")[0]))
        places = [text.find("\n" + part) for part in parts]
        if not text.startswith(f"# {number}. ") or -1 in places or places != sorted(places):
            complaints.append(f"{path}: a page has a number and, in this order, {', '.join(parts)}")
    return complaints


def links(tree):
    """Every relative link of a document leads to a file or folder of the tree; a link with a
    fragment to a heading of that document."""
    folders = {"/".join(path.split("/")[:depth]) for path in tree
               for depth in range(1, path.count("/") + 1)}

    def anchors(text):
        return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
                for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}

    complaints = []
    for path, text in tree.items():
        if not path.endswith(".md"):
            continue
        prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            found = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            if found not in tree and found not in folders:
                complaints.append(f"{path}: {target} leads nowhere")
            elif anchor and anchor not in anchors(tree.get(found, "")):
                complaints.append(f"{path}: {target} names no heading")
    return complaints


def words_of_the_workplace(tree, allowed):
    words = {
        r"/wo" r"rk/": "a path of one machine",
        r"\bissue " r"#\d": "a tracker that readers do not have",
    }
    # In code the word is one of programming: what lasts from hello to the end of a line.
    in_prose = {r"\bses" r"sions?\b": "how the work was done"}
    complaints = []
    for path, text in tree.items():
        prose = path.endswith(".md") and path not in allowed
        for number, line in enumerate(text.split("\n"), 1):
            for pattern, why in {**words, **(in_prose if prose else {})}.items():
                if re.search(pattern, line):
                    complaints.append(f"{path}:{number}: names {why}")
    return complaints
