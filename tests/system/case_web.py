"""The served program over plain HTTP: sign-in, tokens, the gate on the page, acts that survive a kill."""
import http.client
import random
import re
import time
import urllib.parse
import urllib.request

from harness import PASSWORD, Server, case, check, contains, demo, equal, fazhi
from load import DUTY, Crowd, Seat, check_kept
from offices import GATE, GATE_ARTICLE, plan_meeting, propose_decision, review


@case("pages want a signed-in person; assets do not")
def _():
    with Server(demo().copy()) as server:
        stranger = server.browser()
        for path in ("/", "/r/leader_duty", "/r/leader_duty/new", "/reports", "/figures", "/search?q=x", "/account"):
            page = stranger.get(path)
            contains(page.url, "/sign-in", path)
        page = stranger.get("/sign-in")
        style = re.search(r'href="(/assets/style[^"]+)"', page.text)[1]
        equal(stranger.get(style).status, 200, "the stylesheet")
        for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
            check(page.headers.get(header), "no header " + header)
        check("no-store" in (page.headers.get("Cache-Control") or ""), "pages may be stored")


@case("sign-in: wrong password, unknown account, and lock-out after five failures")
def _():
    with Server(demo().copy()) as server:
        browser = server.browser()
        wrong = browser.sign_in("panwenbin", "Wrong-Pass-1")
        unknown = browser.sign_in("nobody", "Wrong-Pass-1")
        equal((wrong.status, unknown.status), (403, 403), "status")
        told = [re.search(r'role="alert">([^<]+)', page.text)[1] for page in (wrong, unknown)]
        equal(told[0], told[1], "the same words for a wrong password and an unknown account")
        for _ in range(4):
            browser.sign_in("panwenbin", "Wrong-Pass-1")
        locked = browser.sign_in("panwenbin", PASSWORD)
        equal(locked.status, 403, "the right password of a locked account")
        good = server.browser("mengzihan")
        equal(good.get("/").status, 200, "another account")
        cookie = [c for c in good.cookies if c.name == "fazhi"]
        check(cookie and cookie[0].has_nonstandard_attr("HttpOnly"), "the session's cookie")


@case("signing in and the larger type lead back to a path of ours, never to another host")
def _():
    with Server(demo().copy()) as server:
        browser = server.browser("luoshiqi")
        browser.get("/r/leader_duty/new")
        cookie = "; ".join("%s=%s" % (c.name, c.value) for c in browser.cookies)

        def leads_to(method, path, body=None):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.request(method, path, body, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            equal(answer.status, 303, path)
            return answer.headers["Location"]

        for back, wanted in (("/r/leader_duty?page=2", "/r/leader_duty?page=2"), ("/", "/"), ("", "/"),
                             ("//evil.example/", "/"), ("/\\evil.example/", "/"), ("/\\/evil.example/", "/"),
                             ("\\\\evil.example", "/"), ("https://evil.example/", "/"), ("/sign-out", "/")):
            query = urllib.parse.urlencode({"back": back})
            equal(leads_to("GET", "/sign-in?" + query), wanted, "signed in already, back=" + back)
            form = urllib.parse.urlencode({"back": back, "on": "1", "_token": browser.token})
            equal(leads_to("POST", "/elder", form), wanted, "larger type, back=" + back)


@case("a form without its token, or from another site, is refused")
def _():
    office = demo().copy()
    with Server(office) as server:
        browser = server.browser("luoshiqi")
        browser.get("/r/leader_duty/new")
        before = len(office.list("leader_duty"))
        for token in ("", "0" * 64):
            page = browser.post("/r/leader_duty/new", token=token, subject="无令牌", **DUTY)
            check(page.status in (400, 403), "status %d" % page.status)
        equal(len(office.list("leader_duty")), before, "records")
        browser.get("/r/leader_duty/new")
        page = browser.post("/r/leader_duty/new", subject="有令牌", **DUTY)
        equal(page.status, 200, "with token")
        contains(page.text, "已办理", "the record's page")
        browser.post("/sign-out")
        contains(browser.get("/").url, "/sign-in", "after signing out")
    office.replay()


@case("the gate on the page: refused with article and remedy, let through after the review")
def _():
    office = demo().copy()
    decision, record = propose_decision(office)
    meeting = plan_meeting(office)
    item = dict(meeting=meeting, subject="设备购置", kind="important", listed_on="2026-11-24", decision=decision)
    with Server(office, clock=True) as server:
        browser = server.browser("luoshiqi")
        browser.get("/r/agenda_item/new")
        page = browser.post("/r/agenda_item/new", **item)
        equal(page.status, 422, "status")
        for part in (GATE, GATE_ARTICLE, "送法制审核"):
            contains(page.text, part, "the refusal")
        contains(page.text, "设备购置", "what was typed")
        equal(office.list("agenda_item", "subject = '设备购置'"), [], "items")
        review(office, decision)
        page = browser.post("/r/agenda_item/new", **item)
        equal(page.status, 200, "status after the review")
        equal(len(office.list("agenda_item", "subject = '设备购置'")), 1, "items")
    office.replay()


@case("a person sees neither registers nor records that are not theirs")
def _():
    office = demo().copy()
    with Server(office) as server:
        officer = server.browser("pangyajing")
        for path in ("/r/enf_case", "/r/petition/1", "/r/petition/new"):
            check(officer.get(path).status in (403, 404), "%s for the audit administrator" % path)
        lawyer = server.browser("qinruolan")
        check(lawyer.get("/r/decision").status in (403, 404), "decisions for a partner lawyer")
        clerk = server.browser("luoshiqi")
        text = clerk.get("/r/enf_case").text
        check("邓永昌" not in text and "999999196101100000" not in text, "a citizen's name or number in a list")


@case("hostile addresses and forms")
def _():
    office = demo().copy()
    with Server(office) as server:
        browser = server.browser("tanjingwen")
        for path in ("/r/leader_duty?sort=rowid", "/r/leader_duty?q=%27%22%3Cscript%3E", "/r/leader_duty/99999999999999999999",
                     "/r/leader_duty/-1", "/r/fz_act", "/r/../../etc/passwd", "/assets/../fazhi.db", "/figures/nonsense",
                     "/reports/annual/20x4", "/r/leader_duty?page=-1", "/r/leader_duty?where=1%3D1%3B", "/lookup/fz_account?q=a"):
            page = browser.open(urllib.request.Request(browser.base + path))
            check(page.status < 500, "%s answers %d" % (path, page.status))
            check("<script>" not in page.text.split("<main", 1)[-1], "script comes back from " + path)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("POST", "/r/leader_duty/new", body=b"\xff\xfe=%zz&a", headers={"Content-Type": "application/x-www-form-urlencoded"})
        check(connection.getresponse().status < 500, "a broken form")
        raw = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        raw.putrequest("POST", "/r/leader_duty/new")
        raw.putheader("Content-Type", "multipart/form-data; boundary=x")
        raw.putheader("Content-Length", str(1 << 30))
        raw.endheaders()
        try:
            raw.send(b"x" * 65536)
            check(raw.getresponse().status in (400, 403, 411, 413, 303, 302), "a body of a gigabyte")
        except OSError:
            pass
        equal(browser.get("/").status, 200, "the workbench afterwards")


def kill_rounds(rounds):
    office = demo().copy()
    kept, dice = [], random.Random(20241124)
    for number in range(rounds):
        with Server(office) as server:
            seat = Seat(server.browser("luoshiqi" if number % 2 else "tanjingwen"))
            with Crowd([server.port], [seat], 4, "第%d轮" % number) as crowd:
                time.sleep(dice.uniform(0.02, 0.6))
                server.kill()
            kept += crowd.acknowledged()
    check(len(kept) >= rounds, "only %d acts were acknowledged" % len(kept))
    check_kept(office, kept, "第")
    return len(kept)


@case("killed 50 times under load, no acknowledged act is lost", slow=True)
def _():
    print("# %d acknowledged acts" % kill_rounds(50))


@case("killed five times under load, no acknowledged act is lost")
def _():
    kill_rounds(5)


@case("the server ends on SIGTERM, and only one serves a folder")
def _():
    office = demo().copy()
    with Server(office) as server:
        second = fazhi("serve", "--data", office.data, "--listen", "127.0.0.1:0")
        check(second.status in (1, 3) and second.err, "a second server: %r" % second)
        equal(server.stop(), 0, "status after SIGTERM")
    office.replay()
