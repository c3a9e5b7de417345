"""What all parts of the benchmark share: sizes, the built programs, the load client, the limit programs.

BENCH_SCALE chooses the sizes, BENCH_POSTGRES_SCALE others for PostgreSQL; BENCH_BUILD is the build folder (a release build); BENCH_REPEATS how often a measurement
is repeated, BENCH_SECONDS how long each lasts. Databases lie in TMPDIR."""
import json
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.environ.get("BENCH_BUILD", os.path.join(ROOT, "build-bench")))
os.environ["FAZHI"] = os.path.join(BUILD, "fazhi")
sys.path[:0] = [os.path.join(ROOT, "tests", "system"), os.path.join(ROOT, "tests")]
sys.dont_write_bytecode = True

SCALE = os.environ.get("BENCH_SCALE", "full")
POSTGRES_SCALE = os.environ.get("BENCH_POSTGRES_SCALE", SCALE)
SIZES = {"tiny": (1000, 4000), "small": (10000, 100000), "full": (10000, 100000, 1000000),
         "huge": (10000, 100000, 1000000, 10000000)}
LIST_MOST = 1000000
REPEATS = int(os.environ.get("BENCH_REPEATS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
WARM = 0.3
CORES = os.cpu_count() or 1
REGISTER = "hotline_order"


def say(text):
    print(text, file=sys.stderr, flush=True)


def load(port, path=None, paths=None, body=None, connections=1, seconds=SECONDS, warm=WARM, count=0, headers=(), first=1):
    """One run of the load client: its JSON. Any answer but 200 ends the benchmark: what failed is no measurement."""
    command = [os.path.join(BUILD, "bench", "load"), "--port", port, "--connections", connections, "--seconds", seconds,
               "--warm", warm, "--from", first]
    command += ["--paths", paths] if paths else ["--path", path]
    command += ["--body", body] if body else []
    command += ["--count", count] if count else []
    for header in headers:
        command += ["--header", header]
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
    answer = json.loads(done.stdout)
    if answer["errors"]:
        raise SystemExit("%s: %d of %d requests failed: %s" % (path or paths, answer["errors"], answer["requests"],
                                                              answer["first_error"]))
    return answer


def medians(answers):
    """The median of each number over several runs, and how many runs there were."""
    result = {key: statistics.median(a[key] for a in answers) for key in ("rate", "p50_ms", "p99_ms")}
    result["repeats"] = len(answers)
    return result


class Page:
    """What is asked for one measurement of a page, or of several in turn."""

    def __init__(self, port, path=None, paths=None, headers=(), pid=None):
        self.port, self.path, self.paths, self.headers, self.pid = port, path, paths, headers, pid
        self.answers, self.processor = [], 0.0

    def load(self, **options):
        return load(self.port, self.path, self.paths, headers=self.headers, **options)

    def plan(self):
        """A slow page is asked less often, but at least 20 times in all."""
        one = self.load(count=3, warm=0)["p50_ms"] / 1000
        self.repeats = REPEATS if one < 0.5 else 1
        self.seconds = max(SECONDS / 2, min(20 * one / self.repeats, 60))
        self.warm = 0 if one > 0.1 else 0.1

    def run(self):
        if len(self.answers) == self.repeats:
            return
        before = processor_seconds(self.pid)
        self.answers.append(self.load(seconds=self.seconds, warm=self.warm))
        self.processor += processor_seconds(self.pid) - before

    def result(self):
        result = medians(self.answers)
        result["processor_ms"] = 1000 * self.processor / sum(a["requests"] for a in self.answers)
        return result


def processor_seconds(pid):
    if not pid:
        return 0.0
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def page_times(*pages):
    """p50 and p99 of pages over one connection, asked by turns so that what else the machine does meets them alike. A
    page may be None; its result is None."""
    asked = [page for page in pages if page]
    for page in asked:
        page.plan()
    for _ in range(REPEATS):
        for page in asked:
            page.run()
    return [page.result() if page else None for page in pages]


class Limit:
    """A limit program that serves: acts, when its arguments name a pattern, and named queries."""

    def __init__(self, program, port, *arguments, queries=None):
        self.port = port
        command = [os.path.join(BUILD, "bench", program), "--port", port] + list(arguments)
        for name, sql in (queries or {}).items():
            command += ["--query", "%s=%s" % (name, sql)]
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise SystemExit("%s did not start" % program)

    def page(self, query=None, paths=None):
        return Page(self.port, None if paths else "/q/" + query, paths)

    def stop(self):
        self.process.terminate()
        last = self.process.stdout.read().strip()
        self.process.wait()
        return last

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def run_measured(command, log):
    """(status, seconds, of processor, peak resident MiB) of a command whose output goes to the file `log`."""
    begin = time.perf_counter()
    with open(log, "wb") as out:
        process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
