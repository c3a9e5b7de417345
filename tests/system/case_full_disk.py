"""A full disk: nothing half done, clear answers, and work goes on when there is room again, without a restart."""
import contextlib
import ctypes
import os
import re
import shutil
import time

from case_import import GOOD, sheet
from case_import_page import go_form, upload
from case_pages import send
from harness import FAILED, Office, Server, Skip, case, check, contains, demo, equal, new_path
from load import DUTY, Crowd, Seat, check_kept

NEW_MOUNTS, RECURSIVE, PRIVATE = 0x20000, 0x4000, 1 << 18
FULL = "磁盘已满"


class Disk:
    """A small disk of its own, in memory; seen by this process and those it starts."""

    def __init__(self, megabytes):
        libc = ctypes.CDLL(None, use_errno=True)
        self.libc, self.place = libc, new_path("disk")
        os.mkdir(self.place)
        if libc.unshare(NEW_MOUNTS) != 0 or libc.mount(b"none", b"/", None, RECURSIVE | PRIVATE, None) != 0:
            raise Skip("a disk may not be mounted here: " + os.strerror(ctypes.get_errno()))
        size = b"size=%dm" % megabytes
        if libc.mount(b"tmpfs", self.place.encode(), b"tmpfs", 0, size) != 0:
            raise Skip("a disk may not be mounted here: " + os.strerror(ctypes.get_errno()))

    def path(self, name):
        return os.path.join(self.place, name)

    def fill(self, leave=0):
        """Takes all but `leave` bytes."""
        space = os.statvfs(self.place)
        rest = space.f_bavail * space.f_frsize - leave
        with open(self.path("filler"), "ab") as file:
            with contextlib.suppress(OSError):
                while rest > 0:
                    file.write(b"\0" * min(rest, 65536))
                    file.flush()
                    rest -= 65536

    def free(self):
        os.unlink(self.path("filler"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.libc.umount2(self.place.encode(), 2)


def office_on(disk):
    """The demonstration office in the folder's file, on that disk."""
    if not demo().file:
        raise Skip("the server's disk is not ours to fill")
    office = Office(disk.path("data"))
    shutil.copytree(demo().data, office.data)
    return office


@case("a full disk under load: each act is saved or refused in words; with room again work goes on")
def _():
    with Disk(24) as disk:
        office = office_on(disk)
        with Server(office) as server:
            browser = server.browser("luoshiqi")
            seat = Seat(browser)
            disk.fill(leave=1 << 20)
            with Crowd([server.port], [seat], 8, "满时") as crowd:
                end = time.monotonic() + 30
                while not crowd.answers(503) and time.monotonic() < end:
                    time.sleep(0.1)
                time.sleep(1)
            check(set(crowd.statuses()) == {303, 503}, "answers: %s %s" % (
                crowd.statuses(), [re.sub(r"<[^>]*>|\s+", " ", text)[-300:] for status in crowd.statuses() if status not in (303, 503)
                                   for text in crowd.answers(status)[:1]]))
            for text in crowd.answers(503):
                contains(text, FULL, "an answer")
            equal(browser.get("/r/leader_duty").status, 200, "reading on a full disk")
            disk.free()
            with Crowd([server.port], [seat], 8, "满时又") as after:
                time.sleep(1)
            equal(set(after.statuses()), {303}, "answers with room again")
            print("# %d acts before, %d refused, %d after" % (len(crowd.acknowledged()), crowd.statuses()[503], len(after.acknowledged())))
            equal(server.stop(), 0, "the end")
        check_kept(office, crowd.acknowledged() + after.acknowledged(), "满时")


@case("a full disk: signing in, a file sent, an import, an export and a backup say so, and nothing half remains")
def _():
    with Disk(24) as disk:
        office = office_on(disk)
        with Server(office, before=("env", "TMPDIR=" + disk.place), clock=True) as server:
            browser, importer = server.browser("luoshiqi"), server.browser("tanjingwen")
            ready = go_form(upload(importer, sheet(GOOD).encode()))
            browser.get("/r/leader_duty/new")
            disk.fill()
            with Crowd([server.port], [Seat(browser)], 2, "先满"):
                time.sleep(1)
            page = server.browser().sign_in("luoshiqi", "Yuejin-2024")
            check(page.status == 503 or "/sign-in" not in page.url, "signing in: %d" % page.status)
            if page.status == 503:
                contains(page.text, FULL, "signing in")
            page = send(browser, "/r/leader_duty/new", dict(DUTY, subject="带附件"), {"evidence_file": ("大.pdf", b"%PDF" + b"x" * (1 << 20))})
            equal(page.status, 503, "a file sent")
            contains(page.text, FULL, "a file sent")
            page = upload(importer, (sheet(GOOD) + "\n" * 100000).encode())
            contains(page.text, FULL, "an import's file")
            ready.pop("_token")
            page = importer.post("/import/leader_duty/go", **ready)
            contains(page.text, FULL, "an import")
            page = browser.get("/r/leader_duty/export?format=xlsx")
            check(page.status == 503, "an export: %d" % page.status)
            contains(page.text, "满", "an export")
            result = office.run(FAILED, "backup", disk.path("backup"))
            contains(result.err, FULL, "a backup")
            disk.free()
            check(not [name for name in os.listdir(disk.place) if name != "data"], "left behind: %s" % os.listdir(disk.place))
            page = send(browser, "/r/leader_duty/new", dict(DUTY, subject="带附件"), {"evidence_file": ("大.pdf", b"%PDF" + b"x" * (1 << 20))})
            equal(page.status, 200, "the same file with room again")
            contains(importer.post("/import/leader_duty/go", **ready).text, "已导入 3 行", "the import with room again")
            equal(browser.get("/r/leader_duty/export?format=xlsx").status, 200, "the export with room again")
            office.run(0, "backup", disk.path("backup"))
        office.replay()
        Office(disk.path("backup")).replay()


