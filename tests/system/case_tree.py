"""Many offices in one database: each sees only itself; the district sees its offices."""
import csv
import functools
import json
import os
import re
import shutil
import urllib.request

from harness import (FAILED, NO, PASSWORD, ROOT, USAGE, YES, Browser, Office, Server, case, check, contains, demo, equal,
                     new_path, write)
from case_api import send
from offices import propose_decision

DIVISIONS = os.path.join(ROOT, "tests", "data", "divisions.csv")
FIRST, SECOND, DISTRICT = "450205008", "450205001", "450205"


@functools.lru_cache(maxsize=None)
def tree():
    """The demonstration office twice, as 跃进街道 and as 解放街道, in the tree of their district. Only for reading."""
    office = demo().copy()
    office.run(YES, "office", "import", DIVISIONS)
    office.other(SECOND).run(YES, "demo", "--password", PASSWORD, seconds=600)
    return office


def add_account(office, name, roles, *more):
    path = write("password", PASSWORD)
    office.run(YES, "user", "add", name, "--person", "某某", "--roles", roles, "--password-file", path, *more)


@case("a list of divisions makes offices and their communities, given twice it changes nothing")
def import_divisions():
    office = Office(new_path("data"))
    first = office.run(YES, "office", "import", DIVISIONS).out
    contains(first, "新增单位 14 个、社区和村 98 个，已有的单位 1 个", "the first time")
    contains(office.run(YES, "office", "import", DIVISIONS).out, "新增单位 0 个、社区和村 0 个，已有的单位 15 个", "again")
    equal(len(office.run(YES, "office", "list", DISTRICT).out.splitlines()), 13, "the district and its 12 units")
    contains(office.run(YES, "office", "list", "450205101").out, "柳州市柳北区沙塘镇人民政府", "a full name")
    for named in (FIRST, "沙塘镇", "o450205"):
        office.other(named).replay()
    rows = office.rows("select office, count(*) as n from fz_org where office = 'o450205101' group by office")
    equal(rows[0]["n"], 14, "沙塘镇 and its 13 communities and villages")


@case("an office is added once, with a code that is one")
def add_office():
    office = Office(new_path("data"))
    office.run(YES, "init")
    office.run(YES, "office", "add", "450205001", "解放街道", "--mark", "解")
    contains(office.run(NO, "office", "add", "450205001", "别的街道", "--key", "other").err, "已由「解放街道」使用", "the code")
    contains(office.run(NO, "office", "add", "450205002", "雅儒街道", "--key", "yuejin").err, "已由「跃进街道」使用", "the key")
    office.run(USAGE, "office", "add", "45020", "半个街道")
    contains(office.other("450205009").run(FAILED, "init").err, "没有单位「450205009」", "an office that is not there")
    contains(office.other("解放街道").run(YES, "init").out, "解放街道", "its first administrator")
    contains(office.other("450205001").run(YES, "user", "list").out, "admin", "its accounts")


@case("numbers carry the mark of their office")
def marks():
    office = tree().copy()
    contains(propose_decision(office)[0], "跃决〔2026〕", "the first office's")
    contains(propose_decision(office.other(SECOND))[0], "解放决〔2026〕", "the second office's")


def session(browser):
    return next(c for c in browser.cookies if c.name == "fazhi").value


@case("two offices: accounts, pages, records, files and sessions of one are nothing to the other")
def strangers():
    office = tree().copy()
    office.spoil("delete from petition where office = 'o450205001' and id % 2 = 0")
    mine = {row["id"] for row in office.rows("select id from petition where office = 'yuejin'")}
    theirs = {row["id"] for row in office.rows("select id from petition where office = 'o450205001'")}
    only_mine = sorted(mine - theirs)
    check(only_mine, "a petition that only the first office has")
    with Server(office, clock=True) as server:
        first = server.browser("tanjingwen", "跃进街道")
        second = server.browser("tanjingwen", SECOND)
        contains(first.get("/").text, "跃进街道", "the first office's frame")
        contains(second.get("/").text, "解放街道", "the second office's frame")
        for path in ("/r/petition/%d", "/api/r/petition/%d", "/r/petition/%d/act/note"):
            equal(first.get(path % only_mine[0]).status, 200, "its own " + path)
            equal(second.get(path % only_mine[0]).status, 404, "the other's " + path)
        # A session shown under the other office's name, and a token without a name, are none.
        token = session(first).split(".", 1)[1]
        for stolen in ("o450205001." + token, token, "." + token, "nobody." + token, "yuejin.yuejin." + token,
                       "o450205001%27--." + token):
            thief = Browser(server.browser().base)
            request = thief_request(thief, "/r/petition/%d" % only_mine[0], stolen)
            check("/sign-in" in request.url, "a session of the other office served " + stolen)
        check("/sign-in" not in thief_request(Browser(first.base), "/", session(first)).url, "the true cookie is served")
        # Posting to the other's record changes nothing.
        second.get("/r/petition")
        equal(second.post("/r/petition/%d/act/note" % only_mine[0], reason="越界").status, 404, "a note on the other's record")
        second.get("/account")
        status, _ = send(second, "/api/r/petition/%d/acts/note" % only_mine[0], {"reason": "越界"})
        equal(status, 404, "the same as a program")
    office.replay()


def thief_request(browser, path, cookie):
    return browser.open(urllib.request.Request(browser.base + path, headers={"Cookie": "fazhi=" + cookie}))


DUTY = {"duty_on": "2026-11-20", "leader_post": "党工委书记", "leader": "方志明", "duty_type": "亲自部署", "activity": "专题会",
        "matter_type": "法治工作部署", "subject": "附件测试", "result": "分三组自查", "evidence": "会议通知"}
SECRET = b"only for Yuejin"


def with_file(browser):
    """A record with a file, sent as a form; its page."""
    part = '--part\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    codes = ("leader_post", "duty_type", "activity", "matter_type")
    form = browser.get("/r/leader_duty/new").text
    body = b""
    for name, value in dict(DUTY, _token=browser.token).items():
        if name in codes:  # the key of the choice with this label
            value = re.search(r'<option value="([^"]+)"[^>]*>%s<|value="([^"]+)"[^>]*>\s*%s' % (value, value), form)
            value = value[1] or value[2]
        body += (part % (name, "")).encode() + value.encode() + b"\r\n"
    body += (part % ("evidence_file", '; filename="file.txt"')).encode() + SECRET + b"\r\n--part--\r\n"
    return browser.open(urllib.request.Request(browser.base + "/r/leader_duty/new", body,
                                               {"Content-Type": "multipart/form-data; boundary=part"}))


@case("an attachment's digest opens nothing in another office, nor can it be attached there")
def attachments():
    office = tree().copy()
    with Server(office, clock=True) as server:
        first, second = server.browser("tanjingwen", FIRST), server.browser("tanjingwen", SECOND)
        page = with_file(first)
        link = re.search(r'href="(/r/leader_duty/(\d+)/files/([0-9a-f]{64}))"', page.text)
        check(link, "the record with its file: %s %s" % (page.status, page.text[-1500:]))
        contains(first.get(link[1]).text, SECRET.decode(), "the own file")
        equal(second.get(link[1]).status, 404, "the other office's address")
        own = second.get("/r/leader_duty").text
        own = re.search(r'href="/r/leader_duty/(\d+)"', own)[1]
        equal(second.get("/r/leader_duty/%s/files/%s" % (own, link[3])).status, 404, "the digest at an own record")
        # The same account name sent the file in the other office: it is somebody else all the same.
        second.get("/account")
        status, answer = send(second, "/api/r/leader_duty/acts/create", {"inputs": dict(DUTY, evidence_file=link[3])})
        check(status in (400, 422), "a file of the other office was attached: %s %s" % (status, answer))
        status, answer = send(second, "/api/r/leader_duty/acts/create", {"inputs": DUTY})
        equal(status, 200, "without it: %s" % answer)
    for one in (office, office.other(SECOND)):
        one.replay()


@case("accounts of one office do not open another, closed offices open nothing")
def closed():
    office = tree().copy()
    add_account(office.other("雅儒街道"), "yaru", "rule_of_law_clerk")
    with Server(office, clock=True) as server:
        equal(Browser(server.browser().base, None, "跃进街道").sign_in("yaru", PASSWORD).status, 403, "in another office")
        equal(Browser(server.browser().base, None, "没有的街道").sign_in("yaru", PASSWORD).status, 403, "in no office")
        yaru = Browser(server.browser().base, None, "雅儒街道")
        check("/account" in yaru.sign_in("yaru", PASSWORD).url, "the first sign-in changes the password")
        page = Browser(server.browser().base).get("/sign-in?office=450205002")
        contains(page.text, 'value="雅儒街道"', "the office of the address")
        contains(page.text, '<option value="石碑坪镇">', "the offices to choose from")
        office.run(YES, "office", "close", "雅儒街道")
        check("/sign-in" in yaru.get("/").url, "the session has ended")
        equal(yaru.sign_in("yaru", PASSWORD).status, 403, "a closed office")
        check("雅儒街道</option>" not in server.browser().get("/sign-in").text, "it is not offered")
        office.run(YES, "office", "reopen", "450205002")
        check("/account" in yaru.sign_in("yaru", PASSWORD).url, "open again")
    office.other("雅儒街道").replay()


@case("with one office nothing is asked at the door")
def one_office():
    with Server(demo().copy(), clock=True) as server:
        check('name="office"' not in server.browser().get("/sign-in").text, "no field for the office")


def varied():
    """Three offices whose records differ: of the second a third is void, of the third all but the early ones."""
    office = tree().copy()
    office.other("雅儒街道").run(YES, "demo", "--password", PASSWORD, seconds=600)
    tables = {row["register"] for row in office.rows("select distinct register from fz_column")}
    for name in tables:
        for key, which in (("o450205001", "id % 3 = 0"), ("o450205002", "id % 2 = 1 and id > 40")):
            if office.rows("select 1 as x from %s where office = '%s' and %s limit 1" % (name, key, which)):
                office.spoil("update %s set voided = 1 where office = '%s' and %s" % (name, key, which))
    return office


def same(got, wanted):
    if isinstance(got, float) or isinstance(wanted, float):
        return got is not None and wanted is not None and abs(got - wanted) <= 1e-9 * max(1, abs(wanted))
    return got == wanted


def check_total(figure, parts):
    name, total = figure["name"], figure["total"]
    if "numerator" in total:
        for part in ("numerator", "denominator"):
            equal(total[part], sum(p[part] for p in parts), "%s of %s" % (part, name))
        wanted = 100 * total["numerator"] / total["denominator"] if total["denominator"] else None
        check(same(total["value"], wanted), "%s: %s in all, wanted %s" % (name, total["value"], wanted))
    elif all(isinstance(p["value"], int) for p in parts):
        equal(total["value"], sum(p["value"] for p in parts), "%s in all" % name)


@case("every figure over many offices is what each office reckons alone, and the total is made of the parts")
def every_figure():
    office = varied()
    offices = {"450205008": office, "450205001": office.other("450205001"), "450205002": office.other("450205002")}
    different = 0
    for period in ("2024", "2024-05", "2026-H2"):
        figures = json.loads(office.run(YES, "tree", DISTRICT, "--period", period, "--format", "json").out)
        check(len(figures) > 150, "figures: %d" % len(figures))
        alone = {code: one.figures(period) for code, one in offices.items()}
        for figure in figures:
            places = {p["place"]: p for p in figure["places"]}
            equal(len(places), 13, "places of " + figure["name"])
            for code in offices:
                got, wanted = places[code]["value"], alone[code][figure["name"]]["value"]
                check(same(got, wanted), "%s of %s in %s: %r, alone %r" % (figure["name"], code, period, got, wanted))
            check_total(figure, figure["places"])
            different += len({places[code]["value"] for code in offices}) > 1
    check(different > 100, "the offices differ in %d figures only" % different)


@case("a city sees its districts, each put together from its offices")
def levels():
    office = tree().copy()
    office.run(YES, "office", "add", "450206", "柳江区")
    office.run(YES, "office", "add", "450206001", "拉堡镇")
    city = json.loads(office.run(YES, "tree", "4502", "petition.registered", "--period", "2024", "--format", "json").out)[0]
    district = json.loads(office.run(YES, "tree", DISTRICT, "petition.registered", "--period", "2024", "--format", "json").out)[0]
    places = {p["place"]: p["value"] for p in city["places"]}
    equal(sorted(places), ["4502", "450205", "450206"], "the parts of the city")
    equal(places["450205"], district["total"]["value"], "the district in the city")
    equal(places["450206"], 0, "a district without records")
    check(district["total"]["value"] > 0, "there are petitions")


def district(office, name="quju", named=DISTRICT):
    """An account of the district that sees its offices."""
    add_account(office.other(named), name, "tree_viewer")
    office.spoil("update fz_account set must_change = 0 where name = '%s'" % name)


PAGES = ("/tree", "/tree/export?format=csv", "/tree/reports", "/tree/offices/450205008/figures/petition.registered",
         "/tree/offices/450205008/reports/annual/2024")


@case("the pages about offices below are there for the district's people only")
def tree_pages():
    office = tree().copy()
    district(office)
    add_account(office, "spy", "tree_viewer")  # the right without the place: an office has nothing below it
    add_account(office.other(DISTRICT), "quju_admin", "system_admin")
    office.spoil("update fz_account set must_change = 0 where name in ('spy', 'quju_admin')")
    with Server(office, clock=True) as server:
        for browser in (server.browser("tanjingwen", FIRST), server.browser("spy", FIRST),
                        server.browser("quju_admin", DISTRICT)):
            for path in PAGES:
                equal(browser.get(path).status, 404, path)
            check('href="/tree"' not in browser.get("/").text, "the menu leads there")
        check("/sign-in" in server.browser().get("/tree").url, "without a session")
        quju = server.browser("quju", DISTRICT)
        contains(quju.get("/").text, 'href="/tree"', "the menu")
        page = quju.get("/tree?period=2024&view=dispute")
        equal(page.status, 200, "the district's page")
        contains(page.text, "解放街道", "an office")
        contains(page.text, "<tfoot>", "the total")
        sheet = quju.get("/tree/export?period=2024&f=petition.registered&f=petition.answer_rate&format=csv").text
        wanted = json.loads(office.run(YES, "tree", DISTRICT, "petition.registered", "petition.answer_rate", "--period", "2024",
                                       "--format", "json").out)
        lines = dict((line.split(",")[1], line.split(",")[2:]) for line in sheet.strip().splitlines()[1:])
        for place in wanted[0]["places"]:
            if place["place"] != DISTRICT:
                equal(lines[place["name"]][0], place["shown"], "registered in " + place["name"])
        equal(lines["合计"], [wanted[0]["total"]["shown"], wanted[1]["total"]["shown"]], "the total of the sheet")


@case("a district looks no further than its own offices, and changes nothing in them")
def district_borders():
    office = tree().copy()
    office.run(YES, "office", "add", "450206", "柳江区")
    office.other("450206").run(YES, "demo", "--password", PASSWORD, seconds=600)
    district(office)
    district(office, "shiju", "4502")
    record = office.rows("select id from petition where office = 'yuejin' and voided = 0 order by id limit 1")[0]["id"]
    with Server(office, clock=True) as server:
        quju, shiju = server.browser("quju", DISTRICT), server.browser("shiju", "柳州市")
        for code in ("450206", "4502", "45", "450206001", "4502050", "%25", "450205999"):
            for path in ("/tree?place=%s", "/tree/reports?place=%s", "/tree/offices/%s/figures/petition.registered",
                         "/tree/offices/%s/reports/annual/2024"):
                equal(quju.get(path % code).status, 404, path % code)
        equal(shiju.get("/tree?place=450206").status, 200, "the city goes down into the other district")
        contains(shiju.get("/tree?period=2024").text, 'href="/tree?period=2024&amp;place=450205"', "the way down")
        for path in ("/r/petition/%d" % record, "/api/r/petition/%d" % record, "/r/petition/%d/act/note" % record):
            equal(quju.get(path).status, 404, "a record of an office below, by " + path)


@case("the records behind a district's figure show nothing private, and only registers that the role sees")
def district_records():
    office = tree().copy()
    district(office)
    with open(os.path.join(ROOT, "demo", "2024", "petition.csv"), encoding="utf-8-sig") as file:
        names = {row["信访人"] for row in csv.DictReader(file)} - {""}
    check(len(names) > 5, "citizens in the demonstration")
    with Server(office, clock=True) as server:
        quju = server.browser("quju", DISTRICT)
        page = quju.get("/tree/offices/450205001/figures/petition.registered?period=2024")
        equal(page.status, 200, "the records")
        contains(page.text, "解放信〔2024〕", "their numbers")
        check(not re.search(r'href="/r/petition/[0-9]', page.text), "the records open from the district")
        check("s1:" not in page.text and not any(name in page.text for name in names), "something private is shown")
    definitions = os.path.join(new_path("definitions"))
    shutil.copytree(os.path.join(ROOT, "definitions"), definitions)
    roles = os.path.join(definitions, "roles.yaml")
    with open(roles, encoding="utf-8") as file:
        text = file.read().replace("publicity, community, enterprise, dispute, petition, hotline, remedy, yearly]\n    may: [tree]",
                                   "publicity, yearly]\n    may: [tree]")
    with open(roles, "w", encoding="utf-8") as file:
        file.write(text)
    narrow = Office(office.data, office.now, definitions, office.file)
    with Server(narrow, clock=True) as server:
        page = server.browser("quju", DISTRICT).get("/tree/offices/450205001/figures/petition.registered?period=2024")
        contains(page.text, "您的岗位不查看这个台账的记录", "a register that the role does not see")
        check("解放信" not in page.text, "its records are shown all the same")


@case("the reports received: in time, late, missing; the fixed text can be read")
def reports_received():
    office = tree().copy()
    district(office)
    office.spoil("update annual_report set submitted_on = '2024-03-12', published_on = null "
                 "where office = 'o450205001' and kind = 'rule_of_law' and report_year = 2023")
    office.run(YES, "report", "annual", "2023", "--fix", "--as", "tanjingwen")
    with Server(office, clock=True) as server:
        quju = server.browser("quju", DISTRICT)
        text = quju.get("/tree/reports?year=2023").text
        contains(text, "2024年3月1日之前", "the day of submission")
        contains(text, "2024年4月1日之前", "the day of publication")
        contains(text, "法治政府建设与责任落实督察工作规定 第二十四条", "the article")
        row = {name: rest for name, rest in re.findall(r"<tr><td>([^<]+)</td>(.*?)</tr>", text, re.S)}
        contains(row["跃进街道"], "2024-02-26", "submitted in time")
        equal(row["跃进街道"].count("按时"), 2, "both steps in time")
        contains(row["解放街道"], "迟 12 天", "12 March against 29 February")
        contains(row["解放街道"], "已逾期 968 天", "not published: 31 March 2024 to 24 November 2026")
        contains(row["沙塘镇"], "已逾期 999 天", "nothing came")
        contains(row["跃进街道"], "/tree/offices/450205008/reports/annual/2023", "the fixed text")
        check("/reports/annual/" not in row["解放街道"], "no text where none was fixed")
        contains(quju.get("/tree/offices/450205008/reports/annual/2023").text, "法治", "the text")
        equal(quju.get("/tree/offices/450205001/reports/annual/2023").status, 404, "no text")
        contains(quju.get("/tree/reports?year=2026").text, "还有 96 天", "before the day: to 28 February 2027")
        equal(quju.get("/tree/reports?year=abc").status, 400, "no year")


def issue(browser, name, value, day, cite="实施方案"):
    browser.get("/parameters/" + name)
    first = browser.post("/parameters/" + name, value=value, valid_from=day, cite=cite)
    contains(first.text, "确定", "the page that asks once more: %s" % first.status)
    return browser.post("/parameters/" + name, value=value, valid_from=day, cite=cite, confirmed="1")


def rate(office):
    return office.figures()["training.hours_rate"]["numerator"]


@case("a parameter that the district sets holds in its offices; the nearest office and the day decide")
def parameters():
    office = tree().copy()
    second = office.other(SECOND)
    office.run(YES, "office", "add", "450206", "柳江区")
    for named, name in ((DISTRICT, "quju"), ("4502", "shiju"), ("450206", "jiangju")):
        add_account(office.other(named), name, "tree_manager")
    add_account(office, "yuejin_m", "tree_manager")
    office.spoil("update fz_account set must_change = 0 where roles = 'tree_manager'")
    office.spoil("update training set hours = 300000 where office = 'o450205001'")  # 30 hours each
    before = rate(office)
    check(before > 0, "somebody reaches 60 hours")
    with Server(office, clock=True) as server:
        city, quju = server.browser("shiju", "4502"), server.browser("quju", DISTRICT)
        contains(issue(city, "training_hours", "400", "2024-06-01").text, "已规定", "the city")
        equal((rate(office), rate(second)), (0, 0), "nobody reaches 400 hours")
        issue(server.browser("jiangju", "450206"), "training_hours", "1", "2024-01-01")
        equal(rate(office), 0, "another district's value is nothing here")
        issue(quju, "training_hours", "20", "2024-01-01", "柳北区实施方案")
        check(rate(second) > 0, "the district is nearer than the city")
        issue(quju, "training_hours", "60", "2025-01-01")
        check(rate(second) > 0, "the day has not come in 2024")
        figure = json.loads(office.run(YES, "tree", "4502", "training.hours_rate", "--period", "2024", "--format", "json").out)[0]
        equal(figure["total"]["numerator"], rate(office) + rate(second), "the city's total, each office by its own value")
        # Who is below reads, and sets nothing.
        clerk, own = server.browser("tanjingwen", SECOND), server.browser("yuejin_m", FIRST)
        page = clerk.get("/parameters").text
        contains(page, "行政执法人员年度培训学时", "the list")
        contains(page, "柳北区", "who set it")
        for browser in (clerk, own):
            check("规定新的值" not in browser.get("/parameters/training_hours").text, "a form for whom it is not")
            equal(browser.post("/parameters/training_hours", value="1", valid_from="2024-01-01", cite="x", confirmed="1").status,
                  403, "setting it from below")
        quju.get("/parameters/school_lessons")
        page = quju.post("/parameters/school_lessons", value="3", valid_from="2024-01-01", cite="x", confirmed="1")
        equal(page.status, 422, "less than the regulation")
        contains(page.text, "4课时", "the bounds")
    rows = office.rows("select act, inputs from fz_act where office = 'o450205' and act = 'issue_parameter'")
    equal(len(rows), 2, "entries in the district's log")
    for one in (office.other(DISTRICT), office.other("4502")):
        one.replay()
