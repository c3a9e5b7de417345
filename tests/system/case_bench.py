"""The benchmark's tickets are what an office would import: no fault, and each matter as far as its row tells."""
import os
import sys

from harness import ROOT, YES, case, check, demo, equal, new_path

sys.path.insert(1, os.path.join(ROOT, "bench"))
from tickets import Tickets  # noqa: E402

COUNT, OPEN = 120, 9


def imported(tickets):
    office = demo().copy()
    before = office.rows("select count(*) as n from hotline_order")[0]["n"]
    path = new_path("tickets.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        tickets.write(file)
    office.run(YES, "import", "hotline_order", path, "--as", "mengzihan")
    equal(office.rows("select count(*) as n from hotline_order")[0]["n"] - before, COUNT, "records")
    return office


@case("generated tickets enter by the ordinary import, with texts of their own and with real ones; the last stay open")
def _():
    for real in (False, True):
        tickets = Tickets(COUNT, seed=3, open_count=OPEN)
        if not real:
            tickets.real = None
        office = imported(tickets)
        rows = office.rows("select stage, count(*) as n from hotline_order where source_number like 'LZ12345-202500000%' group by stage")
        stages = {row["stage"]: row["n"] for row in rows}
        equal(sum(stages.get(stage, 0) for stage in ("received", "signed", "assigned")), OPEN, "open tickets")
        equal(stages.get("closed", 0) + stages.get("returned", 0), COUNT - OPEN, "tickets that are done")
        check(stages.get("returned"), "no ticket was returned")


@case("the same seed gives the same tickets")
def _():
    rows = []
    for seed in (1, 1, 2):
        tickets = Tickets(50, seed=seed)
        rows.append([tickets.row(i) for i in range(50)])
    equal(rows[0], rows[1], "the rows of one seed")
    check(rows[0] != rows[2], "two seeds give the same rows")
