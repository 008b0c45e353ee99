"""What anybody can add up of a bulk file of GLOTIP, worked out a second time.

Shares nothing with the programs but the lists of names. Figures are put together by area, year and
indicator. A breakdown is a total with its parts: by sex where women and men stand there, by age
where both bands do, by category where every category of that table does; who is unknown in a line
of its own is all there is of it. What follows is solved in fractions.

python3 published_sums.py FILE... counts; --without-unknown first leaves out the rows of persons of
unknown sex and age, as somebody would who compares only rows that differ in age or in sex.
"""

import collections
import csv
import fractions
import functools
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ALL = "_T"
AXES = ("SEX", "AGE", "CITIZEN", "EXPL_FORM", "COUNTERPART_AREA")
PARTS = {"SEX": {"F", "M"}, "AGE": {"Y_LT18", "Y_GE18"}}
PLACE = {"SEX": "Sex", "AGE": "Age"}
BREAKDOWNS = {"Total": None, "by citizenship": "CITIZEN", "by form of exploitation": "EXPL_FORM",
              "by country of repatriation": "COUNTERPART_AREA"}
COLUMNS = {"Iso3_code", "Indicator", "Dimension", "Category", "Sex", "Age", "Year", "txtVALUE"}
Figure = collections.namedtuple("Figure", "least most hidden line")
UNKNOWN = Figure(0, None, False, None)


def with_lines(path):
    """(line, row) of each; nothing for another layout."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        lines = file.readlines()
    for skipped, line in enumerate(lines[:10]):
        if COLUMNS <= set(next(csv.reader([line]), [])):
            reader = csv.DictReader(lines[skipped:])
            return [(skipped + reader.line_num, row) for row in reader]
    return []


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@functools.cache
def names():
    known = {}
    for row in table(ROOT / "proto/codelists/area.csv"):
        if "citizen" in row["lists"].split():
            known["AREA", row["label_en"].casefold()] = row["code"]
    for row in table(ROOT / "adapters/sources/glotip/names.csv"):
        known[row["component"], row["name"].casefold()] = row["code"]
    return known


def code(component, text):
    """"" where there is none."""
    kind = "AREA" if component in ("CITIZEN", "COUNTERPART_AREA") else component
    return names().get((component, text.casefold())) or names().get((kind, text.casefold())) or ""


def figure(text, line):
    text = text.replace(",", "").strip()
    if text == "":
        return Figure(0, None, True, line)
    if text.startswith("<"):
        return Figure(0, int(text[1:]) - 1, True, line)
    return Figure(int(text), int(text), False, line)


def key_of(row, axis):
    """Codes along AXES; none where a word has no code."""
    key = []
    for one in AXES:
        text = row[PLACE[one]] if one in PLACE else row["Category"] if one == axis else "Total"
        found = ALL if text == "Total" else code(one, text)
        if found == "":
            return None
        key.append(found)
    return tuple(key)


class Table:
    """One area and year of one indicator."""

    def __init__(self):
        self.said = collections.defaultdict(list)
        self.incomplete = False

    def settle(self):
        """Where rows of one key say different things, nobody knows which holds."""
        self.cells = {}
        for key, said in self.said.items():
            if len({(one.least, one.most) for one in said}) == 1:
                self.cells[key] = said[0]
            else:
                self.incomplete = True
        for key in list(self.cells):
            self.add_margins(key)

    def add_margins(self, key):
        for axis in range(len(AXES)):
            up = key[:axis] + (ALL,) + key[axis + 1:]
            if up not in self.cells:
                self.cells[up] = UNKNOWN
                self.add_margins(up)

    def is_whole(self, axis, codes, everywhere):
        if axis in PARTS:
            return PARTS[axis] <= codes or codes == {"_U"}
        countries = {len(one) == 2 for one in codes - {"_O", "_U"}}
        mixed = len(countries) == 2 and axis != "EXPL_FORM"
        return codes == everywhere and not self.incomplete and not mixed

    def breakdowns(self):
        """(axis, total, parts, whether they can add up, whether anybody reckons with it)"""
        lines = collections.defaultdict(list)
        everywhere = collections.defaultdict(set)
        for key in self.cells:
            for place, axis in enumerate(AXES):
                if key[place] != ALL:
                    lines[axis, key[:place] + (ALL,) + key[place + 1:]].append(key)
                    everywhere[axis].add(key[place])
        found = []
        for (axis, total), parts in lines.items():
            codes = {part[AXES.index(axis)] for part in parts}
            if self.is_whole(axis, codes, everywhere[axis]):
                found.append((axis, total, parts, self.can_add_up(total, parts)))
        refuted = {axis for axis, _, _, fits in found if not fits and axis not in PARTS}
        return [(*one, one[3] and one[0] not in refuted) for one in found]

    def can_add_up(self, total, parts):
        whole, parts = self.cells[total], [self.cells[part] for part in parts]
        least = sum(part.least for part in parts)
        ends = [part.most for part in parts]
        return ((None in ends or whole.least <= sum(ends)) and
                (whole.most is None or least <= whole.most))

    def equations(self, breakdowns):
        """({cell: factor}, constant) of those reckoned with."""
        for _, total, parts, _, taken in breakdowns:
            terms, constant = {}, 0
            for key, factor in [(total, 1)] + [(part, -1) for part in parts]:
                one = self.cells[key]
                if one.least == one.most:
                    constant -= factor * one.least
                else:
                    terms[key] = factor
            if taken and terms:
                yield terms, constant

    def fits(self, key, value):
        one = self.cells[key]
        return (value.denominator == 1 and one.least <= value and
                (one.most is None or value <= one.most))


def connected(equations):
    parent = {}

    def root(key):
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for terms, _ in equations:
        first = next(iter(terms))
        for key in terms:
            parent[root(key)] = root(first)
    sets = collections.defaultdict(list)
    for terms, constant in equations:
        sets[root(next(iter(terms)))].append((terms, constant))
    return sets.values()


def reduce_by(row, key, pivot):
    terms, constant = row
    factor = terms.get(key, 0)
    if factor:
        for other, by in pivot[0].items():
            terms[other] = terms.get(other, 0) - factor * by
            if terms[other] == 0:
                del terms[other]
        constant -= factor * pivot[1]
    return terms, constant


def solve(equations):
    """What each determined cell is; None if they contradict each other."""
    solved = {}
    for terms, constant in equations:
        row = ({key: fractions.Fraction(by) for key, by in terms.items()}, constant)
        for key, pivot in solved.items():
            row = reduce_by(row, key, pivot)
        if not row[0]:
            if row[1] != 0:
                return None
            continue
        key, by = next(iter(row[0].items()))
        pivot = ({other: one / by for other, one in row[0].items()}, row[1] / by)
        solved = {other: reduce_by(one, key, pivot) for other, one in solved.items()}
        solved[key] = pivot
    return {key: fractions.Fraction(constant) for key, (terms, constant) in solved.items()
            if len(terms) == 1}


def one_by_one(equations):
    said = collections.defaultdict(set)
    for terms, constant in equations:
        if len(terms) == 1:
            (key, factor), = terms.items()
            said[key].add(fractions.Fraction(constant, factor))
    return {key: values.pop() for key, values in said.items() if len(values) == 1}


class Audit:
    """counts[indicator, axis] of breakdowns, told[line] = count, and how many do not add up."""

    def __init__(self, path, without_unknown=False):
        self.without_unknown = without_unknown
        self.counts = collections.defaultdict(collections.Counter)
        self.told = {}
        self.violated = self.contradictory = self.hidden = 0
        for (_, _, indicator), one in self.tables(path).items():
            one.settle()
            self.hidden += sum(cell.hidden for cell in one.cells.values())
            breakdowns = one.breakdowns()
            for breakdown in breakdowns:
                self.count(one, indicator, breakdown)
            for equations in connected(list(one.equations(breakdowns))):
                self.tell(one, equations)

    def tables(self, path):
        found = collections.defaultdict(Table)
        for line, row in with_lines(path):
            indicator = row["Indicator"]
            axis = BREAKDOWNS.get(row["Dimension"], "")
            if axis == "COUNTERPART_AREA":
                indicator += " by country of repatriation"
            where = (code("REF_AREA", row["Iso3_code"]), row["Year"], code("INDICATOR", indicator))
            blank = "" in (row["Category"], row["Sex"], row["Age"])
            if "" in where or axis == "" or blank or row.get("Unit of measurement",
                                                             "Counts") != "Counts":
                continue
            if self.without_unknown and row["Sex"] == row["Age"] == "Unknown":
                continue
            key = key_of(row, axis)
            if key is None:
                found[where].incomplete = True
            else:
                found[where].said[key].append(figure(row["txtVALUE"], line))
        return found

    def count(self, one, indicator, breakdown):
        axis, total, parts, fits, taken = breakdown
        self.violated += not fits
        cells = [one.cells[key] for key in (total, *parts)]
        open_ones = [cell for cell in cells if cell.least != cell.most]
        if any(cell.line is None for cell in cells) or cells[0] in open_ones:
            return
        counts = self.counts[indicator, axis]
        if not open_ones:
            counts["complete"] += 1
            counts["complete_not_adding_up"] += not fits
        elif len(open_ones) == 1:
            counts["one_hidden"] += 1
            counts["one_hidden_told"] += taken
            counts["one_hidden_not_adding_up"] += not fits

    def tell(self, one, equations):
        found = solve(equations)
        if found is None or not all(one.fits(key, value) for key, value in found.items()):
            self.contradictory += 1
            found = one_by_one(equations)
        for key, value in found.items():
            if one.cells[key].hidden:
                self.told[one.cells[key].line] = int(value)


def main(words):
    without_unknown = "--without-unknown" in words
    for path in words:
        if path.startswith("--"):
            continue
        found = Audit(path, without_unknown)
        print(f"{path}: {len(found.told)} of {found.hidden} hidden figures follow, "
              f"{found.violated} breakdowns do not add up")
        for kind, counts in sorted(found.counts.items()):
            print(" ", *kind, dict(sorted(counts.items())))


if __name__ == "__main__":
    main(sys.argv[1:])
