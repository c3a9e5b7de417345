"""Stories that several cases need, told through the command line."""
from harness import NO, YES, check, contains

GATE = "未经法制审核不提交会议讨论"
GATE_ARTICLE = "重大行政决策程序暂行条例 第二十五条"


def propose_decision(office, title="购置社区便民服务设备"):
    """A matter of 三重一大, not yet reviewed; its number."""
    record = office.made("decision", "create", "luoshiqi", title=title, kind="important", important_type="funds",
                         amount="86000", basis="年度预算已批复", proposer_type="department_level", proposer="公共服务办公室",
                         proposed_on="2026-11-02", affects_public="否", technical="否", stability_risk="否",
                         affects_market="否")
    return number_of(office, "decision", title), record


def number_of(office, register, title, field="title"):
    rows = office.list(register, "%s = '%s'" % (field, title))
    check(len(rows) == 1, "%d records of %s called %s" % (len(rows), register, title))
    return rows[0]["number"]


def plan_meeting(office, name="党工委会议（测试）", kind="party", day="2026-11-26"):
    office.made("meeting", "create", "luoshiqi", name=name, kind=kind, planned_on=day, noticed_on="2026-11-23")
    return number_of(office, "meeting", name, "name")


def list_item(office, status, meeting, decision, subject="设备购置"):
    return office.act(status, "agenda_item", "create", "luoshiqi", meeting=meeting, subject=subject, kind="important",
                      listed_on="2026-11-24", decision=decision)


def review(office, decision, subject="设备购置的合法性审查", conclusion="lawful", issued_on="2026-11-20"):
    """Sent on 3 November, concluded on `issued_on`."""
    record = office.made("legal_review", "create", "luoshiqi", subject=subject, object_type="major_decision",
                         decision=decision, department="公共服务办公室", submitted_on="2026-11-03", materials="草案、依据、程序说明")
    office.act(YES, record, "receive", "caijianfei", complete_on="2026-11-03")
    conclude(office, YES, record, conclusion, issued_on)
    return record


def conclude(office, status, record, conclusion, issued_on):
    return office.act(status, record, "conclude", "caijianfei", issued_on=issued_on, conclusion=conclusion,
                      reviewer="蔡建飞", points="权限、程序、内容逐项审核", opinion="见审核意见", lawyer_kind="public_lawyer",
                      lawyer="赖婉清")


def refused_by_gate(result):
    contains(result.err, GATE, "the refusal")
    contains(result.err, GATE_ARTICLE, "its article")
    contains(result.err, "送法制审核", "its remedy")
