"""Definitions: all faults at once, each with its place; and newer definitions on an older data folder."""
import os
import re
import shutil

from harness import NO, ROOT, USAGE, YES, Office, case, check, contains, demo, equal, expect, new_path

BUILT_IN = os.environ.get("DEFINITIONS", os.path.join(ROOT, "definitions"))


def copy_definitions():
    folder = new_path("definitions")
    shutil.copytree(BUILT_IN, folder)
    return folder


def change(folder, path, old, new):
    path = os.path.join(folder, path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    check(text.count(old) >= 1, "%s has no %r" % (path, old))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))
    before = text[:text.index(old)]
    return before.count("\n") + 1


@case("the built-in definitions have no fault")
def _():
    out = expect(YES, "check").out
    found = re.search(r"(\d+) 个台账，(\d+) 个数字，(\d+) 份报告", out)
    check(found and int(found[1]) >= 35 and int(found[2]) >= 60 and int(found[3]) >= 1, out)
    equal(expect(YES, "check", "--definitions", BUILT_IN).out, out, "the same from the folder")


@case("every fault is reported at once, with file, line and column")
def _():
    folder = copy_definitions()
    faults = [
        ("registers/leader_duty.yaml", "type: person, required: true", "type: persom, required: true"),
        ("registers/leader_duty.yaml", "codes: duty_type,", "codes: duty_typ,"),
        ("registers/agenda_item.yaml", "that: decision is empty or exists(legal_review", "that: decisoin is empty or exists(legal_review"),
        ("registers/legal_review.yaml", "conclusion != risk_stated", "conclusion != risk_state"),
        ("registers/meeting.yaml", "label: 会议\n", "label: 会议\nlable: 会议\n"),
        ("figures/planning.yaml", "meeting where kind = committee", "meetings where kind = committee"),
    ]
    places = []
    for path, old, new in faults:
        line = change(folder, path, old, new)
        places.append("%s:%d:" % (path, line + (1 if "\nlable" in new else 0)))
    result = expect(NO, "check", "--definitions", folder)
    equal(result.out, "", "standard output")
    lines = result.err.splitlines()
    check(len(lines) >= len(faults), "only %d faults: %s" % (len(lines), result.err))
    for line in lines:
        check(re.search(r"\.yaml:\d+:\d+: \S", line), "no file:line:column in " + line)
    for place in places:
        check(any(place in line for line in lines), "%s not reported: %s" % (place, result.err))


@case("broken YAML, a lost folder, an empty folder")
def _():
    folder = copy_definitions()
    with open(os.path.join(folder, "registers", "task.yaml"), "w", encoding="utf-8") as file:
        file.write("register: task\n  label: [\n")
    contains(expect(NO, "check", "--definitions", folder).err, "registers/task.yaml:2:", "broken YAML")
    expect(NO, "check", "--definitions", new_path("none"))
    empty = new_path("empty")
    os.mkdir(empty)
    expect(NO, "check", "--definitions", empty)


@case("a formula cannot reach SQL")
def _():
    office = demo()
    for where in ("1=1; drop table petition", "subject = 'x' union select 1", "exists(select 1)", "subject = 'a\" or \"1\"=\"1",
                  "rowid > 0", "sqlite_version() = '3'", "fz_act.seq > 0"):
        office.run(USAGE, "list", "leader_duty", "--where", where)
    office.run(YES, "list", "leader_duty", "--where", "subject = 'x'' union select 1 --'")


@case("an older data folder opened by newer definitions keeps every row", slow=True)
def _():
    old = demo().copy()
    before = {reg: old.list(reg) for reg in ("leader_duty", "petition", "mediation", "decision")}
    folder = copy_definitions()
    change(folder, "registers/leader_duty.yaml", "fields:\n", "fields:\n  weather: {label: 天气, type: text, listed: true}\n")
    with open(os.path.join(folder, "registers", "visit_log.yaml"), "w", encoding="utf-8") as file:
        file.write("register: visit_log\nlabel: 来访登记\nnumber: \"来〔{year}〕{seq}号\"\nchapter: planning\nfields:\n"
                   "  visitor_unit: {label: 来访单位, type: text, required: true, listed: true}\n"
                   "  visited_on: {label: 来访日期, type: date, required: true}\n"
                   "  matter: {label: 事项, type: reference, register: task}\n")
    change(folder, "codes/planning.yaml", "      party_meeting: 党工委会议\n",
           "      walk_round: 走访\n      party_meeting: 党工委会议\n")
    new = Office(old.data, definitions=folder)
    for reg, rows in before.items():
        after = new.list(reg)
        equal(len(after), len(rows), reg + ": rows")
        for row, was in zip(after, rows):
            row.pop("weather", None)
            equal(row, was, reg)
    new.act(YES, "leader_duty", "create", "luoshiqi", duty_on="2026-11-20", leader_post="secretary", leader="方志明",
            duty_type="deploy", matter_type="rule_of_law", activity="walk_round", subject="走访长风社区",
            result="听取意见", evidence="走访记录", weather="小雨")
    new.run(YES, "act", "visit_log", "create", "visitor_unit=某单位", "visited_on=2026-11-20", "--as", "fangzhiming")
    equal(len(new.list("visit_log")), 1, "the new register")
    new.replay()
    check(old.run(YES, "figure", "leader_duty.sessions", "--period", "2024").out, "the old definitions still open it")
