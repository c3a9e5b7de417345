#!/usr/bin/env python3
"""A PostgreSQL server of our own for tests and benchmarks: made in a temporary folder, on a socket of 127.0.0.1, gone at
the end.

    tests/postgres.py COMMAND…    runs the command with FAZHI_TEST_POSTGRES=postgresql://… in its environment
"""
import contextlib
import glob
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

OPTIONS = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=256MB",
           "-c", "logging_collector=off", "-c", "log_line_prefix=[%d] "]


def programs():
    """The folder of initdb and postgres; None where Debian's package is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    return os.path.dirname(found[-1]) if found else None


def free_port():
    """A port to listen on: below those that the kernel gives to connections, of which other suites may hold thousands."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first = int(file.read().split()[0])
    below = first if first > 12000 else 60000
    dice = random.SystemRandom()
    while True:
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", dice.randrange(10000, below)))
            return s.getsockname()[1]


class Postgres:
    def __init__(self, *options):
        self.bin = programs()
        self.folder = tempfile.mkdtemp(prefix="fazhi-postgres-")
        self.data = os.path.join(self.folder, "data")
        self.port = free_port()
        self.options = list(options)
        # PostgreSQL refuses to run as root: its own account runs it, as on a real server.
        self.account = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.run("initdb", "-D", self.data, "-U", "fazhi", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                 "--no-sync")
        self.process = None
        self.start()

    def as_account(self):
        if not self.account:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def run(self, name, *arguments):
        done = subprocess.run([os.path.join(self.bin, name)] + list(arguments), stdin=subprocess.DEVNULL, cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self.as_account())
        if done.returncode:
            raise RuntimeError("%s: %s" % (name, done.stdout.decode("utf-8", "replace")))

    def start(self):
        log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([os.path.join(self.bin, "postgres"), "-D", self.data, "-p", str(self.port), "-k",
                                         self.folder] + OPTIONS + self.options, stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log, cwd=self.folder, start_new_session=True, **self.as_account())
        end = time.monotonic() + 60
        while self.psql("postgres", "select 1", check=False) is None:
            if time.monotonic() > end or self.process.poll() is not None:
                with open(log.name, encoding="utf-8", errors="replace") as file:
                    raise RuntimeError("PostgreSQL does not start: " + file.read()[-2000:])
            time.sleep(0.1)

    def stop(self, how="fast"):
        """smart, fast, or immediate (as a power cut would)."""
        self.process.send_signal({"smart": 15, "fast": 2, "immediate": 3}[how])
        self.process.wait(60)

    def signal_all(self, which):
        """To the server and each of its processes: SIGSTOP freezes it with its sockets open, SIGCONT lets it go on."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], stdout=subprocess.PIPE, check=False)
        for pid in [self.process.pid] + [int(pid) for pid in children.stdout.split()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, which)

    def url(self, database):
        return "postgresql://fazhi@127.0.0.1:%d/%s" % (self.port, database)

    def psql(self, database, sql, check=True):
        """The answer without headings; None when it failed and `check` is off."""
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode == 0:
            return done.stdout.decode()
        if check:
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))
        return None

    def close(self):
        if self.process and self.process.poll() is None:
            self.signal_all(signal.SIGCONT)
            self.stop("immediate")
        shutil.rmtree(self.folder, True)


def main():
    if not programs():
        print("PostgreSQL is not installed", file=sys.stderr)
        return 3
    server = Postgres(*(["-c", "fsync=off"] if os.environ.get("FAZHI_TEST_NO_FSYNC") else []))
    try:
        return subprocess.run(sys.argv[1:], env=dict(os.environ, FAZHI_TEST_POSTGRES=server.url("postgres"),
                                                     FAZHI_TEST_POSTGRES_LOG=os.path.join(server.folder, "log"))).returncode
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
