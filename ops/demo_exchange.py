"""The figures of COM(2008) 657, exchanged between agencies through a real broker on loopback.

Every party is a process of its own with its own keys and folder; nothing is shared but the socket.
Exit 0 only if all 200 facts reach the observer unchanged and the hub refused every wrong submission
for its reason. RAPPORTEUR_DEMO_FACTS names another file of 200 facts.
"""

import csv
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import typing

from local_hub import DATAFLOW, PROGRAMS, ROOT, Failed, run
from witnessed_hub import WitnessedHub, until

FACTS = pathlib.Path(
    os.environ.get("RAPPORTEUR_DEMO_FACTS", ROOT / "tests/fixtures/com-2008-657.csv"))
MAPPING = ROOT / "adapters/sources/examples/com-2008-657.toml"
CATALOGUE = ROOT / "proto/codelists/indicators.csv"

BODIES = "AT BE BG CZ DE DK FI FR IT LT LV NL NO PL PT SI UK".split()
COMMISSION_COLLECTIVE = "EU|EU27_2007*|EUROPE|RESP*"

# How many facts each kind of sender has; 200 together.
SPLIT = {"bodies": 34, "europol and eurojust": 8, "commission": 158}

SERIES_YEARS = range(2001, 2007)
ABSENT = {"O": "missing", "L": "not collected", "M": "not applicable", "K": "counted elsewhere",
          "Q": "suppressed"}


class Wrong(typing.NamedTuple):
    """What the hub must refuse, the one rule it breaks, and what the hub must say of it."""

    what: str
    sender: str
    code: str
    says: str = ""


# A forged signature is a fault: nobody said anything, so the log has no entry of it.
FORGED = Wrong("a signature that is not Slovenia's own", "si", "SIGNATURE")
WRONG = [
    Wrong("SL (Sierra Leone) sent by Slovenia", "si", "RIGHTS"),
    Wrong("a code that is in no list", "at", "UNKNOWN_CODE"),
    Wrong("a blank with status A where a zero was meant", "fi", "VALUE_MISSING"),
    Wrong("Latvia's 1 protected victim broken down by sex", "lv", "SMALL_CELL"),
    Wrong("16 women compensated, men hidden, beside the published 18", "nl", "LINEAR_EXACT",
          "M = _T − F = 18 − 16"),
]


class Stage:
    """The hub, what the screen shows, and the counts for the last line."""

    def __init__(self, hub, quiet):
        self.hub = hub
        self.quiet = quiet
        self.accepted = 0
        self.refused = 0
        self.refused_at = None  # the entry of the last one

    def say(self, text=""):
        if not self.quiet:
            print(text, flush=True)


def facts():
    with open(FACTS, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check_facts():
    """The facts are the 200 of the document, each with the sender it should have."""
    counts = dict.fromkeys(SPLIT, 0)
    for fact in facts():
        sender = sender_of(fact)
        kind = "europol and eurojust" if sender in ("europol", "eurojust") else sender
        counts[kind if kind in counts else "bodies"] += 1
    if counts != SPLIT:
        raise Failed(f"{sum(counts.values())} facts in {FACTS}, by sender {counts}, not {SPLIT}: "
                     "restore the file")


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


def wrong_rows():
    """The rows of each of WRONG, in the layout of the facts."""
    template = next(f for f in facts() if f["indicator"] == "VIC_ASSIST" and f["geo"] == "AT")

    def row(**changes):
        return {**template, "period": "2007", **changes}

    latvia = {"indicator": "VIC_PROT", "geo": "LV", "period": "_U"}
    netherlands = {"indicator": "VIC_COMP", "geo": "NL", "period": "_U"}
    return [
        [row(geo="SL", value="40")],
        [row(geo="AT", sex="X", value="12")],
        [row(geo="FI", value="", qualifier="", status="A")],
        [row(**latvia, sex="F", value="1"), row(**latvia, sex="M", value="0")],
        [row(**netherlands, sex="F", value="16"),
         row(**netherlands, sex="M", value="", qualifier="", status="Q")],
    ]


def faults_counted(stage):
    return json.loads(stage.hub.operator("--json", "status").stdout)["faults"]


def say_refused(stage, wrong):
    stage.refused += 1
    because = f": {wrong.says}" if wrong.says else ""
    stage.say(f"  refused  {wrong.sender:<4} {wrong.code:<14} {wrong.what}{because}")


def send_the_forged(stage):
    """The hub answers with a fault and counts it; that it is no entry the audit shows at the end."""
    before = faults_counted(stage)
    done = run(PROGRAMS / "rapporteur-demo-forger", stage.hub.party_folder(FORGED.sender), expect=1)
    if (not re.search(rf"(^|: ){FORGED.code}: ", done.stderr)
            or faults_counted(stage) <= before):
        raise Failed(f"{FORGED.what}: no fault {FORGED.code} of the hub: {done.stderr.strip()}")
    say_refused(stage, FORGED)


def check_item(item, wrong):
    """The sender is told of that rule alone, and how it was broken."""
    errors = [finding for finding in item["findings"] if finding["severity"] == "error"]
    codes = [finding["code"] for finding in errors]
    if item["state"] != "refused" or set(codes) != {wrong.code}:
        raise Failed(f"{wrong.what}: {item['state']} with {codes}, not refused for {wrong.code}")
    messages = [finding["message"] for finding in errors]
    if not any(wrong.says in message for message in messages):
        raise Failed(f"{wrong.what}: {messages} do not say {wrong.says!r}")


def entry_of_refusal(stage, item, wrong):
    """What the log says of it: a refusal, for that reason, and nothing of what was in it."""
    entry = json.loads(stage.hub.operator("--json", "show", str(item["index"])).stdout)
    rules = [rule["code"] for rule in entry["detail"].get("refused", {}).get("rules", [])]
    if (entry["event"] != "REFUSED" or wrong.code not in rules
            or entry["header"]["sender"] != wrong.sender):
        raise Failed(f"{wrong.what}: entry {item['index']} is no refusal for {wrong.code}: {entry}")
    if wrong.says and wrong.says in json.dumps(entry, ensure_ascii=False):
        raise Failed(f"{wrong.what}: entry {item['index']} tells everybody: {entry}")
    stage.refused_at = item["index"]


def send_the_wrong(stage):
    send_the_forged(stage)
    for wrong, rows in zip(WRONG, wrong_rows(), strict=True):
        path = stage.hub.party_folder(wrong.sender) / "wrong.csv"
        write_csv(path, rows)
        items = json.loads(push(stage, wrong.sender, path, "--as-is", expect=1).stdout)["items"]
        if len(items) != 1:
            raise Failed(f"{wrong.what}: {len(items)} submissions, not one")
        check_item(items[0], wrong)
        entry_of_refusal(stage, items[0], wrong)
        say_refused(stage, wrong)


def counted(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")


# Who sees to it that the hub shows everybody the same log: a party, by one line of its settings,
# and somebody who is no party.
WITNESSES = ("observer", "w1")


def let_it_be_watched(stage):
    """Both witnesses must have seen what is given out as seen."""
    hub = stage.hub
    lines = [hub.witness_by_one_line("observer"), hub.make_witness("w1")]
    hub.set_policy([*lines, f"group both all {' '.join(WITNESSES)}", "quorum both"])
    hub.start_witness("w1")
    hub.start_publisher()


def show_who_watched(stage):
    """A receipt under the witnesses' names, checked without the hub."""
    hub = stage.hub
    folder = hub.party_folder("lv")
    hub.set_up("lv", policy=hub.policy)
    items = json.loads(hub.adapter("lv", "--json", "push", "--require-quorum").stdout)["items"]
    for item in items:
        if sorted(item["quorum"]["witnesses"]) != sorted(WITNESSES):
            raise Failed(f"Latvia's receipts name {item['quorum']}, not both witnesses")
    size = int(json.loads(hub.operator("--json", "status").stdout)["log_size"])
    until(lambda: hub.cosigned_size() >= size, "the witnesses have seen the whole log")
    receipts = [folder / f"receipts/{item['message_id']}.tlog-proof" for item in items]
    run(PROGRAMS / "rapporteur", "proof", "verify", *receipts, "--policy", hub.policy)
    stage.watched = receipts[0]
    stage.say(f"\n{' and '.join(WITNESSES)} have seen the same log up to entry {size - 1}; under "
              f"their names {counted(len(items), 'receipt')} of Latvia's hold, checked without the "
              "hub")


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
        stage.say(f"  accepted {name:<10} {counted(len(rows), 'fact'):>9} in "
                  f"{counted(len(items), 'submission')}")


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
    return f"{int(number):,}".replace(",", " ") if number.isdigit() else number


def shown(row):
    """A figure with its qualifier, or how it is missing: never an empty cell."""
    if row["OBS_VALUE"] == "":
        return ABSENT.get(row["OBS_STATUS"], "missing")
    qualifier = row["VALUE_QUALIFIER"].replace("=", "")
    flag = "" if row["OBS_STATUS"] == "A" else f" ({row['OBS_STATUS']})"
    return qualifier + grouped(row["OBS_VALUE"]) + flag


def show_series(stage, rows):
    """The trend of 2001 to 2006, gaps shown as gaps."""
    series = {row["TIME_PERIOD"]: row for row in rows
              if row["INDICATOR"] == "CJ_INV" and row["REF_AREA"] == "EU"}
    figures = {}
    stage.say("\nCases investigated in the Union, as the observer received them "
              "(W: includes other categories)")
    for year in map(str, SERIES_YEARS):
        row = series.get(year)
        stage.say(f"  {year}  {shown(row) if row else 'nothing received':>14}")
        if row and row["OBS_VALUE"]:
            figures[year] = grouped(row["OBS_VALUE"])
    absent = [year for year in map(str, SERIES_YEARS) if year not in figures]
    stage.say(f"  {' · '.join(figures.values())} for {' · '.join(figures)}; "
              f"missing: {' · '.join(absent)}")


def labels():
    with open(CATALOGUE, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["code"]: row["label_en"] for row in rows}


def broken_down(row):
    """What the figure is a part of: nothing for the whole."""
    parts = [row[dimension] for dimension in ("EXPL_FORM", "SEX", "AGE")]
    return " ".join(part for part in parts if part not in ("_T", "_Z"))


def show_countries(stage, rows):
    """Criminal-justice and victim figures of countries, one line a figure."""
    names = labels()
    table = [("AREA", "INDICATOR", "PERIOD", "OF", "FIGURE", "WHAT")]
    table += sorted(
        (row["REF_AREA"], row["INDICATOR"],
         "unknown" if row["TIME_PERIOD"] == "_U" else row["TIME_PERIOD"],
         broken_down(row) or "all", shown(row), names[row["INDICATOR"]])
        for row in rows
        if row["REF_AREA"] in BODIES and row["INDICATOR"].split("_")[0] in ("CJ", "VIC"))
    width = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    stage.say("\nFigures of countries, as the observer received them")
    for area, indicator, period, part, figure, what in table:
        stage.say(f"  {area:<{width[0]}}  {indicator:<{width[1]}}  {period:<{width[2]}}  "
                  f"{part:<{width[3]}}  {figure:>{width[4]}}  {what}".rstrip())


def show_what_arrived(stage):
    rows = received_by(stage, "observer")
    show_series(stage, rows)
    show_countries(stage, rows)


def start_receiving(stage, name):
    to, form = exported(stage, name), "sdmx-csv-2.0"
    if name not in WITNESSES:
        stage.hub.start_adapter(name, "receive", "--follow", "--to", to, "--format", form)
        return
    stage.hub.set_up(name, destination=to, format=form)
    stage.hub.start_adapter(name, "run")


def exchange(stage):
    """Everything but the audit; the number of observations delivered to all parties."""
    stage.say(f"{stage.hub.name} listens on {stage.hub.endpoint}")
    enrol_everybody(stage)
    stage.say(f"{len(list(parties()))} parties enrolled, each with its own keys and folder\n")
    let_it_be_watched(stage)
    for name, *_ in parties():
        start_receiving(stage, name)
    policy = stage.hub.operator("policy", "show", DATAFLOW).stdout.strip()
    stage.say(f"the default policy holds, nothing is waived\n  {policy}\n")
    send_the_facts(stage)
    stage.say()
    send_the_wrong(stage)
    delivered = wait_until_all_received(stage, len(facts()))
    compare(stage)
    show_what_arrived(stage)
    show_who_watched(stage)
    return delivered


def verified_size(stage):
    """Audits the stopped log with the verifier alone; it counts what was counted here."""
    audit = json.loads(stage.hub.verify_log("--json").stdout)
    counted = (audit["accepted"], audit["refused"])
    if not audit["verified"] or counted != (stage.accepted, len(WRONG)):
        raise Failed(f"the log holds {counted}, not {(stage.accepted, len(WRONG))}: {audit}")
    stage.say("\n" + stage.hub.verify_log().stdout.rstrip())
    return audit["entries"]


def stay(stage):
    home = stage.hub.home
    print(f"""
Everything is still running. In another terminal:

  export PATH={PROGRAMS}:$PATH RAPPORTEUR_OPERATOR={home}/operator
  rapporteur status              whether the hub is ready, and how far each subscription is
  rapporteur tail                the newest entries of the log: who said what, and what became of it
  rapporteur tail --follow       the same as it grows
  rapporteur show {stage.refused_at:<14} a refusal: codes and keys of cells, no figure
  rapporteur participant show lv who it is, its keys and its rights
  rapporteur audit verify {home}/data --public {home}/hub-public.toml
  rapporteur proof verify {stage.watched} --policy {stage.hub.policy}
  rapporteur checkpoint --cosigned   what the hub's key has signed, and who has cosigned it
  rapporteur-adapter -C {stage.hub.party_folder("lv")} outbox list
  less -S {exported(stage, "observer")}
  curl http://{stage.hub.monitor}/metrics

Press Enter or Ctrl-C to stop.""", flush=True)
    try:
        if sys.stdin.readline() == "":
            signal.pause()  # no terminal to press Enter at
    except KeyboardInterrupt:
        print()


def demonstrate(hub, words):
    with hub:
        stage = Stage(hub, quiet="--quiet" in words)
        delivered = exchange(stage)
        if "--stay" in words:
            stay(stage)
        hub.stop_adapters()
        hub.stop_broker()
        size = verified_size(stage)
    print(f"demo: {stage.accepted} submissions accepted, {stage.refused} refused, "
          f"{delivered} observations delivered, log of size {size} verified")


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupted)
    hub = None
    try:
        check_facts()
        hub = WitnessedHub()
        demonstrate(hub, sys.argv[1:])
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130
    except (Failed, subprocess.TimeoutExpired) as problem:
        print(f"demo: FAILED: {problem}", file=sys.stderr)
        if hub is not None:
            print(f"demo: logs are in {hub.folder}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
