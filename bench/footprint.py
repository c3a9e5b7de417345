"""What the program takes: start to the first answer, resident memory idle and under load, the size of the binary."""
import http.client
import os
import re
import shutil
import statistics
import subprocess
import time

import harness
from ticket_offices import served
from setting import REGISTER, REPEATS, load, say


def first_answer(office):
    """Milliseconds from the start of the process to the end of its first page."""
    port = harness.free_port()
    begin = time.perf_counter()
    process = subprocess.Popen([harness.FAZHI, "serve", "--listen", "127.0.0.1:%d" % port] + office.options(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - begin < 60:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port)
                connection.request("GET", "/sign-in")
                if connection.getresponse().read():
                    return (time.perf_counter() - begin) * 1000
            except ConnectionError:
                time.sleep(0.001)
        raise SystemExit("no answer within 60 s of the start")
    finally:
        process.terminate()
        process.wait()


def resident(pid, what):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(what + r":\s+(\d+)", file.read())[1]) / 1024


def run(table, backend, size):
    say("footprint on %s" % backend.name)
    office = backend.office(size)
    times = [first_answer(office) for _ in range(REPEATS)]
    table.add("%s: start to first answer, %s records" % (backend.name, format(size, ",")),
              "%.0f ms" % statistics.median(times), runs=REPEATS)
    with served(office) as server:
        idle = resident(server.pid, "VmRSS")
        load(server.port, "/r/" + REGISTER, connections=64, headers=server.headers, seconds=5)
        table.add("%s: resident memory, %s records" % (backend.name, format(size, ",")),
                  "%.0f MiB idle, at most %.0f MiB" % (idle, resident(server.pid, "VmHWM")), runs=1,
                  note="mapped parts of the database file included; 64 clients asking for a list for 5 s")


def binary(table):
    copy = harness.new_path("fazhi")
    shutil.copy(harness.FAZHI, copy)
    subprocess.run(["strip", copy], check=True)
    table.add("size of the program", "%.1f MB, %.1f MB stripped" % (os.path.getsize(harness.FAZHI) / 1e6, os.path.getsize(copy) / 1e6),
              note="with definitions, web assets and demonstration data")
