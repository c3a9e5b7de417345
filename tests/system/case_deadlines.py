"""Deadlines: counted once by acts, moved only by acts and by recomputation when the holiday data changed."""
import os

from case_definitions import copy_definitions
from harness import NO, USAGE, YES, Office, Server, case, check, contains, demo, equal


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


def answered_petition(office):
    """Answered and served on 2 November: the petitioner may ask for a review until 2 December."""
    record = office.made("petition", "create", "panwenbin", subject="外墙渗水", received_on="2026-10-08", channel="letter",
                         origin="direct", category="claim", topic="property", petitioner="覃某甲", demand="请求修缮外墙")
    office.act(YES, record, "accept", "panwenbin", noticed_on="2026-10-12", notice_method="直接送达", department="平安法治办公室",
               handler="潘文斌", recused="是", path="petition_procedure")
    office.act(YES, record, "answer", "panwenbin", answered_on="2026-11-02", investigation="已到现场核实", opinion="support",
               opinion_basis="物业管理条例", opinion_no="跃信答〔2026〕1号", review_told="是", served_on="2026-11-02",
               serve_method="直接送达")
    return record


def seen(office, record, today):
    """The petition's page, its row in the list and the workbench on that day, as the petition clerk sees them."""
    office.now = today + "T09:00"
    with Server(office, clock=True) as server:
        browser = server.browser("panwenbin")
        row = browser.get("/r/petition?sort=-created_on").text.split("外墙渗水")[0].rsplit("<tr", 1)[1]
        return browser.get("/r/" + record).text, row, browser.get("/").text


@case("a right that lapses is nobody's failure: 期满未提出, and gone from workbench and list")
def _():
    office = demo().copy()
    record = answered_petition(office)
    row = deadlines(office, record)["review_window"]
    equal((row["legal_on"], row["state"]), ("2026-12-02", "running"), "the time for asking for a review")
    page, listed, workbench = seen(office, record, "2026-11-30")
    contains(page, "剩余2天", "its page before")
    contains(listed, "2026-12-02", "the list before")
    contains(workbench, "信访人请求复查期限", "the workbench before")
    page, listed, workbench = seen(office, record, "2026-12-10")
    contains(page, "期满未提出", "its page afterwards")
    check("逾期" not in page.split("信访人请求复查期限")[1].split("</section>")[0], "a right is called overdue")
    check("2026-12-02" not in listed, "the list still shows it: " + listed)
    check("信访人请求复查期限" not in workbench, "the workbench still shows it")
    contains(office.run(USAGE, "list", "petition", "--where", "overdue(review_window)").err, "期满不算逾期", "a question about it")
    office.act(YES, record, "ask_review", "panwenbin", review_on="2026-12-09")
    page, _, workbench = seen(office, record, "2026-12-10")
    contains(page, "期满后提出", "asked for after all")
    contains(workbench, "复查办理期限", "what is now to be done")
    office.replay()
