"""Under load: slow and idle clients, too many of them, what is too large, what is no HTTP."""
import os
import random
import re
import resource
import socket
import threading
import time

from case_pages import send
from harness import Server, Skip, case, check, contains, demo, equal
from load import DUTY, FORM, Crowd, Seat, check_kept

IDLE = 5000


def connect(port, timeout=30):
    return socket.create_connection(("127.0.0.1", port), timeout)


def read_all(connection, seconds=30):
    """What comes until the server closes; what came, when it resets or says nothing more."""
    connection.settimeout(seconds)
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts)


def exchange(port, message, seconds=30):
    """Sends bytes and reads until the connection ends."""
    with connect(port) as connection:
        try:
            connection.sendall(message)
        except OSError:
            pass
        return read_all(connection, seconds)


def request(method, path, *headers, body=b""):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def head_of(connection):
    """The head of one answer; the connection stays open."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = connection.recv(4096)
        if not part:
            break
        got += part
    return got


def resident(server):
    """Kilobytes."""
    with open("/proc/%d/status" % server.process.pid, encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


def descriptors(server):
    return len(os.listdir("/proc/%d/fd" % server.process.pid))


def is_sanitized(server):
    """A sanitizer's own memory says nothing about ours."""
    with open("/proc/%d/maps" % server.process.pid, encoding="utf-8", errors="replace") as file:
        return "libasan" in (maps := file.read()) or "libtsan" in maps


class Dribble(threading.Thread):
    """Sends one more byte a second to each of its connections; knows which ones the server ended."""

    def __init__(self, connections):
        super().__init__(daemon=True)
        self.open, self.ended, self.stop = dict(connections), {}, False
        self.start_time = time.monotonic()

    def run(self):
        while not self.stop:
            for name, connection in list(self.open.items()):
                try:
                    if name != "says nothing":
                        connection.sendall(b"x")
                    connection.settimeout(0.01)
                    if connection.recv(4096) == b"":
                        raise ConnectionError
                except TimeoutError:
                    continue
                except OSError:
                    self.ended[name] = time.monotonic() - self.start_time
                    del self.open[name]
            time.sleep(1)


def slow_ones(port):
    starts = {
        "header without end": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ",
        "address without end": b"GET /",
        "body without end": request("POST", "/sign-in", "Content-Type: " + FORM, "Content-Length: 100000"),
        "chunk without end": request("POST", "/sign-in", "Transfer-Encoding: chunked", body=b"ffff\r\n"),
        "says nothing": b"",
    }
    for name, start in starts.items():
        connection = connect(port)
        connection.sendall(start)
        yield name, connection


def idle_ones(port, count):
    """Connections that have asked once and hold on to their place."""
    list_ = []
    for _ in range(count):
        connection = connect(port)
        connection.sendall(request("HEAD", "/assets/style.css"))
        list_.append(connection)
    for connection in list_:
        contains(head_of(connection), b"200 OK", "an asset")
    return list_


@case("slow clients are ended within seconds; 5,000 idle connections cost little and hinder nobody", slow=True)
def _():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + 600:
        raise Skip("this machine allows only %d open files" % hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    office = demo().copy()
    try:
        with Server(office) as server:
            browser = server.browser("luoshiqi")
            browser.get("/r/leader_duty")
            files, before = descriptors(server), resident(server)
            slow = Dribble(slow_ones(server.port))
            slow.start()
            idle = idle_ones(server.port, IDLE)
            with_idle = resident(server)
            print("# resident: %d KB, with %d idle connections %d KB, %.1f KB each" % (
                before, IDLE, with_idle, (with_idle - before) / IDLE))
            check(is_sanitized(server) or with_idle - before < 30 * IDLE, "an idle connection takes %d KB" % ((with_idle - before) / IDLE))
            with Crowd([server.port], [Seat(browser)], 8, "闲时") as crowd:
                time.sleep(1)
            equal(set(crowd.statuses()), {303}, "answers beside idle connections")
            check(crowd.slowest() < 5, "an act took %.1f s" % crowd.slowest())
            while slow.open and time.monotonic() - slow.start_time < 40:
                time.sleep(0.5)
            check(not slow.open, "still there: %s" % list(slow.open))
            print("# ended after: " + ", ".join("%s %.0f s" % pair for pair in slow.ended.items()))
            equal(browser.get("/").status, 200, "the workbench")
            for connection in idle:
                connection.close()
            end = time.monotonic() + 10
            while descriptors(server) > files + 60 and time.monotonic() < end:
                time.sleep(0.1)
            check(descriptors(server) <= files + 60, "%d descriptors stay open" % descriptors(server))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    check_kept(office, crowd.acknowledged(), "闲时")


@case("more connections than there are places: the rest are told so, and places become free")
def _():
    with Server(demo().copy(), before=("prlimit", "--nofile=700:700")) as server:
        places = 700 - 512
        idle = idle_ones(server.port, places)
        answer = exchange(server.port, request("GET", "/sign-in"))
        contains(answer, b"HTTP/1.1 503", "beyond the places")
        contains(answer, "现在访问的人太多".encode(), "what is said")
        contains(answer, b"Retry-After", "when to come again")
        crowd = [connect(server.port) for _ in range(400)]
        time.sleep(0.2)
        check(descriptors(server) < 700, "%d descriptors" % descriptors(server))
        refused = exchange(server.port, request("GET", "/sign-in"), 5)
        check(b"503" in refused or refused == b"", "beyond all room: %r" % refused[:100])
        for connection in crowd:
            connection.close()
        # Who only holds a place loses it.
        end = time.monotonic() + 15
        while b"200 OK" not in (answer := exchange(server.port, request("GET", "/sign-in", "Connection: close"))):
            check(time.monotonic() < end, "still no place: %r" % answer[:80])
            time.sleep(0.5)
        for connection in idle:
            connection.close()


def send_much(port, head, piece, pieces, answers):
    """Sends a large body as far as it is taken."""
    with connect(port) as connection:
        try:
            connection.sendall(head)
            for _ in range(pieces):
                connection.sendall(piece)
        except OSError:
            pass
        answers.append(read_all(connection, 10))


@case("oversized requests: 413, 414 and 431 in Chinese, memory stays flat")
def _():
    with Server(demo().copy()) as server:
        port = server.port
        browser = server.browser("luoshiqi")
        before = resident(server)
        form = "Content-Type: " + FORM
        answer = exchange(port, request("POST", "/sign-in", form, "Content-Length: %d" % (1 << 40)))
        contains(answer, b"HTTP/1.1 413", "a body of a terabyte")
        contains(answer, "提交的内容超过了允许的大小".encode(), "what is said")
        answer = exchange(port, request("GET", "/search?q=" + "x" * 9000, "Connection: close"))
        contains(answer, b"HTTP/1.1 414", "an address of 9 KB")
        contains(answer, "网址太长".encode(), "what is said")
        answer = exchange(port, request("GET", "/", "Cookie: a=" + "x" * 9000, "Connection: close"))
        contains(answer, b"HTTP/1.1 431", "a cookie of 9 KB")
        contains(answer, "请求头太长".encode(), "what is said")
        answer = exchange(port, request("GET", "/", *["X-%d: %s" % (n, "y" * 1000) for n in range(500)]), 5)
        check(answer == b"" or b" 431 " in answer[:20], "headers of 500 KB: %r" % answer[:60])
        answers, threads = [], []
        announced = request("POST", "/import/leader_duty", form, "Content-Length: %d" % (20 << 20), "Connection: close")
        endless = request("POST", "/sign-in", form, "Transfer-Encoding: chunked", "Connection: close")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(8):
            threads.append(threading.Thread(target=send_much, args=(port, announced, b"x" * 65536, 320, answers)))
            threads.append(threading.Thread(target=send_much, args=(port, endless, chunk, 400, answers)))
        for thread in threads:
            thread.start()
        peak = before
        while any(thread.is_alive() for thread in threads):
            peak = max(peak, resident(server))
            time.sleep(0.02)
        print("# resident: %d KB, at most %d KB while strangers sent 360 MB" % (before, peak))
        check(is_sanitized(server) or peak - before < 40 * 1024, "memory grew by %d KB" % (peak - before))
        signed = [a for a in answers if b"/sign-in" in a]
        check(len(signed) == 8, "%d of 8 strangers were sent to sign in" % len(signed))
        equal(browser.get("/").status, 200, "the workbench afterwards")


class Sipper(threading.Thread):
    """Asks for the same answer over many connections, and takes so many bytes a second of each."""

    def __init__(self, port, path, seat, count, speed):
        super().__init__(daemon=True)
        self.speed, self.stop, self.heads, self.connections = speed, False, [], []
        for _ in range(count):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            connection.settimeout(30)
            connection.connect(("127.0.0.1", port))
            connection.sendall(request("GET", path, "Connection: close", "Cookie: " + seat.cookie))
            self.connections.append(connection)

    def run(self):
        for connection in self.connections:
            self.heads.append(connection.recv(self.speed))
        while not self.stop:
            time.sleep(1)
            for connection in self.connections:
                connection.settimeout(0.01)
                try:
                    connection.recv(self.speed)
                except OSError:
                    pass  # nothing new, or ended: what it has in its buffer it may still take

    def close(self):
        self.stop = True
        self.join()
        for connection in self.connections:
            connection.close()


@case("readers slower than 2 KB/s: their answers take bounded memory, others are served, they are ended in time", slow=True)
def _():
    content = random.Random(8).randbytes(8 << 20)
    with Server(demo().copy()) as server:
        browser = server.browser("luoshiqi")
        seat = Seat(browser)
        page = send(browser, "/r/leader_duty/new", dict(DUTY, subject="慢读"), {"evidence_file": ("材料.bin", content)})
        path = re.search(r'href="(/r/leader_duty/\d+/files/[0-9a-f]{64})"', page.text)[1]
        before, peak = resident(server), 0
        steady = Sipper(server.port, path, seat, 1, 8192)
        steady.start()
        slow = Sipper(server.port, path, seat, 60, 200)
        start = time.monotonic()
        slow.start()
        while len(slow.heads) < 60 and time.monotonic() - start < 20:
            peak = max(peak, resident(server))
            time.sleep(0.1)
        refused = sum(b" 503 " in head[:20] for head in slow.heads)
        check(sum(b" 200 OK" in head[:20] for head in slow.heads) + refused == 60, "answers: %s" % set(h[:20] for h in slow.heads))
        equal(browser.get("/").status, 200, "the workbench beside them")
        browser.get("/r/leader_duty/new")
        equal(browser.post("/r/leader_duty/new", subject="慢读之时", **DUTY).status, 200, "an act beside them")
        check(is_sanitized(server) or refused, "480 MB were kept for readers that do not take them")
        page = browser.get(path)
        check(is_sanitized(server) or page.status == 503, "one more download: %d" % page.status)
        if page.status == 503:
            contains(page.text, "现在下载的人太多", "what is said")
        while browser.get(path).status == 503 and time.monotonic() - start < 60:
            peak = max(peak, resident(server))
            time.sleep(0.5)
        took = time.monotonic() - start
        print("# resident: %d KB, at most %d KB; %d of 60 were refused; downloads again after %.0f s" % (before, peak, refused, took))
        check(took < 45, "the slow ones are still there after %.0f s" % took)
        check(is_sanitized(server) or peak - before < 360 * 1024, "memory grew by %d KB" % (peak - before))
        with browser.opener.open(browser.base + path) as answer:
            equal(answer.read(), content, "the file afterwards")
        # Who keeps the least speed is let be.
        steady.stop = True
        steady.join()
        steady.connections[0].settimeout(30)
        rest = 0
        while rest < 6 << 20:
            part = steady.connections[0].recv(1 << 20)
            check(part, "the steady reader was ended")
            rest += len(part)
        steady.close()
        slow.close()


def garbage(dice):
    """Something like a request, or not at all."""
    noise = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 300)))
    good = request("POST", "/sign-in", "Content-Type: " + FORM, "Content-Length: 9", body=b"name=abcd")
    cut = good[:dice.randrange(len(good))]
    at = dice.randrange(len(good))
    boundary = "Content-Type: multipart/form-data; boundary=" + "".join(dice.choice("ab-\"; =") for _ in range(dice.randrange(80)))
    return dice.choice((
        noise,
        cut,
        good[:at] + noise + good[at:],
        good[:at] + b"\0" + good[at + 1:],
        good * dice.randrange(2, 30),
        request("GET", "/" + "%00%ff%zz../"[:dice.randrange(13)], "Connection: close"),
        request("GET", "/", "Cookie: fazhi=" + noise.hex(), "Connection: close"),
        request("POST", "/sign-in", "Content-Length: -5", body=noise),
        request("POST", "/sign-in", "Content-Length: 99999999999999999999999", body=noise),
        request("POST", "/sign-in", "Content-Length: 3", "Content-Length: 30", body=noise),
        request("POST", "/sign-in", "Content-Length: 5", "Transfer-Encoding: chunked", body=noise),
        request("POST", "/sign-in", "Transfer-Encoding: chunked", body=b"zz\r\n" + noise),
        request("POST", "/sign-in", "Transfer-Encoding: chunked", body=b"ffffffffffffffff\r\n" + noise),
        request("POST", "/sign-in", "Transfer-Encoding: chunked", body=b"5;" + noise + b"\r\nabcde\r\n0\r\n\r\n"),
        request("POST", "/import/leader_duty", boundary, "Content-Length: %d" % len(noise), "Connection: close", body=noise),
        request("POST", "/sign-in", "Expect: 100-continue", "Content-Length: 5", "Connection: close", body=noise),
        b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\r\n\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise,
    ))


@case("what is no HTTP, or half of it, does no harm")
def _():
    office = demo().copy()
    with Server(office) as server:
        browser = server.browser("luoshiqi")
        before, faults = resident(server), []

        def send(seed):
            dice = random.Random(seed)
            for _ in range(15):
                with connect(server.port) as connection:
                    try:
                        connection.sendall(garbage(dice))
                        if dice.random() < 0.5:
                            connection.shutdown(socket.SHUT_WR)
                    except OSError:
                        continue
                    answer = read_all(connection, 0.2)
                    if answer[:12] in (b"HTTP/1.1 500", b"HTTP/1.1 503"):
                        faults.append(answer[:200])

        threads = [threading.Thread(target=send, args=(seed,)) for seed in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(not faults, "garbage is answered %s" % faults[:3])
        # Pipelined requests are answered one after the other, all of them.
        answer = exchange(server.port, request("GET", "/sign-in") * 20 + request("GET", "/sign-in", "Connection: close"))
        equal(answer.count(b"HTTP/1.1 200 OK"), 21, "answers to 21 pipelined requests")
        equal(browser.get("/").status, 200, "the workbench afterwards")
        browser.get("/r/leader_duty/new")
        equal(browser.post("/r/leader_duty/new", subject="乱码之后", **DUTY).status, 200, "an act afterwards")
        check(is_sanitized(server) or resident(server) - before < 30 * 1024, "memory grew by %d KB" % (resident(server) - before))
        equal(server.stop(), 0, "the end")
    office.replay()
