"""Sets what pfsum says beside the truth."""


class Comparison:
    """Rows of key, truth, what was said; and whether any of them differ."""

    def __init__(self):
        self.rows, self.differs = [], False

    def row(self, key, true, said, equal):
        self.rows.append((key, true, said, "" if equal else "DIFFERS"))
        self.differs |= not equal

    def totals(self, truth, said):
        """Compares each key that the truth knows; a pair is a span."""
        for key, true in truth.items():
            low, high = true if isinstance(true, list) else (true, true)
            have = said.get(key)
            shown = str(low) if low == high else f"{low} to {high}"
            self.row(key, shown, have, have is not None and low <= have <= high)

    def queue(self, truth, said):
        """Compares the messages that are left with what postqueue(1) shows of them."""
        if said is None:
            return
        true = {m["queue_id"] for m in truth.left}
        found = {m["queue_id"] for m in said}
        self.row("queue: queue IDs", len(true), len(true & found), true == found)
        by_id = {m["queue_id"]: m for m in said}
        for message in truth.left:
            mine = by_id.get(message["queue_id"], {})
            sender = (mine.get("sender") or "").replace("<>", "")
            # Of a message that a rule holds, the log names no sender.
            if message["queue_name"] != "hold":
                self.row(f"queue: sender of {message['queue_id']}", message["sender"] or "<>", sender or "<>",
                         message["sender"].replace("MAILER-DAEMON", "") == sender)
            tries = sum(1 for put_off in truth.sink.put_off
                        if put_off == (message["sender"].replace("MAILER-DAEMON", ""), message["recipients"][0]["address"]))
            self.row(f"queue: attempts of {message['queue_id']}", tries, mine.get("attempts"), tries == mine.get("attempts"))

    def soundness(self, said):
        """What must hold whatever happened: all is understood, hours and days are the totals."""
        reading, totals = said.get("reading", {}), said["totals"]
        for key in ("not_understood", "unreadable", "lost"):
            if key in reading:
                self.row(f"reading: {key}", 0, reading[key], reading[key] == 0)
        for rows in ("hours", "days"):
            for key in ("received", "delivered", "bounced", "rejected"):
                if rows in said:
                    summed = sum(row[key] for row in said[rows])
                    self.row(f"{rows}: {key}", totals[key], summed, summed == totals[key])

    def print(self, title):
        print(title)
        width = max(len(row[0]) for row in self.rows)
        print(f"  {'':{width}} {'true':>14} {'pfsum':>10}")
        for key, true, said, verdict in self.rows:
            print(f"  {key:{width}} {true!s:>14} {said!s:>10} {verdict}".rstrip())
        compared = len(self.rows)
        print(f"{compared} compared, {sum(1 for row in self.rows if row[3])} differ", flush=True)
