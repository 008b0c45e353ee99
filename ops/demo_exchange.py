"""The figures of COM(2008) 657, exchanged between agencies through a real broker on loopback.

Every party is a process of its own with its own keys and folder; nothing is shared but the socket.
Exit 0 only if all 200 facts reach the observer unchanged and every wrong submission is refused.
"""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import time

from local_hub import DATAFLOW, PROGRAMS, ROOT, Failed, LocalHub, run

FACTS = pathlib.Path(
    os.environ.get("RAPPORTEUR_DEMO_FACTS", ROOT / "tests/fixtures/com-2008-657.csv"))
MAPPING = ROOT / "adapters/sources/examples/com-2008-657.toml"

BODIES = "AT BE BG CZ DE DK FI FR IT LT LV NL NO PL PT SI UK".split()
COMMISSION_INDICATORS = "POL_*|DQ_*|FUND_*|ACT_*|CJ_*|VIC_*"
COMMISSION_COLLECTIVE = "EU|EU27_2007*|EUROPE|RESP*"

# What the hub must refuse, and the reason it must give.
WRONG = [
    ("a signature that is not Slovenia's own", "si", "SIGNATURE"),
    ("SL (Sierra Leone) sent by Slovenia", "si", "RIGHTS"),
    ("a code that is in no list", "at", "UNKNOWN_CODE"),
    ("a blank with status A where a zero was meant", "fi", "VALUE_MISSING"),
    ("Latvia's 1 protected victim broken down by sex", "lv", "SMALL_CELL"),
]


class Stage:
    """The hub, what the screen shows, and the counts for the last line."""

    def __init__(self, hub, quiet):
        self.hub = hub
        self.quiet = quiet
        self.accepted = 0
        self.refused = 0

    def say(self, text=""):
        if not self.quiet:
            print(text, flush=True)


def facts():
    with open(FACTS, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sender_of(fact):
    """Each fact has one sender: the body of its area, Europol, Eurojust, else the Commission."""
    family = fact["indicator"].split("_")[0]
    if family == "EP":
        return "europol"
    if family == "EJ":
        return "eurojust"
    if family in ("CJ", "VIC") and fact["geo"] in BODIES:
        return fact["geo"].lower()
    return "commission"


def parties():
    """(id, kind, name, submit rights, receives)"""
    for area in BODIES:
        yield (area.lower(), "coordination-body", f"Coordination body of {area}",
               [("*", area)])
    yield ("europol", "europol", "Europol-style endpoint", [("EP_*", "*")])
    yield ("eurojust", "eurojust", "Eurojust-style endpoint", [("EJ_*", "*")])
    yield ("commission", "collector", "Collector",
           [("POL_*|DQ_*|FUND_*|ACT_*", "*"), ("*", COMMISSION_COLLECTIVE)])
    yield ("observer", "observer", "Observer that sends nothing", [])


def enrol_everybody(stage):
    for name, kind, title, submits in parties():
        stage.hub.enrol(name, kind, title, submits)


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def push(stage, name, path, *options, expect=0):
    return stage.hub.adapter(name, "--json", "push", path, "--mapping", MAPPING, *options,
                             expect=expect)


def wrong_rows(stage):
    """The five wrong submissions, as files of the same layout as the facts."""
    template = next(f for f in facts() if f["indicator"] == "VIC_ASSIST" and f["geo"] == "AT")

    def row(**changes):
        return {**template, **changes}

    latvia = dict(indicator="VIC_PROT", geo="LV", period="_U")
    return {
        WRONG[0][0]: [row(geo="SI", period="2007", value="40")],
        WRONG[1][0]: [row(geo="SL", period="2007", value="40")],
        WRONG[2][0]: [row(geo="AT", period="2007", sex="X", value="12")],
        WRONG[3][0]: [row(geo="FI", period="2007", value="", qualifier="", status="A")],
        WRONG[4][0]: [row(**latvia, sex="F", value="1"), row(**latvia, sex="M", value="0")],
    }


def send_the_wrong(stage):
    for what, name, code in WRONG:
        path = stage.hub.party_folder(name) / "wrong.csv"
        write_csv(path, wrong_rows(stage)[what])
        if code == "SIGNATURE":
            done = run(PROGRAMS / "rapporteur-demo-forger", stage.hub.party_folder(name), expect=1)
        else:
            done = push(stage, name, path, "--as-is", expect=1)
        said = done.stdout + done.stderr
        if code not in said:
            raise Failed(f"{what}: refused without {code}: {said.strip()}")
        stage.refused += 1
        stage.say(f"  refused  {name:<4} {code:<14} {what}")


def send_the_facts(stage):
    by_sender = {}
    for fact in facts():
        by_sender.setdefault(sender_of(fact), []).append(fact)
    for name, rows in sorted(by_sender.items()):
        path = stage.hub.party_folder(name) / "figures.csv"
        write_csv(path, rows)
        items = json.loads(push(stage, name, path).stdout)["items"]
        accepted = [item for item in items if item["state"] == "receipted"]
        if len(accepted) != len(items):
            raise Failed(f"{name}: {len(items) - len(accepted)} of {len(items)} not accepted")
        stage.accepted += len(accepted)
        stage.say(f"  accepted {name:<10} {len(rows):>3} facts in {len(items)} submissions")


def exported(stage, name):
    return stage.hub.party_folder(name) / "received.csv"


def received_by(stage, name):
    """The figures that hold, from the party's own exported file."""
    path = exported(stage, name)
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wait_until_all_received(stage, expected):
    deadline = time.monotonic() + 30
    names = [name for name, *_ in parties()]
    while time.monotonic() < deadline:
        counts = {name: len(received_by(stage, name)) for name in names}
        if all(count >= expected for count in counts.values()):
            return sum(counts.values())
        time.sleep(0.1)
    raise Failed(f"not everybody received {expected} observations within 30 s: {counts}")


def compare(stage):
    """All 200 facts against the observer's own export."""
    def key(indicator, geo, period, explo, sex, age, unit):
        return (indicator, geo, period, explo, sex, age, unit)

    got = {}
    for row in received_by(stage, "observer"):
        k = key(row["INDICATOR"], row["REF_AREA"], row["TIME_PERIOD"], row["EXPL_FORM"],
                row["SEX"], row["AGE"], row["UNIT_MEASURE"])
        if k in got:
            raise Failed(f"received twice: {k}")
        got[k] = (row["OBS_VALUE"], row["OBS_STATUS"], row["VALUE_QUALIFIER"])
    wrong = []
    for fact in facts():
        k = key(fact["indicator"], fact["geo"], fact["period"], fact["exploitation_form"],
                fact["sex"], fact["age"], fact["unit"])
        sent = (fact["value"], fact["status"], fact["qualifier"])
        if got.pop(k, None) != sent:
            wrong.append(f"{k} sent as {sent}")
    if wrong or got:
        raise Failed(f"{len(wrong)} facts did not arrive unchanged, {len(got)} were never sent: "
                     f"{(wrong + list(got))[:3]}")


def grouped(number):
    """1060 as 1 060; what is not a whole number as it came."""
    return f"{int(number):,}".replace(",", "\u202f") if number.isdigit() else number


def shown(row):
    """A figure with its qualifier, or how it is missing: never an empty cell."""
    if row["OBS_VALUE"] == "":
        return {"O": "missing", "L": "not collected", "M": "not applicable",
                "K": "counted elsewhere", "Q": "suppressed"}.get(row["OBS_STATUS"], "missing")
    qualifier = row["VALUE_QUALIFIER"].replace("=", "")
    flag = "" if row["OBS_STATUS"] == "A" else f" ({row['OBS_STATUS']})"
    return qualifier + grouped(row["OBS_VALUE"]) + flag


def show_series(stage, rows):
    """The trend of 2001 to 2006, gaps shown as gaps."""
    series = {row["TIME_PERIOD"]: row for row in rows
              if row["INDICATOR"] == "CJ_INV" and row["REF_AREA"] == "EU"}
    stage.say("\nCases investigated in the Union, as the observer received them "
              "(W: includes other categories):")
    for year in sorted(series):
        stage.say(f"  {year}  {shown(series[year]):>14}")


def show_countries(stage, rows):
    """Criminal-justice and victim figures of countries, one line an area."""
    figures = {}
    for row in rows:
        if row["REF_AREA"] in BODIES and row["INDICATOR"].split("_")[0] in ("CJ", "VIC"):
            period = "" if row["TIME_PERIOD"] == "_U" else f" {row['TIME_PERIOD']}"
            figures.setdefault(row["REF_AREA"], []).append(
                f"{row['INDICATOR']}{period}: {shown(row)}")
    stage.say("\nFigures of countries, as the observer received them:")
    for area in sorted(figures):
        stage.say(f"  {area}  " + "   ".join(sorted(figures[area])))


def show_what_arrived(stage):
    rows = received_by(stage, "observer")
    show_series(stage, rows)
    show_countries(stage, rows)


def exchange(stage):
    """Everything but the audit; the number of observations delivered to all parties."""
    stage.say(f"{stage.hub.name} listens on {stage.hub.endpoint}")
    enrol_everybody(stage)
    stage.say(f"{len(list(parties()))} parties enrolled, each with its own keys and folder\n")
    for name, *_ in parties():
        stage.hub.start_adapter(name, "receive", "--follow", "--to", exported(stage, name),
                                "--format", "sdmx-csv-2.0")
    policy = stage.hub.operator("policy", "show", DATAFLOW).stdout.strip()
    stage.say(f"policy in force, nothing waived:\n  {policy}\n")
    send_the_facts(stage)
    stage.say()
    send_the_wrong(stage)
    delivered = wait_until_all_received(stage, len(facts()))
    compare(stage)
    show_what_arrived(stage)
    return delivered


def verified_size(stage):
    """Audits the stopped log with the verifier alone."""
    done = stage.hub.verify_log()
    stage.say("\n" + done.stdout.rstrip())
    return int(re.search(r"(\d+) entries", done.stdout).group(1))


def stay(stage):
    print(f"""
Everything is still running. In another terminal:
  export PATH={PROGRAMS}:$PATH RAPPORTEUR_OPERATOR={stage.hub.home}/operator
  rapporteur status            # readiness, and how far each subscription is
  rapporteur tail --follow     # the log as it grows
  rapporteur show 60           # one entry, whole
  rapporteur participant list
  less {exported(stage, "observer")}
Press Enter or Ctrl-C to stop.""", flush=True)
    try:
        sys.stdin.readline()
    except KeyboardInterrupt:
        pass


def main():
    hub = LocalHub()
    try:
        with hub:
            stage = Stage(hub, quiet="--quiet" in sys.argv[1:])
            delivered = exchange(stage)
            if "--stay" in sys.argv[1:]:
                stay(stage)
            hub.stop_adapters()
            hub.stop_broker()
            size = verified_size(stage)
    except (Failed, subprocess.TimeoutExpired) as problem:
        print(f"demo: FAILED: {problem}", file=sys.stderr)
        print(f"demo: logs are in {hub.folder}", file=sys.stderr)
        return 1
    print(f"demo: {stage.accepted} submissions accepted, {stage.refused} refused, "
          f"{delivered} observations delivered, log of size {size} verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
