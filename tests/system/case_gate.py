"""未经法制审核不提交会议讨论: at every entrance. The page is tried here without script and again in the browser tests."""
import re

from harness import NO, PASSWORD, YES, Server, case, check, contains, demo, equal, write
from offices import (GATE, GATE_ARTICLE, conclude, list_item, number_of, plan_meeting, propose_decision, refused_by_gate,
                     review)


def agenda(office):
    return len(office.list("agenda_item"))


@case("the gate at the command line: refused, reviewed, let through")
def _():
    office = demo().copy()
    decision, record = propose_decision(office)
    meeting = plan_meeting(office)
    before = agenda(office)
    refused_by_gate(list_item(office, NO, meeting, decision))
    equal(agenda(office), before, "agenda items after a refusal")
    office.replay()
    review(office, decision)
    list_item(office, YES, meeting, decision)
    equal(agenda(office), before + 1, "agenda items at the end")
    office.replay()


@case("a review that did not pass opens no gate")
def _():
    office = demo().copy()
    decision, _ = propose_decision(office)
    meeting = plan_meeting(office)
    record = review(office, decision, conclusion="unlawful")
    refused_by_gate(list_item(office, NO, meeting, decision))
    contains(office.act(NO, record, "amend", "luoshiqi", reason="改一下", conclusion="lawful").err, "", "amend")
    refused_by_gate(list_item(office, NO, meeting, decision))


@case("a review of another matter opens no gate")
def _():
    office = demo().copy()
    decision, _ = propose_decision(office)
    other, _ = propose_decision(office, "更换街道档案室空调")
    review(office, other, "空调更换的合法性审查")
    refused_by_gate(list_item(office, NO, plan_meeting(office), decision))


@case("an item without a decision, or amended to an unreviewed one, is refused")
def _():
    office = demo().copy()
    reviewed, _ = propose_decision(office)
    bare, _ = propose_decision(office, "更换街道档案室空调")
    review(office, reviewed)
    meeting = plan_meeting(office)
    refusal = office.act(NO, "agenda_item", "create", "luoshiqi", meeting=meeting, subject="设备购置", kind="important",
                         listed_on="2026-11-24")
    contains(refusal.err, "没有写明是哪一件决策事项", "without decision")
    list_item(office, YES, meeting, reviewed)
    item = number_of(office, "agenda_item", "设备购置", "subject")
    refused_by_gate(office.act(NO, item, "amend", "luoshiqi", reason="换一件事", decision=bare))
    sneaked = office.made("agenda_item", "create", "luoshiqi", meeting=meeting, subject="其他", kind="other",
                          listed_on="2026-11-24")
    refused_by_gate(office.act(NO, sneaked, "amend", "luoshiqi", reason="补填", kind="important", decision=bare))


@case("the review takes at least seven working days")
def _():
    office = demo().copy()
    decision, _ = propose_decision(office)
    record = office.made("legal_review", "create", "luoshiqi", subject="审查", object_type="major_decision",
                         decision=decision, department="公共服务办公室", submitted_on="2026-11-18", materials="草案")
    office.act(YES, record, "receive", "caijianfei", complete_on="2026-11-18")
    refusal = conclude(office, NO, record, "lawful", "2026-11-20")
    contains(refusal.err, "重大行政决策程序暂行条例", "the article")


@case("the gate at the import, whoever loads, all or nothing")
def _():
    office = demo().copy()
    decision, _ = propose_decision(office)
    meeting = plan_meeting(office)
    before = agenda(office)
    sheet = write("agenda.csv", "会议,议题,议题类别,列入日期,决策事项\n%s,听取工作汇报,其他,2026-11-24,\n"
                  "%s,设备购置,“三重一大”事项,2026-11-24,%s\n" % (meeting, meeting, decision))
    for user in ("tanjingwen", "lisilin"):
        result = office.run(NO, "import", "agenda_item", sheet, "--as", user)
        contains(result.err, "第3行", "the row")
        contains(result.err, GATE, "the refusal")
        contains(result.err, GATE_ARTICLE, "its article")
        equal(agenda(office), before, "agenda items")
    dry = office.run(NO, "import", "agenda_item", sheet, "--dry-run", "--as", "lisilin")
    contains(dry.err, GATE, "the dry run")
    review(office, decision)
    office.run(YES, "import", "agenda_item", sheet, "--as", "lisilin")
    equal(agenda(office), before + 2, "agenda items at the end")
    office.replay()


@case("who is not the reviewer cannot write the conclusion")
def _():
    office = demo().copy()
    decision, _ = propose_decision(office)
    record = office.made("legal_review", "create", "luoshiqi", subject="审查", object_type="major_decision",
                         decision=decision, department="公共服务办公室", submitted_on="2026-11-03", materials="草案")
    office.act(NO, record, "receive", "luoshiqi", complete_on="2026-11-03")
    office.act(NO, record, "amend", "luoshiqi", reason="省得审", conclusion="lawful", issued_on="2026-11-20")
    refused_by_gate(list_item(office, NO, plan_meeting(office), decision))
