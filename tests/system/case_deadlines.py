"""Deadlines: counted once by acts, moved only by acts and by recomputation when the holiday data changed."""
import os

from case_definitions import copy_definitions
from harness import NO, USAGE, YES, Office, case, check, contains, demo, equal


def deadlines(office, record):
    register, number = record.split("/")
    rows = office.rows("select * from fz_deadline where register = '%s' and record = %s" % (register, number))
    return {row["name"]: row for row in rows}


def review_across_the_year(office):
    record = office.made("legal_review", "create", "luoshiqi", subject="档案室租赁合同", object_type="other",
                         department="党政办公室", submitted_on="2026-12-28", materials="合同文本")
    office.act(YES, record, "receive", "caijianfei", complete_on="2026-12-28")
    return record


@case("a deadline stands in the record's rows with both last days, article and calendar")
def _():
    office = demo().copy()
    record = office.made("legal_review", "create", "luoshiqi", subject="采购合同", object_type="other",
                         department="党政办公室", submitted_on="2026-09-28", materials="合同文本")
    office.act(YES, record, "receive", "caijianfei", complete_on="2026-09-28")
    row = deadlines(office, record)["review_limit"]
    equal((row["start_on"], row["legal_on"], row["state"]), ("2026-09-28", "2026-10-10", "running"),
          "five working days across the national holiday, the tenth a Saturday worked")
    check(row["length"] and row["calendar"], "length and calendar: %r" % row)


@case("a deadline into a year without arrangement is pending, and recomputing fills it in")
def _():
    office = demo().copy()
    office.now = "2026-12-28T09:00"
    record = review_across_the_year(office)
    row = deadlines(office, record)["review_limit"]
    contains(row["calendar"], "pending:2027", "calendar")
    equal(office.run(YES, "recompute").out, "共 0 个期限会变；加 --apply 重算\n", "before the notice came")
    folder = copy_definitions()
    with open(os.path.join(folder, "calendar", "national.csv"), "a", encoding="utf-8") as file:
        file.write("2027-01-01,holiday,元旦,测试\n2027-01-04,holiday,元旦,测试\n")
    later = Office(office.data, office.now, folder)
    preview = later.run(YES, "recompute").out
    contains(preview, record, "preview")
    equal(deadlines(office, record)["review_limit"], row, "a preview changes nothing")
    later.run(NO, "recompute", "--apply", "--as", "luoshiqi")
    later.run(USAGE, "recompute", "--apply")
    later.run(YES, "recompute", "--apply", "--as", "luqihang")
    moved = deadlines(office, record)["review_limit"]
    equal(moved["legal_on"], "2027-01-06", "last day")
    check("pending" not in moved["calendar"], "calendar: " + moved["calendar"])
    later.replay()


@case("an act ends its deadline as met or missed")
def _():
    office = demo().copy()
    for finished, state in (("2026-11-20", "met"), ("2026-11-24", "missed")):
        record = office.made("legal_review", "create", "luoshiqi", subject="其他法律事务 " + state, object_type="other",
                             department="党政办公室", submitted_on="2026-11-16", materials="材料")
        office.act(YES, record, "receive", "caijianfei", complete_on="2026-11-16")
        equal(deadlines(office, record)["review_limit"]["legal_on"], "2026-11-23", "last day")
        office.act(YES, record, "conclude", "caijianfei", issued_on=finished, conclusion="lawful", reviewer="蔡建飞",
                   points="逐项审核", opinion="合法")
        equal(deadlines(office, record)["review_limit"]["state"], state, "concluded on " + finished)
    office.replay()
