"""The interface for other programs: the same roles, gates and masks as on the pages."""
import json
import urllib.request

from harness import Server, case, check, contains, demo, equal
from offices import GATE, GATE_ARTICLE, plan_meeting, propose_decision, review


def send(browser, path, body, token=None):
    """POSTs JSON with the session's token in the header; status and the answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "X-Token": browser.token if token is None else token}
    page = browser.open(urllib.request.Request(browser.base + path, content, headers))
    is_json = (page.headers.get("Content-Type") or "").startswith("application/json")
    return page.status, json.loads(page.text) if is_json else page.text


def client(server, name):
    browser = server.browser(name)
    browser.get("/account")
    check(browser.token, "no token for " + name)
    return browser


@case("the gate at the interface: an unreviewed matter is refused with its rule, a reviewed one let through")
def _():
    office = demo().copy()
    decision, _ = propose_decision(office)
    meeting = plan_meeting(office)
    before = len(office.list("agenda_item"))
    item = {"inputs": {"meeting": meeting, "subject": "设备购置", "kind": "important", "listed_on": "2026-11-24",
                       "decision": decision}}
    with Server(office, clock=True) as server:
        browser = client(server, "luoshiqi")
        status, answer = send(browser, "/api/r/agenda_item/acts/create", item)
        equal(status, 422, "status")
        refusals = [e for e in answer["errors"] if e.get("rule") == "DEC-17"]
        check(refusals, "no refusal by DEC-17: %s" % answer)
        equal(refusals[0]["code"], "refused", "code")
        contains(refusals[0]["message"], GATE, "the message")
        contains(refusals[0]["cite"], GATE_ARTICLE, "the article")
        check(refusals[0].get("remedy"), "no remedy")
        equal(len(office.list("agenda_item")), before, "agenda items after the refusal")
        review(office, decision)
        status, answer = send(browser, "/api/r/agenda_item/acts/create", item)
        equal(status, 200, "status after the review: %s" % answer)
        check(answer["record"] > 0 and answer["seq"] > 0 and answer["number"] and answer["stage"], "the answer %s" % answer)
    equal(len(office.list("agenda_item")), before + 1, "agenda items at the end")
    office.replay()


@case("the interface wants a session, its token, the role and a body that it understands")
def _():
    office = demo().copy()
    path = "/api/r/leader_duty/acts/create"
    with Server(office, clock=True) as server:
        equal(server.browser().get("/api/r/leader_duty").status, 401, "without a session")
        before = len(office.list("leader_duty"))
        browser = client(server, "luoshiqi")
        for token in ("", "0" * 64):
            equal(send(browser, path, {}, token)[0], 403, "with the token %r" % token)
        for body in (b"", b"[]", b"{", b'{"inputs":{},"inputs":{}}'):
            equal(send(browser, path, body)[0], 400, "body %r" % body)
        for body, where in (({"input": {}}, "input"), ({"inputs": {"subject": [1]}}, "subject"),
                            ({"inputs": {"evidence_file": "0" * 64}}, "evidence_file")):
            status, answer = send(browser, path, body)
            equal((status, answer["errors"][0]["where"]), (422, where), "body %r" % body)
        status, answer = send(browser, path, {"inputs": {"duty_on": "31日"}})
        equal(status, 422, "a faulty day")
        check("duty_on" in [e.get("where") for e in answer["errors"]], "faults %s" % answer)
        equal(send(browser, "/api/r/no_such/acts/create", {})[0], 404, "an unknown register")
        equal(send(browser, "/api/r/leader_duty/999999999/acts/amend", {"reason": "改"})[0], 404, "an unknown record")
        stranger = client(server, "panwenbin")
        check(send(stranger, "/api/r/decision/acts/create", {"inputs": {"title": "无权"}})[0] in (403, 404), "without the role")
        equal(len(office.list("leader_duty")), before, "records at the end")


@case("the interface lists and shows records, filtered, with private values masked")
def _():
    office = demo()
    with Server(office, clock=True) as server:
        browser = client(server, "panwenbin")
        everything = json.loads(browser.get("/api/r/petition").text)
        check(everything["total"] > 0 and everything["rows"], "no petitions")
        number = everything["rows"][0]["number"]
        one = json.loads(browser.get("/api/r/petition?where=number = '%s'" % number).text)
        equal([row["number"] for row in one["rows"]], [number], "the condition")
        check(everything["total"] > one["total"] == 1, "totals %s %s" % (everything["total"], one["total"]))
        page = browser.get("/api/r/petition?where=stage ==")
        equal((page.status, json.loads(page.text)["errors"][0]["where"]), (422, "where"), "a faulty condition")
        row = json.loads(browser.get("/api/r/petition/%d" % one["rows"][0]["record"]).text)
        equal(row, one["rows"][0], "the record alone")
        masked = office.list("petition", "number = '%s'" % row["number"])[0]
        for name in ("petitioner", "phone", "address"):
            contains(row["values"][name], "*", name)
            equal(row["values"][name], masked[name], name)
        equal(browser.get("/api/r/petition/999999999").status, 404, "an unknown record")
        equal(browser.get("/api/r/petition/x").status, 404, "no number")
        equal(browser.get("/api/r/enf_case").status, server.browser("panwenbin").get("/r/enf_case").status, "another's register")


@case("the interface shows no title of a record that the person may not open, as the pages")
def _():
    office = demo()
    hidden = 0
    with Server(office, clock=True) as server:
        browser = client(server, "weishengli")
        tasks = json.loads(browser.get("/api/r/task").text)["rows"]
        meetings = office.list("meeting")
        mine = [row["number"] for row in json.loads(browser.get("/api/r/meeting").text).get("rows", [])]
        names = {row["name"] for row in meetings} - {row["name"] for row in meetings if row["number"] in mine}
        for task in tasks:
            check(task["values"]["meeting"] not in names, "the title of somebody else's meeting")
            hidden += task["values"]["meeting"] in {row["number"] for row in meetings if row["number"] not in mine}
        check(hidden, "no task whose meeting is hidden")
        equal(server.browser().open(urllib.request.Request(server.browser().base + "/api/r/task", headers={
            "Authorization": "Basic d2Vpc2hlbmdsaTpZdWVqaW4tMjAyNA=="})).status, 401, "HTTP Basic")


@case("two programs that change the same record: the second is told")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = client(server, "luoshiqi")
        row = json.loads(browser.get("/api/r/leader_duty").text)["rows"][0]
        path = "/api/r/leader_duty/%d/acts/amend" % row["record"]
        body = {"inputs": {"result": "更正后的结果"}, "reason": "笔误", "version": row["version"]}
        status, answer = send(browser, path, body)
        equal(status, 200, "the first: %s" % answer)
        equal(send(browser, path, body)[0], 409, "the second")
    office.replay()


@case("the interface gives a list page by page, each record once")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser("fangzhiming")
        seen, address = [], "/api/r/mediation?sort=-registered_on"
        while address:
            page = browser.get(address)
            equal(page.status, 200, address)
            answer = json.loads(page.text)
            seen += [row["record"] for row in answer["rows"]]
            address = "next" in answer and "/api/r/mediation?sort=-registered_on&page=" + answer["next"]
        equal((len(set(seen)), answer["more"]), (answer["total"], False), "records")
        check(len(seen) == answer["total"] > 100, "%d records in %d rows" % (answer["total"], len(seen)))
        page = browser.get("/api/r/mediation?page=2")
        equal((page.status, json.loads(page.text)["errors"][0]["where"]), (422, "page"), "a place that is none")
