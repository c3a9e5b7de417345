"""Lists and acts from the command line: forms, conditions, who may do what, private fields."""
import csv
import io
import json
import re

from harness import NO, USAGE, YES, case, check, contains, demo, equal

DUTY = {"duty_on": "2026-11-20", "leader_post": "secretary", "leader": "方志明", "duty_type": "deploy",
        "matter_type": "rule_of_law", "activity": "special_meeting", "subject": "部署年末督察", "result": "分三组自查",
        "evidence": "会议纪要"}


@case("a list as table, CSV and JSON says the same")
def _():
    office = demo()
    where = "duty_on in 2024-H1"
    rows = office.list("leader_duty", where)
    check(rows, "no rows")
    text = office.run(YES, "list", "leader_duty", "--where", where, "--format", "csv").out
    table = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    equal(table[0][:3], ["编号", "阶段", "日期"], "header")
    equal([row[0] for row in table[1:]], [row["number"] for row in rows], "numbers")
    contains(office.run(YES, "list", "leader_duty", "--where", where).out, "共 %d 条" % len(rows), "table")
    contains(office.run(YES, "list", "主要领导履职记录", "--where", where).out, "共 %d 条" % len(rows), "by label")


@case("sorting, limits, conditions")
def _():
    office = demo()
    days = [row["duty_on"] for row in json.loads(office.run(YES, "list", "leader_duty", "--sort", "duty_on", "--format",
                                                            "json").out)]
    equal(days, sorted(days), "ascending")
    down = [row["duty_on"] for row in json.loads(office.run(YES, "list", "leader_duty", "--sort", "-duty_on", "--limit", 5,
                                                            "--format", "json").out)]
    equal(down, sorted(days, reverse=True)[:5], "descending, five")
    for where in ("duty_typ = deploy", "duty_type = deplay", "duty_on = 1", "duty_on in 2024 and", "count(leader_duty)"):
        result = office.run(USAGE, "list", "leader_duty", "--where", where)
        equal(len(result.err.strip().splitlines()), 1, "lines on standard error for " + where)
    contains(office.run(USAGE, "list", "leader_duty", "--where", "duty_typ = deploy").err, "duty_typ", "the unknown field")
    office.run(USAGE, "list", "leader_duty", "--format", "yaml")
    office.run(USAGE, "list", "leader_duty", "--limit", "many")
    office.run(USAGE, "list", "nonsense")


@case("an act: created, amended with a reason, voided; each in the chain")
def _():
    office = demo().copy()
    record = office.made("leader_duty", "create", "luoshiqi", **DUTY)
    office.act(USAGE, record, "amend", "luoshiqi", subject="改一下")
    office.act(YES, record, "amend", "luoshiqi", subject="改一下", reason="写错")
    rows = office.list("leader_duty", "subject = '改一下'")
    equal(len(rows), 1, "the amended record")
    office.act(USAGE, record, "note", "luoshiqi")
    office.act(YES, record, "note", "luoshiqi", reason="已同办公室核对")
    office.act(YES, record, "void", "luoshiqi", reason="重复登记")
    equal(office.list("leader_duty", "subject = '改一下'"), [], "a voided record in a list")
    office.act(NO, record, "amend", "luoshiqi", subject="再改", reason="写错")
    office.replay()


@case("every fault of an act at once, each with its field")
def _():
    office = demo().copy()
    bad = dict(DUTY, duty_on="2026-13-01", leader_post="主席", subject="")
    result = office.act(USAGE, "leader_duty", "create", "luoshiqi", **bad)
    for field in ("duty_on", "leader_post", "subject"):
        contains(result.err, field, "faults")
    equal(len(result.err.strip().splitlines()), 3, "lines")


@case("who may not act, is told so")
def _():
    office = demo().copy()
    for user in ("caijianfei", "luqihang", "pangyajing", "jiangkewei", "qinruolan"):
        office.act(NO, "leader_duty", "create", user, **DUTY)
    office.act(NO, "leader_duty", "create", "nobody", **DUTY)
    office.run(USAGE, "act", "leader_duty", "create", "duty_on=2026-11-20")
    office.act(NO, "nonsense", "create", "luoshiqi", x="1")
    office.act(NO, "leader_duty", "nonsense", "luoshiqi", x="1")


@case("private fields are masked in every list; viewing them takes a role and a reason")
def _():
    office = demo().copy()
    for form in ("json", "csv", "table"):
        out = office.run(YES, "list", "enf_case", "--format", form).out
        check(not re.search(r"999999\d{12}|\b100\d{8}\b", out), "an identity or telephone number in a list as " + form)
        check("邓永昌" not in out, "a citizen's name in a list as " + form)
    number = office.list("enf_case")[0]["number"]
    office.act(USAGE, number, "view", "tangguoping")
    office.act(NO, number, "view", "meiyurong", reason="看看")
    office.act(YES, number, "view", "tangguoping", reason="核对送达地址")
    office.replay()
    for where in ("party = '邓永昌'", "party contains '邓'", "count(enf_case where party = self.party) > 1"):
        office.run(USAGE, "list", "enf_case", "--where", where)
