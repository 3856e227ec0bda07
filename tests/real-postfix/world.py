"""Runs the instance through the scenarios, counts the truth, and compares pfsum with it.

usage: world.py FOLDER PFSUM LONG     (started by `run`, which makes FOLDER and removes it)

LONG is `yes` for long queue IDs.
"""

import fcntl
import json
import socket
import struct
import subprocess
import sys
import time

import scenarios
from compare import Comparison
from instance import PORTS, Instance, free_ports, wait_for
from mail import Mail
from servers import Filter, Passwords, Program, Sink
from truth import Truth

ELSEWHERE = "127.0.0.2"
"""For Postfix, and for who reads its log, not the address of this host."""

LOGIN = ("ann", "secret")
LIFETIME = 30
"""Seconds until a message expires."""


def loopback_up():
    """In a network namespace of its own, the loopback is still down: netdevice(7)."""
    set_flags, up = 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, set_flags, struct.pack("16sh14x", b"lo", up))


class World:
    """The instance and everybody around it."""

    def __init__(self, work, long_ids):
        loopback_up()
        self.ports = free_ports((*PORTS, "sink"))
        self.sink = Sink(self.ports["sink"])
        self.filter = Filter(self.ports["filter"], self.ports["back"], forwards=True)
        self.simple = Filter(self.ports["simple_filter"], self.ports["back"], forwards=False)
        back = self.ports["back"]
        self.far = Filter(self.ports["far_filter"], back, forwards=True, names=False, address=ELSEWHERE)
        self.far_simple = Filter(self.ports["far_simple_filter"], back, forwards=False, names=True, address=ELSEWHERE)
        self.passwords = Passwords(self.ports["auth"], *LOGIN)
        self.postfix = Instance(work, "postfix", self.ports, scenarios.TABLES, LIFETIME, long_ids)
        self.program = Program(self.ports["program"], self.postfix)
        self.mail = Mail(self.postfix, self.ports)

    def play(self):
        """Everything that happens, and the part of its outcome that only the plan knows."""
        mail, postfix, plan = self.mail, self.postfix, {}
        scenarios.expired(mail)
        for scenario in (
            scenarios.delivered, scenarios.forwarded, scenarios.refused, scenarios.abandoned,
            scenarios.deferred_then_delivered, scenarios.bounced, scenarios.filtered,
        ):
            scenario(mail)
        scenarios.signed_in(mail, LOGIN)
        plan |= scenarios.warned(mail) | scenarios.discarded(mail)
        held, freed = scenarios.held(mail)
        plan |= held
        on_hold = [m for m in postfix.queue() if m["queue_name"] == "hold"]
        assert len(on_hold) == held["held"], f"{len(on_hold)} messages are held"
        postfix.run("postsuper", "-H", postfix.queue_id(freed))
        scenarios.administered(mail, postfix)
        waiting = lambda: [m for m in postfix.queue() if m["queue_name"] != "hold"]
        if not wait_for(lambda: not waiting(), LIFETIME + 30):
            raise RuntimeError(f"still waiting: {[m['sender'] for m in waiting()]}")
        scenarios.left_over(mail)
        self.settle()
        return plan

    def settle(self):
        """Waits for the moment after a retry in which nothing is under way."""
        wait_for(lambda: any(m["queue_name"] == "deferred" for m in self.postfix.queue()), 10)
        time.sleep(1)
        seen = self.sink.last_try
        if not wait_for(lambda: self.sink.last_try > seen, 10):
            raise RuntimeError("no retry was seen")
        quiet = lambda: time.monotonic() - self.sink.last_try > 0.6
        wait_for(quiet, 10)


def report(pfsum, log):
    """What pfsum says of the log."""
    done = subprocess.run([pfsum, "--config=/dev/null", "--format", "json", log], capture_output=True, timeout=60)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"pfsum: exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return json.loads(done.stdout)


def main():
    work, pfsum, long_ids = sys.argv[1:]
    began = time.monotonic()
    world = World(work, long_ids)
    world.postfix.start()
    try:
        plan = world.play()
        truth = Truth(world, plan, world.postfix.queue())
    finally:
        world.postfix.stop()
    version = ".".join(map(str, world.postfix.version()))
    said = report(pfsum, world.postfix.log)
    comparison = Comparison()
    comparison.totals(truth.totals(), said["totals"])
    comparison.queue(truth, said.get("queue"))
    comparison.soundness(said)
    kind = "long" if long_ids == "yes" else "short"
    comparison.print(f"real Postfix {version}, {kind} queue IDs: {world.mail.made} messages begun, {time.monotonic() - began:.0f} s")
    return 1 if comparison.differs else 0


try:
    sys.exit(main())
except (AttributeError, LookupError, NameError, TypeError):
    raise  # a mistake of this test, and not of a busy machine: status 1
except Exception as failure:
    print(f"real Postfix: {type(failure).__name__}: {failure}", file=sys.stderr)
    try:
        with open(sys.argv[1] + "/mail.log", errors="replace") as log:
            print("".join(log.readlines()[-15:]), file=sys.stderr)
    except OSError:
        pass
    sys.exit(2)
