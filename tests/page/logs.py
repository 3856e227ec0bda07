"""Writes the logs that no sample is long or strange enough for: 300 rows, names in other
scripts, one message, many days."""

import sys
from pathlib import Path

MONTHS = ["Jan", "Feb", "Mar"]


def message(stamp, queue_id, sender, recipient, status="sent (250 2.0.0 Ok)"):
    """One message as it passes a mail host."""
    head = f"{stamp} mx1 postfix/"
    yield f"{head}smtpd[811]: {queue_id}: client=client.example.net[192.0.2.10]"
    yield f"{head}cleanup[812]: {queue_id}: message-id=<{queue_id}@example.net>"
    yield f"{head}qmgr[700]: {queue_id}: from=<{sender}>, size=2048, nrcpt=1 (queue active)"
    yield (
        f"{head}smtp[813]: {queue_id}: to=<{recipient}>, relay=mx.example.org[192.0.2.20]:25,"
        f" delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, status={status}"
    )
    yield f"{head}qmgr[700]: {queue_id}: removed"


def many_rows():
    for n in range(300):
        stamp = f"Feb 17 {n // 60:02}:{n % 60:02}:00"
        yield from message(stamp, f"{0xA0000 + n:06X}F00D", f"s{n}@d{n}.example", f"r{n}@example.org")


def scripts():
    names = ["דנה@example.org", "سلمى@example.org", "😀🎉@example.org", "ann\u202e@example.org"]
    for n, name in enumerate(names):
        yield from message(f"Feb 17 10:0{n}:00", f"B0000{n}F00D", name, name)


def one():
    yield from message("Feb 17 10:00:00", "C00001F00D", "ann@example.net", "ben@example.org")


def days():
    for n in range(84):
        stamp = f"{MONTHS[n // 28]} {n % 28 + 1:2} {n % 24:02}:00:00"
        yield from message(stamp, f"D000{n:02}F00D", "ann@example.net", "ben@example.org")


for name, lines in [("rows", many_rows), ("scripts", scripts), ("one", one), ("days", days)]:
    text = "".join(line + "\n" for line in lines())
    Path(sys.argv[1], f"{name}.log").write_text(text, encoding="utf-8")
