"""Durable acts a second over HTTP, against as many rows written by the bare database under the same commits."""
import json

import harness
from ticket_offices import remove, served
from setting import REGISTER, REPEATS, Limit, load, medians, say

CLIENTS = (1, 16, 64)
PRIME = 1000
CREATE = {"subject": "紫薇园北门夜间施工噪声扰民", "platform": "city", "kind": "complaint", "topic": "environment",
          "urgency": "normal", "dispatched_on": "2026-11-24", "caller": "黄宏达", "phone": "10041460459",
          "content": "来电人反映紫薇园北门对面工地凌晨一点还在浇筑混凝土，老人和孩子无法入睡，已经持续三天，多次向施工方反映都没有结果，"
                     "希望尽快派人到场核查，并公布处理时限。第{n}件。",
          "place": "紫薇园北门{n}号", "community": "紫薇园社区居委会", "hard": "no", "source_platform": "柳州市12345热线",
          "source_number": "B-{n}"}
JSON = ["Content-Type: application/json"]
PATH = "/api/r/%s/acts/create" % REGISTER


class Numbers:
    """A run of the load client begins where the one before ended."""

    def __init__(self):
        self.next = 1

    def load(self, port, path, body, **options):
        answer = load(port, path, body=body, first=self.next, **options)
        self.next += answer["requests"]
        return answer


def table_counts(office):
    """Rows by table. SQLite's text index has none that could be counted."""
    if office.file:
        names = "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'"
    else:
        names = "select table_name as name from information_schema.tables where table_schema = current_schema()"
    each = " union all ".join("select '%s' as name, count(*) as n from \"%s\"" % (row["name"], row["name"])
                              for row in office.rows(names))
    return {row["name"]: row["n"] for row in office.rows(each)}


def added(before, after, acts):
    """What an act added to each table: "fz_act 1, …"."""
    return ", ".join("%s %.3g" % (name, (after[name] - n) / acts) for name, n in sorted(before.items())
                     if after[name] - n > acts / 10)


def measure(table, title, server, limit, body, numbers):
    for clients in CLIENTS:
        ours, bare = [], []
        for _ in range(REPEATS):
            ours.append(numbers.load(server.port, PATH, body, connections=clients, headers=server.headers + JSON))
            bare.append(load(limit.port, "/act", body=body, connections=clients))
        mine = medians(ours)
        table.rate("%s, %d client%s" % (title, clients, "s" if clients > 1 else ""), "acts/s", mine, medians(bare), "≥ 70%",
                   "p50 %.1f ms, p99 %.1f ms" % (mine["p50_ms"], mine["p99_ms"]))


def run(table, backend, size):
    say("acts on %s" % backend.name)
    office, numbers = backend.office(size).copy(), Numbers()
    body = harness.write("create.json", json.dumps({"inputs": CREATE}, ensure_ascii=False))
    before = table_counts(office)
    with served(office) as server:
        numbers.load(server.port, PATH, body, connections=4, count=PRIME, warm=0, headers=server.headers + JSON)
        server.server.stop()
    grown = added(before, table_counts(office), PRIME)
    copy = office.copy()
    before = table_counts(copy)
    program, arguments = backend.limit(copy)
    with Limit(program, harness.free_port(), *arguments, *backend.pattern(copy)) as limit:
        load(limit.port, "/act", body=body, count=PRIME, warm=0)
        table.add("%s: rows that an act adds" % backend.name, grown, added(before, table_counts(copy), PRIME),
                  note="and two counters and the head of the chain are updated, in both")
        with served(office) as server:
            measure(table, "%s: durable acts over HTTP" % backend.name, server, limit, body, numbers)
        say("  limit: %s" % limit.stop())
    remove(copy)
    remove(office)
