"""Administration in the browser: accounts, organisations, the act log, recomputing deadlines."""
import os
import re

from case_deadlines import deadlines, review_across_the_year
from case_definitions import copy_definitions
from harness import Office, Server, case, check, contains, demo, equal

ADMIN, AUDITOR, CLERK = "luqihang", "pangyajing", "luoshiqi"
PAGES = {"/admin/users": ADMIN, "/admin/users/new": ADMIN, "/admin/users/panwenbin": ADMIN,
         "/admin/users/panwenbin/password": ADMIN, "/admin/orgs": ADMIN, "/admin/orgs/new": ADMIN,
         "/admin/deadlines": ADMIN, "/admin/audit": AUDITOR}


def org(page, name):
    """The option of this organisation, which may be indented."""
    return re.search(r'<option value="(\d+)"[^>]*>　*%s<' % name, page.text)[1]


def password_of(page):
    return re.search(r"<code>(Fz-[0-9a-f]+)</code>", page.text)[1]


@case("administration pages open only to who has the permission")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browsers = {name: server.browser(name) for name in (ADMIN, AUDITOR, CLERK)}
        for path, owner in PAGES.items():
            for name, browser in browsers.items():
                equal(browser.get(path).status, 200 if name == owner else 403, "%s opening %s" % (name, path))
        clerk = browsers[CLERK]
        for path in ("/admin/users/new", "/admin/users/panwenbin", "/admin/users/panwenbin/password", "/admin/orgs/new",
                     "/admin/users/panwenbin/disable", "/admin/deadlines"):
            equal(clerk.post(path, name="intruder", person="入侵").status, 403, "POST " + path)
        equal(server.browser("panwenbin").get("/account").status, 200, "the account is as it was")


@case("an account made in the browser signs in with the password shown once, and must change it")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        admin = server.browser(ADMIN)
        form = admin.get("/admin/users/new")
        values = dict(name="huangxin", person="黄新", post="干事", org=org(form, "党政办公室"), roles="handler")
        page = admin.post("/admin/users/new", **dict(values, name="Bad Name"))
        equal(page.status, 422, "a bad name")
        contains(page.text, "黄新", "what was typed")
        page = admin.post("/admin/users/new", **dict(values, name="panwenbin"))
        equal(page.status, 409, "a name that was there already")
        page = admin.post("/admin/users/new", **dict(values, roles="no_such"))
        equal(page.status, 422, "an unknown role")
        page = admin.post("/admin/users/new", **values)
        password = password_of(page)
        check(password not in page.url, "the password is in the address")
        check(password not in admin.get("/admin/users/huangxin").text, "the password is shown again")
        fresh = server.browser()
        contains(fresh.sign_in("huangxin", password).url, "/account", "first sign-in")
        contains(fresh.get("/r/leader_duty").url, "/account", "before the password is changed")
        fresh.get("/account")
        fresh.post("/account", old=password, password="Another-Word-7", again="Another-Word-7")
        equal(fresh.sign_in("huangxin", "Another-Word-7").status, 200, "with the new password")
        page = admin.post("/admin/users/huangxin", person="黄新新", post="科员", org=values["org"], roles="secretary")
        contains(page.text, "黄新新", "the changed account")
    office.replay()


@case("disabling, enabling and resetting end the sessions; nobody does it to themselves")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        admin, clerk = server.browser(ADMIN), server.browser(CLERK)
        contains(admin.get("/admin/users/luoshiqi/disable").text, "停用以后不能登录", "the second look")
        equal(clerk.get("/r/leader_duty").status, 200, "after the second look alone")
        contains(admin.post("/admin/users/luoshiqi/disable").text, "已停用", "disabled")
        contains(clerk.get("/r/leader_duty").url, "/sign-in", "a disabled account's session")
        admin.post("/admin/users/luoshiqi/enable")
        server.browser(CLERK)
        for _ in range(5):
            server.browser().sign_in(CLERK, "Wrong-Pass-1")
        contains(admin.get("/admin/users").text, "已锁定", "after five failures")
        contains(admin.get("/admin/users/luoshiqi").text, "解锁", "the locked account")
        admin.post("/admin/users/luoshiqi/enable")
        clerk = server.browser(CLERK)
        password = password_of(admin.post("/admin/users/luoshiqi/password"))
        contains(clerk.get("/r/leader_duty").url, "/sign-in", "the session before the reset")
        contains(server.browser().sign_in(CLERK, password).url, "/account", "with the one-time password")
        for what in ("disable", "password"):
            equal(admin.post("/admin/users/luqihang/" + what).status, 409, "their own: " + what)
        form = admin.get("/admin/users/luqihang")
        page = admin.post("/admin/users/luqihang", person="卢启航", org=org(form, "党政办公室"), roles="handler")
        equal(page.status, 422, "their own role")
        equal(admin.get("/admin/users").status, 200, "the administrator is still one")
        for path in ("/admin/users/nobody", "/admin/users/luoshiqi/erase"):
            equal(admin.get(path).status, 404, path)
    office.replay()


@case("organisations are added, renamed and closed, never in a circle")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        admin = server.browser(ADMIN)
        root = org(admin.get("/admin/orgs/new"), "跃进街道办事处")
        values = dict(name="测试办公室", code="YJ-CS", kind="内设机构", parent=root)
        equal(admin.post("/admin/orgs/new", **dict(values, code="YJ-DZ")).status, 409, "a code that is taken")
        equal(admin.post("/admin/orgs/new", **dict(values, parent="")).status, 422, "without parent")
        contains(admin.post("/admin/orgs/new", **values).text, "YJ-CS", "the list")
        office_id = org(admin.get("/admin/orgs/new"), "测试办公室")
        admin.post("/admin/orgs/new", **dict(values, name="测试小组", code="YJ-CS-1", parent=office_id))
        group = org(admin.get("/admin/orgs/new"), "测试小组")
        page = admin.post("/admin/orgs/" + office_id, **dict(values, parent=group, closed="0"))
        equal(page.status, 422, "below its own child")
        equal(admin.post("/admin/orgs/" + office_id, **dict(values, closed="1")).status, 422, "closing with a child")
        admin.post("/admin/orgs/" + group, name="测试小组", kind="内设机构", parent=office_id, closed="1")
        page = admin.post("/admin/orgs/" + office_id, **dict(values, name="试验办公室", closed="1"))
        contains(page.text, "试验办公室", "renamed")
        contains(page.text, "已停用", "closed")
        check("试验办公室" not in admin.get("/admin/users/new").text, "a closed organisation is offered")
        equal(admin.get("/admin/orgs/999999999").status, 404, "an unknown one")
    office.replay()


@case("the auditor reads who did what, and nothing of what is in the records")
def _():
    office = demo().copy()
    duty = office.list("leader_duty")[0]
    with Server(office, clock=True) as server:
        auditor = server.browser(AUDITOR)
        page = auditor.get("/admin/audit")
        total = int(re.search(r"共 (\d+) 条", page.text)[1])
        contains(page.text, "登录", "their own sign-in")
        first = [int(n) for n in re.findall(r'<td data-label="序号" class="number">(\d+)<', page.text)]
        equal(first, list(range(total, total - len(first), -1)), "positions, newest first")
        second = auditor.get("/admin/audit?page=2")
        contains(second.text, '>%d<' % (first[-1] - 1), "the second page")
        check(duty["leader"] not in page.text + second.text, "the content of a record")
        equal(auditor.get("/admin/audit?page=100000").status, 200, "behind the end")
        cells = lambda address, label: set(re.findall(r'<td data-label="%s"[^>]*>([^<]*)<' % label, auditor.get(address).text))
        equal(cells("/admin/audit?q=" + AUDITOR, "账号"), {AUDITOR}, "one person's acts")
        equal({x.split(" / ")[0] for x in cells("/admin/audit?register=leader_duty", "台账 / 记录")}, {"主要领导履职记录"}, "one register's")
        equal(cells("/admin/audit?register=-&q=" + AUDITOR, "动作"), {"登录"}, "administration alone")
        equal(cells("/admin/audit?entrance=import", "入口"), {"导入"}, "one entrance's")
        contains(auditor.get("/admin/audit?to=2020-01-01").text, "没有符合条件", "before everything")
        equal(cells("/admin/audit?from=2026-11-24&to=2026-11-24&q=" + AUDITOR, "账号"), {AUDITOR}, "today's")


@case("deadlines that the holiday notice moves are shown before and moved on command, in the browser")
def _():
    office = demo().copy()
    office.now = "2026-12-28T09:00"
    record = review_across_the_year(office)
    before = deadlines(office, record)["review_limit"]
    folder = copy_definitions()
    with Server(office, clock=True) as server:
        page = server.browser(ADMIN).get("/admin/deadlines")
        contains(page.text, "没有需要改的期限", "before the notice")
        check("重算期限</button>" not in page.text, "a button with nothing to do")
    with open(os.path.join(folder, "calendar", "national.csv"), "a", encoding="utf-8") as file:
        file.write("2027-01-01,holiday,元旦,测试\n2027-01-04,holiday,元旦,测试\n")
    later = Office(office.data, office.now, folder)
    with Server(later, clock=True) as server:
        admin = server.browser(ADMIN)
        page = admin.get("/admin/deadlines")
        contains(page.text, before["legal_on"], "the day before")
        contains(page.text, "2027-01-06", "the day after")
        contains(page.text, "2027年放假安排已公布", "why")
        equal(deadlines(office, record)["review_limit"], before, "looking changes nothing")
        contains(admin.post("/admin/deadlines").text, "已重算", "done")
        equal(deadlines(office, record)["review_limit"]["legal_on"], "2027-01-06", "the last day")
        contains(admin.get("/admin/deadlines").text, "没有需要改的期限", "afterwards")
    later.replay()
