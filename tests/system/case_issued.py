"""Common definitions: what a district issues holds for its offices, from its day on, on every server, and nowhere else."""
import io
import json
import os
import re
import shutil
import time
import urllib.request
import zipfile

from load import Crowd, Seat, check_kept
from case_tree import DISTRICT, FIRST, SECOND, add_account, tree
from harness import FAILED, NO, PASSWORD, ROOT, SERVER, USAGE, YES, Office, Server, case, check, contains, equal, fazhi, new_path, url_of

OTHER = "450206"
PATROL = """register: patrol
label: 巡查登记
chapter: community
number: "{mark}巡〔{year}〕{seq}号"
title: place
fields:
  patrolled_on: {label: 巡查日期, type: date, required: true, listed: true}
  place: {label: 地点, type: text, required: true, searched: true, listed: true}
  kind: {label: 巡查类别, type: code, codes: patrol_kind, listed: true}
procedure:
  create: {by: [handler]}
  stages: {open: 已登记, closed: {label: 已办结, final: true}}
  acts:
    close: {label: 办结, from: open, to: closed, by: [handler]}
"""
KINDS = "codes:\n  patrol_kind:\n    label: 巡查类别\n    codes: {fire: 消防, flood: 防汛}\n"
FIGURES = """figures:
  patrol.count:
    label: 巡查次数
    unit: 次
    chapter: community
    meaning: 统计期内登记的巡查
    value: count(patrol where patrolled_on in period)
"""


PETITION = {"subject": "楼道堆物", "channel": "走访", "origin": "直接提出", "category": "申诉求决类", "topic": "物业管理",
            "petitioner": "某甲", "people": "1", "demand": "请求清理楼道"}


def definition(path):
    with open(os.path.join(ROOT, "definitions", path), encoding="utf-8") as file:
        return file.read()


def folder(files):
    """A folder of definition files: path to content."""
    root = new_path("set")
    for path, content in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(content)
    return root


def petition(days=10, more=""):
    """信访事项 with another time for the answer, and perhaps more fields."""
    text = definition("registers/petition.yaml")
    text = text.replace("within: 15 days\n      start: received_on", "within: %d days\n      start: received_on" % days, 1)
    return text.replace("\nfields:\n", "\nfields:\n" + more, 1)


def patrols(**changed):
    files = {"registers/patrol.yaml": PATROL, "codes/patrol.yaml": KINDS, "figures/patrol.yaml": FIGURES,
             "registers/petition.yaml": petition(more="  zone: {label: 片区, type: text, searched: true, listed: true}\n")}
    files.update(changed)
    return {path: text for path, text in files.items() if text}


def district(office, named=DISTRICT, name="quju"):
    add_account(office.other(named), name, "tree_manager")
    office.spoil("update fz_account set must_change = 0 where name = '%s'" % name)


def office_with_district():
    office = tree().copy()
    office.run(YES, "office", "add", OTHER, "柳江区")
    office.run(YES, "office", "add", OTHER + "001", "拉堡镇")
    district(office)
    district(office, OTHER, "jiangju")
    return office


def issue(office, status, files, *more, named=DISTRICT, by="quju"):
    return office.run(status, "definitions", "issue", folder(files), "--by", named, "--as", by, *more)


def handler(office):
    return next(line.split()[0] for line in office.run(YES, "user", "list").out.splitlines() if "handler" in line)


def patrol(office, place="北雀路口", day="2026-11-23"):
    return office.made("patrol", "create", handler(office), patrolled_on=day, place=place, kind="fire")


def fazhi_refuses(office, *command):
    result = fazhi(*command, *office.options())
    check(result.status != YES, "it did not refuse: %r" % result)
    return result.err


def answer_by(office, length):
    """A petition of today: how long its answer may take."""
    record = office.made("petition", "create", "panwenbin", **PETITION)
    rows = office.rows("select length from fz_deadline where office = 'yuejin' and register = 'petition' and name = 'accept' "
                       "and record = %s" % record.split("/")[1])
    equal(rows[0]["length"], length, "the time for the answer")


@case("a set with faults is told whole, with places, and nothing of it is stored")
def faults():
    office = office_with_district()
    contains(office.other(DISTRICT).run(YES, "definitions", "check", folder(patrols())).out, "没有错误", "a set that is fine")
    files = patrols(**{"registers/patrol.yaml": PATROL.replace("[handler]", "[warden]", 1).replace("type: date", "type: dat")})
    files["calendar/national.csv"] = "x\n"
    told = issue(office, NO, files).err
    contains(told, "registers/patrol.yaml:11:17", "the role's place")
    contains(told, "registers/patrol.yaml:7:", "the type's place")
    contains(told, "calendar/national.csv:1:1", "holidays are not issued")
    contains(issue(office, NO, {"office.yaml": definition("office.yaml").replace("跃进街道", "别的街道")}).err, "office.yaml:1:1",
             "names are the offices' own")
    contains(issue(office, NO, {"roles.yaml": definition("roles.yaml").replace(", issue]", "]")}).err, "may: issue",
             "nobody could mend it")
    contains(issue(office, NO, {}).err, "没有", "an empty folder")
    equal(office.rows("select count(*) as n from fz_definitions")[0]["n"], 0, "rows")
    equal(office.rows("select count(*) as n from fz_definition_file")[0]["n"], 0, "files")
    equal(office.rows("select count(*) as n from fz_act where act like '%definitions'")[0]["n"], 0, "entries")
    contains(office.run(YES, "definitions", "list").out, "程序自带", "what is in force")


@case("who may issue definitions: a role above the township level, from today on")
def may_issue():
    office = office_with_district()
    add_account(office, "yuejin_m", "tree_manager")
    add_account(office.other(DISTRICT), "viewer", "tree_viewer")
    contains(issue(office, NO, patrols(), named=FIRST, by="yuejin_m").err, "下面没有单位", "a township-level unit")
    contains(issue(office, NO, patrols(), by="viewer").err, "岗位不能", "a role without the right")
    contains(issue(office, NO, patrols(), by="jiangju").err, "账号", "an account of another district")
    contains(issue(office, USAGE, patrols(), "--from", "2026-11-23").err, "过去", "a day that is over")
    office.run(USAGE, "definitions", "issue")


@case("what a district issues holds below it, and is nothing to others; the nearest office and the day decide")
def in_force():
    office = office_with_district()
    second, other = office.other(SECOND), office.other(OTHER + "001")
    out = issue(office, YES, patrols(), "--note", "试行巡查登记").out
    contains(out, "第 1 份", "its number")
    patrol(office)
    answer_by(office, "10 days")
    equal(office.list("patrol")[0]["number"], "跃巡〔2026〕1号", "a record of the new register")
    equal(second.list("patrol"), [], "the neighbour has the register and no record")
    contains(office.run(YES, "figure", "patrol.count", "--period", "2026").out, "数值：1", "a new figure")
    contains(fazhi_refuses(other, "list", "patrol"), "patrol", "another district's office")
    contains(office.other(DISTRICT).run(YES, "tree", DISTRICT, "patrol.count", "--period", "2026").out, "跃进街道", "the tree")
    entry = office.rows("select inputs from fz_act where office = 'yuejin' and act = 'definitions_in_force'")
    equal([json.loads(row["inputs"])["number"] for row in entry], [1], "the office's log tells what is in force")
    # The city's set is farther away than the district's, and holds where the district has none.
    district(office, "4502", "shiju")
    issue(office, YES, {"registers/petition.yaml": petition(days=12)}, named="4502", by="shiju")
    contains(office.run(YES, "definitions", "list").out, "柳北区        第1份    2026-11-24起", "the district first")
    contains(other.run(YES, "definitions", "show", "1").out, "柳州市下发的第 1 份", "the city's")
    contains(other.run(YES, "definitions", "diff", "1").out, "  - 15 days\n  + 12 days", "what it changed")
    # Superseded from a later day; withdrawn, the city's holds.
    issue(office, YES, patrols(**{"registers/petition.yaml": petition(days=9)}), "--from", "2026-12-01")
    contains(office.run(YES, "definitions", "list").out, "尚未生效", "the day has not come")
    later = Office(office.data, "2026-12-01T09:00", file=office.file)
    contains(office.run(YES, "definitions", "diff", "1", "2").out, "  - 10 days\n  + 9 days", "between two sets")
    answer_by(later, "9 days")
    contains(later.run(YES, "definitions", "list").out.splitlines()[0], "生效中", "the newer one")
    for named in (FIRST, SECOND, DISTRICT, "4502", OTHER + "001"):
        office.other(named).replay()


@case("what records stand in can't be taken away by a newer set or a withdrawal")
def kept():
    office = office_with_district()
    issue(office, YES, patrols())
    record = patrol(office)
    small = {"registers/petition.yaml": petition(days=9)}
    contains(issue(office, NO, small).err, "「巡查登记」少了台账", "the register")
    less = patrols(**{"codes/patrol.yaml": KINDS.replace("fire: 消防, ", "")})
    contains(issue(office, NO, less).err, "「巡查登记」少了代码「消防」", "the code")
    less = patrols(**{"registers/patrol.yaml": PATROL.replace("open: 已登记", "begun: 已登记").replace("from: open", "from: begun")})
    contains(issue(office, NO, less).err, "「巡查登记」少了阶段「已登记」", "the stage")
    contains(office.run(NO, "definitions", "withdraw", "--by", DISTRICT, "--as", "quju").err, "少了台账", "a withdrawal")
    changed = patrols(**{"registers/patrol.yaml": PATROL.replace("place: {label: 地点, type: text, required: true, searched: true, listed: true}",
                                                                "place: {label: 地点, type: integer, required: true, listed: true}")})
    contains(issue(office, NO, changed).err, "类型是 text，定义里改成了 integer", "a type that other records have")
    issue(office, YES, patrols(**{"codes/patrol.yaml": KINDS.replace("flood: 防汛", "rain: 防汛")}))
    # A field that was dropped keeps its column and its content.
    office.act(YES, record, "amend", handler(office), kind="", reason="更正")
    issue(office, YES, patrols(**{"registers/patrol.yaml": PATROL.replace("  kind: {label: 巡查类别, type: code, codes: patrol_kind, listed: true}\n", "")}))
    office.replay()
    row = office.rows("select * from patrol where office = 'yuejin'")[0]
    check("kind" in row, "the column is gone: %s" % row)
    # Another district may not give the same field another meaning in the same table.
    clash = petition(more="  zone: {label: 片区号, type: integer}\n")
    contains(issue(office, NO, {"registers/petition.yaml": clash}, named=OTHER, by="jiangju").err, "zone", "one table, two meanings")


def until(ask, wanted, what, seconds=10):
    end = time.monotonic() + seconds
    while not wanted(ask()):
        check(time.monotonic() < end, what)
        time.sleep(0.1)


@case("running servers take a new set and a new name within a second, without a restart")
def without_restart():
    office = office_with_district()
    with Server(office, clock=True) as one, Server(office, clock=True) if SERVER else Server(office_again(office), clock=True) as two:
        browsers = [server.browser("tanjingwen", named) for server in (one, two) for named in (FIRST, SECOND)]
        for browser in browsers:
            equal(browser.get("/r/patrol").status, 404, "before")
        issue(office, YES, patrols())
        if not SERVER:
            issue(two.office, YES, patrols())
        for browser in browsers:
            until(lambda: browser.get("/r/patrol").status, lambda status: status == 200, "the new register")
            contains(browser.get("/definitions").text, "柳北区", "who issued what is in force")
        office.run(YES, "office", "rename", FIRST, "跃进新街道")
        browser = one.browser("tanjingwen", FIRST)
        until(lambda: browser.get("/").text, lambda text: "跃进新街道" in text, "the new name")
        until(lambda: one.browser().get("/sign-in").text, lambda text: "跃进新街道" in text, "at the door")
        office.run(YES, "definitions", "withdraw", "--by", DISTRICT, "--as", "quju")
        until(lambda: browsers[0].get("/r/patrol").status, lambda status: status == 404, "withdrawn")
        equal(one.stop(), 0, "the end")
    office.replay()


@case("search follows the set: what is searched in one office is not in another, and changes take the old words out")
def searching():
    office = office_with_district()
    note = "  remark: {label: 备注说明, type: text, searched: %s}\nprocedure:"
    def with_remark(searched):
        return patrols(**{"registers/patrol.yaml": PATROL.replace("procedure:", note % searched, 1)})
    issue(office, YES, with_remark("true"))
    worker = handler(office)
    record = office.made("patrol", "create", worker, patrolled_on="2026-11-23", place="北雀路口", kind="fire", remark="消防栓漏水")
    patrol(office, "跃进桥头")
    with Server(office, clock=True) as server:
        browser = server.browser(worker, FIRST)
        def found(word):
            return "北雀路口" in browser.get("/search?q=" + word).text or "南雀路口" in browser.get("/search?q=" + word).text
        check(found("漏水") and found("北雀路"), "both fields")
        issue(office, YES, with_remark("false"))
        until(lambda: found("漏水"), lambda yes: not yes, "the field is not searched any more")
        check(found("北雀路"), "the other field")
        office.act(YES, record, "amend", worker, place="南雀路口", reason="更正")
        check(found("南雀路") and not found("北雀路"), "a changed record")
        issue(office, YES, with_remark("true"))
        until(lambda: found("漏水"), lambda yes: yes, "searched again")
        check(found("南雀路") and not found("北雀路"), "after the change")
        office.act(YES, record, "amend", worker, remark="换了新的", reason="更正")
        check(found("换了新的") and not found("漏水"), "the new words of the field")
        contains(browser.get("/search?q=跃进桥头").text, "跃进桥头", "a record that never changed")
    office.replay()


@case("definitions change under load: every request is answered, no act is lost, and the log tells which set held when")
def under_load():
    office = office_with_district()
    plain = definition("registers/leader_duty.yaml")
    searched = plain.replace("participants: {label: 参加人员, type: text,", "participants: {label: 参加人员, type: text, searched: true,")
    check(plain != searched, "the field is called otherwise now")
    with Server(office, clock=True) as server:
        browser = server.browser("luoshiqi", FIRST)
        with Crowd([server.port], [Seat(browser)], 10, "换定义") as crowd:
            for n in range(5):
                more = "  zone_%d: {label: 片区%d, type: text, searched: true, listed: true}\n" % (n, n)
                issue(office, YES, {"registers/leader_duty.yaml": (searched if n % 2 else plain).replace("\nfields:\n", "\nfields:\n" + more)})
                until(lambda: browser.get("/r/leader_duty/new").text, lambda text: "片区%d" % n in text, "the set of round %d" % n)
                time.sleep(0.3)
        check(set(crowd.statuses()) <= {303, 503}, "answers: %s" % crowd.statuses())  # 503: busy, nothing was done
        check(crowd.statuses()[303] > 50 and crowd.statuses().get(503, 0) < 100, "answers: %s" % crowd.statuses())
        equal(server.stop(), 0, "the end")
    rows = check_kept(office, crowd.acknowledged(), "换定义")
    told = [json.loads(row["inputs"])["number"] for row in
            office.rows("select inputs from fz_act where office = 'yuejin' and act = 'definitions_in_force' order by seq")]
    equal(told, sorted(set(told)), "the sets that the log tells of, each once")
    equal(told[-1], 5, "the last one")


def office_again(office):
    """On files one server at a time serves a folder: the second has one of its own."""
    return office.copy()


@case("the pages: what is in force, what was changed, which offices run it; no other district's")
def pages():
    office = office_with_district()
    issue(office, YES, patrols(), "--note", "试行巡查登记")
    add_account(office.other(OTHER + "001"), "labao", "handler")
    office.spoil("update fz_account set must_change = 0 where name = 'labao'")
    patrol(office)
    with Server(office, clock=True) as server:
        quju, clerk = server.browser("quju", DISTRICT), server.browser("tanjingwen", FIRST)
        contains(clerk.get("/definitions").text, "柳北区下发的第 1 份定义", "who issued what is in force")
        contains(clerk.get("/definitions/patrol").text, "柳北区下发的第 1 份定义", "the same beside the register")
        text = quju.get("/definitions/issued").text
        contains(text, "试行巡查登记", "the note")
        rows = {name: rest for name, rest in re.findall(r"<tr>\s*<td[^>]*>([^<]+)</td>(.*?)</tr>", text, re.S)}
        contains(rows["跃进街道"], "已按它办理", "who has worked under it")
        contains(rows["解放街道"], "还没有办理过", "who has not")
        check("拉堡镇" not in text, "another district's office")
        check("解放街道" not in clerk.get("/definitions/issued").text, "an office sees its neighbours")
        page = clerk.get("/definitions/issued/450205/1")
        contains(page.text, "procedure.deadlines.accept.within", "the place")
        contains(page.text, "受理告知期限", "what it is called")
        contains(page.text, "10 days", "what stands there now")
        contains(clerk.get("/definitions/issued/450205/1/registers/patrol.yaml").text, "label: 巡查登记", "the file")
        stranger = server.browser("labao", OTHER + "001")
        for path in ("/definitions/issued/450205/1", "/definitions/issued/450205/1/registers/patrol.yaml", "/definitions/patrol"):
            equal(stranger.get(path).status, 404, path + " in another district")
        for path in ("/definitions/issued/450205/2", "/definitions/issued/450205/x", "/definitions/issued/450205/1/roles.yaml",
                     "/definitions/issued/450205/1/../../office.yaml"):
            equal(clerk.get(path).status, 404, path)
        contains(stranger.get("/definitions").text, "程序自带的定义", "what is in force there")
        check("/sign-in" in server.browser().get("/definitions/issued").url, "without a session")


def zipped(files, root=""):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(root + path, text)
    return content.getvalue()


def send(browser, content, path="/definitions/issue", **fields):
    """A multipart form, as a browser sends it; `content`: the file, None without."""
    browser.get(path)
    body = b""
    for name, value in dict(fields, _token=browser.token).items():
        body += ('--part\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value)).encode()
    if content is not None:
        body += b'--part\r\nContent-Disposition: form-data; name="zip"; filename="set.zip"\r\n\r\n' + content + b"\r\n"
    return browser.open(urllib.request.Request(browser.base + path, body + b"--part--\r\n",
                                               {"Content-Type": "multipart/form-data; boundary=part"}))


@case("a district issues and withdraws from the browser: checked, shown, confirmed; whoever may not finds nothing there")
def from_the_browser():
    office = office_with_district()
    add_account(office, "yuejin_m", "tree_manager")
    add_account(office.other(DISTRICT), "viewer", "tree_viewer")
    office.spoil("update fz_account set must_change = 0 where name in ('yuejin_m', 'viewer')")
    form = {"valid_from": "2026-11-24", "note": "试行巡查登记"}
    with Server(office, clock=True) as server:
        quju, clerk = server.browser("quju", DISTRICT), server.browser("tanjingwen", FIRST)
        for browser in (clerk, server.browser("yuejin_m", FIRST), server.browser("viewer", DISTRICT)):
            for path in ("/definitions/issue", "/definitions/withdraw"):
                equal(browser.get(path).status, 404, path)
                browser.get("/account")
                equal(browser.post(path, confirmed="1", **form).status, 404, "posted to " + path)
        page = send(quju, zipped(patrols(**{"registers/patrol.yaml": PATROL.replace("[handler]", "[warden]", 1)})), **form)
        equal(page.status, 422, "faults")
        contains(page.text, "registers/patrol.yaml:11:17", "the place")
        contains(send(quju, b"no archive", **form).text, "不是 ZIP", "no archive")
        contains(send(quju, zipped({"../../etc/passwd": "x"}), **form).text, "不认识的定义文件", "a path that leads elsewhere")
        contains(send(quju, None, **form).text, "请选择 ZIP", "nothing uploaded")
        contains(send(quju, zipped({"registers/patrol.yaml": "#" * (1 << 20) + "\n"}), **form).text, "太大", "a file beyond the limit")
        equal(send(quju, zipped(patrols()), valid_from="2026-11-01", confirmed="1", note="x").status, 422, "a day that is over")
        page = send(quju, zipped(patrols(), "新定义/"), **form)
        equal(page.status, 200, "what it changes")
        contains(page.text, "procedure.deadlines.accept.within", "what it changes")
        equal(clerk.get("/r/patrol").status, 404, "before it is confirmed")
        equal(office.rows("select count(*) as n from fz_definition_file")[0]["n"], 0, "kept before it is confirmed")
        kept = re.search(r'name="kept" value="([^"]+)"', page.text)[1]
        page = send(quju, None, kept=kept, confirmed="1", **form)
        contains(page.text, "已下发", "issued")
        equal(clerk.get("/r/patrol").status, 200, "at once, on the server that took it")
        equal(quju.post("/definitions/withdraw", token="wrong", confirmed="1").status, 403, "a form of somebody else")
        quju.get("/definitions/withdraw")
        contains(quju.post("/definitions/withdraw", confirmed="1").text, "已撤回", "withdrawn")
        equal(clerk.get("/r/patrol").status, 404, "withdrawn")
        quju.get("/account")
        contains(quju.post("/definitions/withdraw", confirmed="1").text, "没有可撤回的", "twice")
    rows = office.rows("select act, entrance from fz_act where office = 'o450205' and act like '%_definitions' order by seq")
    equal([(row["act"], row["entrance"]) for row in rows],
          [("issue_definitions", "page"), ("withdraw_definitions", "page")], "the district's log")
    office.other(DISTRICT).replay()


def order(office, **inputs):
    """A hotline order of today: (number, length, cite) of the time for signing it, and its id."""
    record = office.made("hotline_order", "create", "mengzihan", subject="路灯不亮", platform="市12345热线", kind="投诉",
                         topic="环境噪声", content="路灯三天不亮", place="跃进路", **inputs)
    row = office.rows("select length, cite from fz_deadline where office = '%s' and register = 'hotline_order' and name = 'sign' "
                      "and record = %s" % ("o450205001" if office.named else "yuejin", record.split("/")[1]))[0]
    return row["length"], row["cite"], record


@case("the time of a deadline may be a parameter: the day of the start decides, and what runs keeps its own")
def parameter_of_deadline():
    office = office_with_district()
    second = office.other(SECOND)
    equal(order(office)[:2], ("1 workdays", "本单位参数"), "where nobody set it")
    old = order(office)[2]
    with Server(office, clock=True) as server:
        quju = server.browser("quju", DISTRICT)
        for day, value in (("2026-11-20", "3"), ("2026-12-01", "4")):
            quju.get("/parameters/hotline_sign")
            quju.post("/parameters/hotline_sign", value=value, valid_from=day, cite="柳北办〔2026〕9号", confirmed="1")
        for place in (office, second):
            equal(order(place)[:2], ("3 workdays", "本单位参数；柳北区规定（柳北办〔2026〕9号）"), "what the district set")
        equal(order(office, dispatched_on="2026-11-19")[0], "1 workdays", "of the day on which it starts")
        new = order(office)[2]
        clerk = server.browser("mengzihan", FIRST)
        page = clerk.get("/r/" + new).text
        contains(page, "自2026-11-24起3个工作日", "the length on the record")
        contains(page, "柳北区规定（柳北办〔2026〕9号）", "who set it, on the record")
        contains(clerk.get("/r/" + old).text, "自2026-11-24起1个工作日", "what ran before")
        page = clerk.get("/definitions/hotline_order").text
        contains(page, "3个工作日（共用参数「热线工单签收期限」）", "the definitions page")
        contains(page, "柳北区规定（柳北办〔2026〕9号）", "who set it, on the definitions page")
    office.replay()
    told = issue(office, NO, {"registers/hotline_order.yaml": definition("registers/hotline_order.yaml")
                              .replace("param(hotline_sign) workdays", "param(hotline_signs) workdays")
                              .replace("param(hotline_redo) workdays", "param(hotline_redo) fortnights")}).err
    contains(told, "registers/hotline_order.yaml:132:15: 没有参数“hotline_signs”", "a parameter that there is not")
    contains(told, "数量和单位", "a unit that there is not")
    small = definition("parameters.yaml").replace("    default: 1\n    min: 1\n", "    default: 1\n    min: 0\n")
    contains(issue(office, NO, {"parameters.yaml": small}).err, "min 不小于 1", "a parameter that could be nothing")


@case("a backup and a move carry what is in force; the log proves it, and shows what was changed")
def carried():
    office = office_with_district()
    issue(office, YES, patrols())
    patrol(office)
    issue(office, YES, patrols(**{"registers/patrol.yaml": PATROL.replace("  kind: {label: 巡查类别, type: code, codes: patrol_kind, listed: true}\n", "")}))
    with Server(office, clock=True) as server:
        quju = server.browser("quju", DISTRICT)
        quju.get("/parameters/hotline_sign")
        quju.post("/parameters/hotline_sign", value="3", valid_from="2026-11-20", cite="柳北办〔2026〕9号", confirmed="1")
    backup = new_path("backup")
    office.run(YES, "backup", backup)
    copy = Office(backup, office.now, file=True)
    moved = Office(new_path("moved"), office.now, file=True)
    contains(copy.run(YES, "definitions", "list").out, "第2份", "in the backup")
    moved.run(YES, "move", "--from", copy.data, "--to", moved.data, seconds=300)
    places = [copy, moved]
    if SERVER:
        places.append(Office(new_path("back"), office.now))
        fazhi("move", "--from", copy.data, "--to", url_of(places[2].name()), "--data", places[2].data, seconds=300)
    for one in places:
        equal(order(one)[0], "3 workdays", "what the district set")
        equal(len(one.list("patrol")), 1, "the record of the set's register")
        equal(one.rows("select kind from patrol")[0]["kind"], "fire", "what a dropped field held")
        one.replay()
        one.other(DISTRICT).replay()
        one.spoil("update fz_definition_file set text = text || ' ' where path = 'codes/patrol.yaml'")
        contains(one.other(DISTRICT).run(FAILED, "replay").err + one.run(FAILED, "list", "patrol").err, "摘要不符", "a file that was changed")


@case("a set that no longer fits the program stops its offices, not the others, until it is mended")
def does_not_fit():
    office = office_with_district()
    issue(office, YES, patrols())
    definitions = new_path("definitions")
    shutil.copytree(os.path.join(ROOT, "definitions"), definitions)
    with open(os.path.join(definitions, "codes", "newer.yaml"), "w", encoding="utf-8") as file:
        file.write(KINDS)  # the list exists twice now
    newer = Office(office.data, office.now, definitions, office.file)
    contains(newer.run(FAILED, "list", "petition").err, "不相容", "the office is not served")
    contains(newer.run(NO, "definitions", "check").out, "柳北区第 1 份：不相容", "what does not fit")
    contains(office.run(YES, "definitions", "check").out, "都与本程序相容", "with the program of before")
    newer.other(OTHER + "001").list("petition")
    with Server(newer, clock=True) as server:
        page = server.browser(None, FIRST).sign_in("tanjingwen", PASSWORD)
        contains(page.text, "不相容", "at the door")
        equal(server.browser("jiangju", OTHER).get("/").status, 200, "the other district")
    mended = patrols(**{"codes/patrol.yaml": None})
    issue(newer, YES, mended)
    newer.list("petition")
