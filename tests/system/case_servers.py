"""PostgreSQL goes away and comes back; two servers work on one database, and one of them is killed again and again."""
import atexit
import functools
import json
import os
import random
import re
import shutil
import signal
import threading
import time

from case_import import GOOD, sheet
from case_load import is_sanitized, resident
from case_import_page import go_form, upload
from harness import PASSWORD, SERVER, YES, Browser, Office, Server, Skip, case, check, contains, equal, free_port, new_path
from load import DUTY, Crowd, Seat, check_kept
from postgres import Postgres, programs

AWAY = "数据库"


@functools.lru_cache(maxsize=None)
def postgres():
    """A server of our own, which may be stopped."""
    if SERVER:
        raise Skip("runs with the suite on files: its server is its own")
    if not programs():
        raise Skip("PostgreSQL is not installed")
    server = Postgres()
    atexit.register(server.close)
    return server


@functools.lru_cache(maxsize=None)
def demo_there():
    """The demonstration office on that server."""
    postgres().psql("postgres", "create database demo template template0")
    office = OnServer(new_path("data"), "demo")
    office.run(YES, "demo", "--password", PASSWORD, seconds=600)
    return office


class OnServer(Office):
    """An office in a database of that server."""

    def __init__(self, data, database):
        super().__init__(data)
        self.file, self.database_name = False, database

    def place(self):
        return ["--data", self.data, "--database", postgres().url(self.database_name)]

    def rows(self, select):
        out = postgres().psql(self.database_name, "select row_to_json(t) from (%s) as t" % select)
        return [json.loads(line) for line in out.splitlines()]

    def other_folder(self):
        """The same office for another machine: what it needs is the key."""
        data = new_path("data")
        os.mkdir(data, 0o700)
        shutil.copy(os.path.join(self.data, "key"), data)
        return OnServer(data, self.database_name)


def fresh(name):
    """A copy of the demonstration office."""
    original = demo_there()
    postgres().psql("postgres", "drop database if exists %s" % name)
    postgres().psql("postgres", "create database %s template demo" % name)
    data = new_path("data")
    shutil.copytree(original.data, data)
    return OnServer(data, name)


def acts_of(office, prefix):
    """How often the log says that a record with such a subject was made."""
    rows = office.rows("select inputs from fz_act where register = 'leader_duty' and act = 'create'")
    subjects = [json.loads(row["inputs"]).get("subject", "") for row in rows]
    return [subject for subject in subjects if subject.startswith(prefix)]


def check_all(office, crowds, prefix):
    """Nothing acknowledged is lost, nothing is there twice, in the tables and in the log; numbers without gaps."""
    acknowledged = [subject for crowd in crowds for subject in crowd.acknowledged()]
    rows = check_kept(office, acknowledged, prefix)
    logged = acts_of(office, prefix)
    equal(sorted(logged), sorted(row["subject"] for row in rows), "the log and the table")
    numbers = sorted(int(re.search(r"(\d+)号$", row["number"])[1]) for row in rows)
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "the numbers")
    return acknowledged


@case("PostgreSQL vanishes under load: clear answers within seconds, nothing lost, work goes on when it is back", slow=True)
def _():
    office = fresh("vanishing")
    with Server(office) as server:
        browser = server.browser("luoshiqi")
        with Crowd([server.port], [Seat(browser)], 12, "消失") as crowd:
            for _ in range(2):
                time.sleep(1)
                before = len(crowd.acknowledged())
                check(before, "nothing was done")
                postgres().stop("immediate")
                time.sleep(1.5)
                start = time.monotonic()
                page = browser.get("/r/leader_duty")
                check(time.monotonic() - start < 5, "an answer took %.1f s" % (time.monotonic() - start))
                equal(page.status, 503, "a page without the database")
                contains(page.text, AWAY, "what is said")
                check("/sign-in" not in page.url, "a person who was signed in is asked to sign in again")
                postgres().start()
                end = time.monotonic() + 15
                while len(crowd.acknowledged()) == before and time.monotonic() < end:
                    time.sleep(0.1)
                check(len(crowd.acknowledged()) > before, "no act was done after the database was back")
        check(set(crowd.statuses()) <= {303, 503, 500}, "answers: %s" % crowd.statuses())
        for text in crowd.answers(503):
            contains(text, AWAY, "an answer")
        for text in crowd.answers(500):
            contains(text, "不能确定是否已保存", "an answer that is neither yes nor no")
        check(crowd.slowest() < 12, "an answer took %.1f s" % crowd.slowest())
        equal(browser.get("/").status, 200, "the same session afterwards")
        print("# %d acts, answers %s, the slowest %.1f s" % (len(crowd.acknowledged()), crowd.statuses(), crowd.slowest()))
        equal(server.stop(), 0, "the end")
    check_all(office, [crowd], "消失")


@case("PostgreSQL vanishes while it commits: the answer says that nobody knows, and the record is there once at most", slow=True)
def _():
    office = fresh("doubtful")
    with Server(office) as server:
        browser = server.browser("luoshiqi")
        browser.get("/r/leader_duty/new")
        # It waits for a standby that never comes: the commit is on its disk, but not yet told.
        postgres().psql("postgres", "alter system set synchronous_standby_names = 'nobody'")
        postgres().psql("postgres", "select pg_reload_conf()")
        time.sleep(0.5)
        pages = []
        thread = threading.Thread(target=lambda: pages.append(browser.post("/r/leader_duty/new", subject="疑问", **DUTY)))
        thread.start()
        time.sleep(1)
        postgres().stop("immediate")
        thread.join(20)
        with open(os.path.join(postgres().data, "postgresql.auto.conf"), "w", encoding="ascii"):
            pass
        postgres().start()
        check(pages, "no answer")
        equal(pages[0].status, 500, "the answer")
        contains(pages[0].text, "不能确定是否已保存", "the answer")
        browser.get("/r/leader_duty/new")
        equal(browser.post("/r/leader_duty/new", subject="疑问之后", **DUTY).status, 200, "the next act")
    equal(sorted(acts_of(office, "疑问")), ["疑问", "疑问之后"], "the log")
    check_kept(office, ["疑问之后"], "疑问")


def frozen_for(seconds):
    """The server of the database stands still, its sockets open, as when its machine hangs."""
    postgres().signal_all(signal.SIGSTOP)
    time.sleep(seconds)
    postgres().signal_all(signal.SIGCONT)


@case("PostgreSQL freezes with its sockets open: every request ends, clearly, memory stays flat, work goes on by itself", slow=True)
def _():
    office = fresh("frozen")
    with Server(office) as server:
        browser = server.browser("luoshiqi")
        with Crowd([server.port], [Seat(browser)], 24, "冻结") as crowd:
            time.sleep(1)
            check(crowd.acknowledged(), "nothing was done")
            before = resident(server)
            thawing = threading.Thread(target=frozen_for, args=(25,))
            thawing.start()
            time.sleep(0.5)
            done = len(crowd.acknowledged())
            start = time.monotonic()
            page = browser.get("/r/leader_duty")
            check(time.monotonic() - start < 20, "an answer took %.1f s" % (time.monotonic() - start))
            equal(page.status, 503, "a page while the database stands still")
            contains(page.text, AWAY, "what is said")
            thawing.join()
            end = time.monotonic() + 10
            while len(crowd.acknowledged()) < done + 24 and time.monotonic() < end:
                time.sleep(0.1)
            check(len(crowd.acknowledged()) > done, "no act was done after the database went on")
            check(is_sanitized(server) or resident(server) - before < 40 * 1024, "memory grew by %d KB" % (resident(server) - before))
        print("# %d acts, answers %s, the slowest %.1f s" % (len(crowd.acknowledged()), crowd.statuses(), crowd.slowest()))
        check(set(crowd.statuses()) <= {303, 503, 500}, "answers: %s" % crowd.statuses())
        check(503 in crowd.statuses(), "nobody met the frozen server: %s" % crowd.statuses())
        for text in crowd.answers(503):
            contains(text, AWAY, "an answer")
        for text in crowd.answers(500):
            contains(text, "不能确定是否已保存", "an answer that is neither yes nor no")
        check(crowd.slowest() < 20, "an answer took %.1f s" % crowd.slowest())
        equal(browser.get("/").status, 200, "the same session afterwards")
        equal(server.stop(), 0, "the end")
    check_all(office, [crowd], "冻结")


def review_of(browser, name):
    """A new record that can be acted upon: its address and the form's version."""
    browser.get("/r/leader_duty/new")
    page = browser.post("/r/leader_duty/new", subject=name, **DUTY)
    return re.search(r"(/r/leader_duty/\d+)", page.url)[1]


def amend(browser, address, version, text, answers):
    page = browser.post(address + "/act/amend", version=version, reason="更正" + text, **dict(DUTY, subject="赛跑", result=text))
    answers.append((page.status, page.url, page.text))


@case("two servers, the same act on the same record at once: one wins, the other is told")
def _():
    office = fresh("racing")
    with Server(office) as one, Server(office.other_folder()) as two:
        first = one.browser("luoshiqi")
        # A session of one server holds on the other.
        second = Browser("http://127.0.0.1:%d" % two.port)
        second.cookies = first.cookies
        second.opener = first.opener
        check("/sign-in" not in second.get("/").url, "the session is unknown to the other server")
        address = review_of(first, "赛跑")
        for turn in range(15):
            form = first.get(address + "/act/amend")
            equal(form.status, 200, "the form")
            version = re.search(r'name="version" value="(\d+)"', form.text)[1]
            second.token = first.token
            answers = []
            threads = [threading.Thread(target=amend, args=(browser, address, version, "第%d次%s" % (turn, who), answers))
                       for who, browser in (("甲", first), ("乙", second))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            statuses = sorted(status for status, _, _ in answers)
            equal(statuses, [200, 409], "the answers of turn %d" % turn)
            loser = next(text for status, _, text in answers if status == 409)
            contains(loser, "别人已经办理过", "what the loser is told")
    office.replay()


@case("two servers under random load, one killed every few seconds: nothing lost, nothing doubled", slow=True)
def _():
    race(seconds=30, pause=(1.0, 3.0))


def race(seconds, pause):
    office = fresh("killing")
    other = office.other_folder()
    dice = random.Random(20261124)
    places = [(office, free_port()), (other, free_port())]
    servers = [Server(place, port=port) for place, port in places]
    kills = 0
    try:
        seats = [Seat(servers[0].browser("luoshiqi")), Seat(servers[1].browser("tanjingwen"))]
        with Crowd([port for _, port in places], seats, 16, "争先", pause=0.001) as crowd:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(dice.uniform(*pause))
                victim = kills % 2
                servers[victim].kill()
                servers[victim].log.close()
                kills += 1
                time.sleep(0.3)
                servers[victim] = Server(places[victim][0], port=places[victim][1])
            time.sleep(1)
        print("# %d acts, %d kills, answers %s, the slowest %.1f s" % (len(crowd.acknowledged()), kills, crowd.statuses(), crowd.slowest()))
        check(set(crowd.statuses()) <= {303, 503, "gone"}, "answers: %s" % crowd.statuses())
        for server in servers:
            equal(server.stop(), 0, "the end")
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()
    acknowledged = check_all(office, [crowd], "争先")
    check(len(acknowledged) > 10 * kills, "only %d acts" % len(acknowledged))


def many_rows(count, mark):
    return sheet([GOOD[0][:-1] + ["%s-%d" % (mark, n)] for n in range(count)]).encode()


def start_import(browser, content):
    """The address of the job that imports this sheet."""
    page = upload(browser, content)
    end = time.monotonic() + 120
    while "正在导入" in page.text and time.monotonic() < end:  # the trial run of a long sheet
        time.sleep(0.2)
        page = browser.get(page.url.removeprefix(browser.base))
    fields = go_form(page)
    fields.pop("_token")
    return re.search(r"/import/leader_duty/job/\d+", browser.post("/import/leader_duty/go", **fields).url)[0]


def wait_for(browser, address, words, seconds):
    end = time.monotonic() + seconds
    while words not in (page := browser.get(address)).text:
        equal(page.status, 200, address)
        check(time.monotonic() < end, "after %d s: %s" % (seconds, re.sub(r"<[^>]*>|\s+", " ", page.text)[-400:]))
        time.sleep(0.2)


@case("an import is told by every server; one whose server was killed was interrupted and saved nothing", slow=True)
def _():
    office = fresh("importing")
    before = len(office.list("leader_duty"))
    with Server(office) as one, Server(office.other_folder()) as two:
        browser = one.browser("tanjingwen")
        other = Browser("http://127.0.0.1:%d" % two.port)
        other.cookies, other.opener = browser.cookies, browser.opener
        wait_for(other, start_import(browser, many_rows(20, "少")), "已导入 20 行", 20)
        stranger = two.browser("luoshiqi")
        check(stranger.get("/import/leader_duty/job/1").status in (403, 404), "another person's import")
        address = start_import(browser, many_rows(12000, "多"))
        contains(other.get(address).text, "正在导入", "the other server, meanwhile")
        one.kill()
        wait_for(other, address, "导入中断了", 40)
        equal(len(office.list("leader_duty")), before + 20, "records")
        again = two.browser("tanjingwen")
        wait_for(again, start_import(again, many_rows(100, "多")), "已导入 100 行", 20)
    office.replay()


def told_busy(browser, subject, most):
    """What the person is told who acts while an import is under way, within so many seconds."""
    start = time.monotonic()
    page = browser.post("/r/leader_duty/new", subject=subject, **DUTY)
    check(time.monotonic() - start < most, "the answer took %.1f s" % (time.monotonic() - start))
    equal(page.status, 503, "an act while an import is under way")
    return page.text


@case("while an import is under way, who acts on any server is told soon which and how far; then acts go on", slow=True)
def _():
    office = fresh("busy")
    with Server(office) as one, Server(office.other_folder()) as two:
        browser = one.browser("tanjingwen")
        here, there = one.browser("luoshiqi"), two.browser("luoshiqi")
        here.get("/r/leader_duty/new")
        there.get("/r/leader_duty/new")
        address = start_import(browser, many_rows(80000, "长"))
        wait_for(browser, address, "正在导入", 20)
        time.sleep(4)
        contains(told_busy(here, "同机", 4), "已完成", "on the same server")
        contains(told_busy(there, "别机", 12), "正在导入「", "on another server, the first time")
        text = told_busy(there, "别机", 4)
        check(re.search(r"已完成 \d+/80000 行", text), "how far: %s" % re.sub(r"<[^>]*>|\s+", " ", text)[-300:])
        wait_for(browser, address, "已导入 80000 行", 400)
        for one_of_both, subject in ((here, "导后甲"), (there, "导后乙")):
            equal(one_of_both.post("/r/leader_duty/new", subject=subject, **DUTY).status, 200, "an act afterwards")
    office.replay()
