"""What the system tests share: cases, temporary offices, the served program.

A case is a function marked @case; its words in Chinese or English are its name. run.py calls them all and writes TAP.
The program under test is the environment's FAZHI, else build/fazhi. Where FAZHI_TEST_POSTGRES names a server, each
office lies in a database of its own there, else in the file of its data folder."""
import atexit
import contextlib
import functools
import hashlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from postgres import free_port  # noqa: E402

FAZHI = os.environ.get("FAZHI", os.path.join(ROOT, "build", "fazhi"))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
PASSWORD = "Yuejin-2024"
SERVER = os.environ.get("FAZHI_TEST_POSTGRES")
YES, NO, USAGE, FAILED = 0, 1, 2, 3

CASES = []


class Skip(Exception):
    pass


class Failed(AssertionError):
    pass


def case(name, slow=False):
    def mark(function):
        CASES.append((name, function, slow))
        return function
    return mark


def check(holds, what):
    if not holds:
        raise Failed(what)


def equal(got, wanted, what):
    if got != wanted:
        raise Failed("%s: got %r, wanted %r" % (what, got, wanted))


def contains(text, part, what):
    if part not in text:
        raise Failed("%s: %r not in %r" % (what, part, text[-2000:]))


@functools.lru_cache(maxsize=None)
def scratch():
    folder = tempfile.mkdtemp(prefix="fazhi-test-")
    atexit.register(shutil.rmtree, folder, True)
    return folder


def new_path(name):
    return os.path.join(tempfile.mkdtemp(dir=scratch()), name)


def write(name, content):
    path = new_path(name)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return "status %d, out %r, err %r" % (self.status, self.out[-1500:], self.err[-1500:])


def fazhi(*arguments, input=None, cwd=None, raw=False, seconds=120):
    done = subprocess.run([FAZHI] + [str(a) for a in arguments], input=input, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=cwd or scratch(), timeout=seconds,
                          stdin=subprocess.DEVNULL if input is None else None)
    if done.returncode < 0 or b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
        raise Failed("fazhi %s died with %d: %s" % (" ".join(map(str, arguments)), done.returncode,
                                                    done.stderr.decode("utf-8", "replace")[-3000:]))
    out = done.stdout if raw else done.stdout.decode("utf-8")
    return Result(done.returncode, out, done.stderr.decode("utf-8"))


def expect(status, *arguments, **options):
    result = fazhi(*arguments, **options)
    if result.status != status:
        raise Failed("fazhi %s: wanted status %d, got %r" % (" ".join(map(str, arguments)), status, result))
    return result


# ---- the database server, where there is one ----

def psql(database, *arguments):
    done = subprocess.run(["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url_of(database)] + list(arguments),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise Failed("psql %s: %s" % (arguments, done.stderr.decode("utf-8", "replace")))
    return done.stdout.decode()


def url_of(database):
    return SERVER[:SERVER.rindex("/") + 1] + database


@functools.lru_cache(maxsize=None)
def database_of(data, template="template0"):
    """The database of a data folder, made when it is first asked for."""
    name = "fazhi_" + hashlib.sha256(data.encode()).hexdigest()[:16]
    psql("postgres", "-c", 'create database "%s" template "%s"' % (name, template))
    return name


DATABASES = {}


class Office:
    """A data folder, and commands on it at a fixed time. `file`: it lies in the folder whatever the tests run on.
    `named`: which office of the database, by code or name."""

    def __init__(self, data, now="2026-11-24T09:00", definitions=None, file=False, named=None):
        self.data, self.now, self.definitions, self.file = data, now, definitions, file or not SERVER
        self.named = named

    def other(self, named):
        """Another office of the same database."""
        return Office(self.data, self.now, self.definitions, self.file, named)

    def name(self):
        """Of the database on the server."""
        if self.data not in DATABASES:
            DATABASES[self.data] = database_of(self.data)
        return DATABASES[self.data]

    def place(self):
        return ["--data", self.data] + ([] if self.file else ["--database", url_of(self.name())])

    def options(self):
        more = ["--definitions", self.definitions] if self.definitions else []
        more += ["--office", self.named] if self.named else []
        return self.place() + ["--now", self.now] + more

    def run(self, status, command, *arguments, **options):
        return expect(status, command, *arguments, *self.options(), **options)

    def act(self, status, record, act, user, **inputs):
        reason = inputs.pop("reason", None)
        pairs = ["%s=%s" % pair for pair in inputs.items()]
        more = ["--reason", reason] if reason else []
        return self.run(status, "act", record, act, *pairs, "--as", user, *more)

    def made(self, record, act, user, **inputs):
        """The record that the act made or changed, as register/id."""
        return self.act(YES, record, act, user, **inputs).out.split()[0]

    def list(self, register, where=None):
        more = ["--where", where] if where else []
        return json.loads(self.run(YES, "list", register, "--format", "json", *more).out)

    def figures(self, year=2024):
        out = self.run(YES, "report", "annual", year, "--format", "json").out
        return {figure["name"]: figure for figure in json.loads(out)["figures"]}

    def replay(self, status=YES):
        return self.run(status, "replay", seconds=300)

    def copy(self):
        """The folder of an office that is not running, to be changed at will."""
        path = new_path("data")
        shutil.copytree(self.data, path)
        if not self.file:
            DATABASES[path] = database_of(path, self.name())
        return Office(path, self.now, self.definitions, self.file, self.named)

    def database(self):
        return os.path.join(self.data, "fazhi.db")

    def rows(self, select):
        """What somebody with a SQL prompt sees, a dictionary for each row."""
        if not self.file:
            out = psql(self.name(), "-q", "-c", "select row_to_json(t) from (%s) as t" % select)
            return [json.loads(line) for line in out.splitlines()]
        with contextlib.closing(sqlite3.connect(self.database())) as base:
            base.row_factory = sqlite3.Row
            return [dict(row) for row in base.execute(select)]

    def spoil(self, *statements):
        """Somebody with a SQL prompt; the rules of the program do not reach them."""
        for statement in statements:
            if self.file:
                with contextlib.closing(sqlite3.connect(self.database())) as base:
                    changed = base.execute(statement).rowcount
                    base.commit()
            else:
                changed = int(psql(self.name(), "-c", statement).split()[-1])
            check(changed != 0, "changed nothing: " + statement)


@functools.lru_cache(maxsize=None)
def demo():
    """The demonstration office, loaded once. Only for reading: change a copy()."""
    office = Office(new_path("demo"))
    office.run(YES, "demo", "--password", PASSWORD, seconds=600)
    return office


# ---- the served program ----

class Server:
    """The office served; `kill` ends it as a power cut would. `before`: a command that the program is started by."""

    def __init__(self, office, *options, clock=False, port=None, before=()):
        self.port = port or free_port()
        self.office = office
        arguments = list(before) + [FAZHI, "serve", "--listen", "127.0.0.1:%d" % self.port] + office.place()
        if office.definitions:
            arguments += ["--definitions", office.definitions]
        if clock:
            arguments += ["--now", office.now]
        self.log = open(new_path("serve.log"), "wb")
        self.process = subprocess.Popen(arguments + list(options), stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, cwd=scratch())
        self.wait()

    def wait(self, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed("the server ended with %s: %s" % (self.process.returncode, self.text()))
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.02)
        raise Failed("the server does not listen: " + self.text())

    def text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Failed("the server did not end on SIGTERM")
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self.log.close()

    def browser(self, name=None, office=None):
        return Browser("http://127.0.0.1:%d" % self.port, name, office)


class Page:
    def __init__(self, status, url, text, headers):
        self.status, self.url, self.text, self.headers = status, url, text, headers

    def token(self):
        found = re.search(r'name="_token" value="([^"]+)"', self.text)
        return found[1] if found else ""


class Browser:
    """Cookies and forms, no script."""

    def __init__(self, base, name=None, office=None):
        self.base, self.office = base, office
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = ""
        if name:
            page = self.sign_in(name, PASSWORD)
            check(page.status == 200 and "/sign-in" not in page.url, "%s could not sign in: %s %s" % (name, page.status, page.url))

    def open(self, request):
        try:
            with self.opener.open(request, timeout=60) as answer:
                body, status, url, headers = answer.read(), answer.status, answer.url, answer.headers
        except urllib.error.HTTPError as error:
            body, status, url, headers = error.read(), error.code, error.url, error.headers
        page = Page(status, url, body.decode("utf-8", "replace"), headers)
        self.token = page.token() or self.token
        return page

    def get(self, path):
        return self.open(urllib.request.Request(self.base + urllib.parse.quote(path, safe="/?&=%:")))

    def post(self, path, token=None, **fields):
        fields["_token"] = self.token if token is None else token
        body = urllib.parse.urlencode(fields).encode()
        return self.open(urllib.request.Request(self.base + urllib.parse.quote(path, safe="/?&=%:"), body))

    def sign_in(self, name, password):
        self.get("/sign-in")
        more = {"office": self.office} if self.office else {}
        return self.post("/sign-in", name=name, password=password, **more)
