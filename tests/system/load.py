"""Many clients at once, who remember what they were told."""
import http.client
import random
import threading
import time
import urllib.parse

from harness import check

DUTY = {"duty_on": "2026-11-20", "leader_post": "secretary", "leader": "方志明", "duty_type": "deploy",
        "matter_type": "rule_of_law", "activity": "special_meeting", "result": "分三组自查", "evidence": "会议纪要"}
FORM = "application/x-www-form-urlencoded"


class Seat:
    """A signed-in person's cookie and form token."""

    def __init__(self, browser):
        browser.get("/r/leader_duty/new")
        self.cookie = "; ".join("%s=%s" % (c.name, c.value) for c in browser.cookies)
        self.token = browser.token

    def headers(self):
        return {"Cookie": self.cookie, "Content-Type": FORM}


class Poster(threading.Thread):
    """Posts new records one after another, to one of the servers as the dice fall; no subject is sent twice."""

    def __init__(self, ports, seat, name, pause=0.0, timeout=40):
        super().__init__(daemon=True)
        self.ports, self.seat, self.prefix, self.pause, self.timeout = ports, seat, name, pause, timeout
        self.acknowledged, self.statuses, self.slowest, self.tried, self.stop = [], {}, 0.0, 0, False
        self.last = {}  # the last answer of each status
        self.dice = random.Random(name)

    def run(self):
        connections = {}
        while not self.stop:
            port = self.dice.choice(self.ports)
            subject = "%s-%d" % (self.prefix, self.tried)
            self.tried += 1
            start = time.monotonic()
            try:
                connection = connections.get(port) or http.client.HTTPConnection("127.0.0.1", port, timeout=self.timeout)
                connections[port] = connection
                body = urllib.parse.urlencode(dict(DUTY, subject=subject, _token=self.seat.token))
                connection.request("POST", "/r/leader_duty/new", body, self.seat.headers())
                answer = connection.getresponse()
                text = answer.read().decode("utf-8", "replace")
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                connections.pop(port).close()
                status, text = "gone", repr(error)
                time.sleep(0.05)
            self.slowest = max(self.slowest, time.monotonic() - start)
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.last[status] = text
            if status == 303:
                self.acknowledged.append(subject)
            if self.pause or status == 503:
                time.sleep(self.pause or 0.01)


class Crowd:
    """Posters at work for the time of a `with`."""

    def __init__(self, ports, seats, count, name, **options):
        self.posters = [Poster(ports, seats[n % len(seats)], "%s-%d" % (name, n), **options) for n in range(count)]

    def __enter__(self):
        for poster in self.posters:
            poster.start()
        return self

    def __exit__(self, *_):
        for poster in self.posters:
            poster.stop = True
        for poster in self.posters:
            poster.join(60)
            check(not poster.is_alive(), "a client still waits for its answer")

    def acknowledged(self):
        return [subject for poster in self.posters for subject in poster.acknowledged]

    def statuses(self):
        total = {}
        for poster in self.posters:
            for status, count in poster.statuses.items():
                total[status] = total.get(status, 0) + count
        return total

    def answers(self, status):
        return [poster.last[status] for poster in self.posters if status in poster.last]

    def slowest(self):
        return max(poster.slowest for poster in self.posters)


def check_kept(office, acknowledged, prefix):
    """Every acknowledged act is there, once; and so is each of the others, if at all. The log replays."""
    rows = office.list("leader_duty", "subject starts with '%s'" % prefix)
    subjects = [row["subject"] for row in rows]
    lost = set(acknowledged) - set(subjects)
    check(not lost, "%d of %d acknowledged acts are lost: %s" % (len(lost), len(acknowledged), sorted(lost)[:5]))
    check(len(subjects) == len(set(subjects)), "%d acts are there twice" % (len(subjects) - len(set(subjects))))
    office.replay()
    return rows
