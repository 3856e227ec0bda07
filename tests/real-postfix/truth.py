"""What really happened, from what clients, sinks, filters, mailboxes and queue saw.

No number here comes from the log.
"""

import email
import glob
import mailbox
import os
import re

PREPENDED = (b"return-path:", b"x-original-to:", b"delivered-to:")
"""Headers that local(8) and virtual(8) put in front of a message."""


class Truth:
    """The evidence, and the sums over it."""

    def __init__(self, world, plan, queue):
        self.told, self.plan, self.left = world.mail.told, plan, queue
        self.sink, self.filters = world.sink, (
            world.filter, world.simple, world.program, world.far, world.far_simple,
        )
        self.version = world.postfix.version()
        self.boxes = maildirs(world.postfix.work) + list(archive(world.postfix.work))
        self.notices = [notice for notice in map(Notice.of, self.boxes) if notice]

    def totals(self):
        """pfsum's keys; a pair is a span."""
        told, sink = self.told, self.sink
        filters = [pair for each in self.filters for pair in each.refused]
        put_off = sink.put_off + [pair for each in self.filters for pair in each.put_off]
        # The sink sees those who asked; a recipient of this system is missed by nobody else.
        unknown_here = [r for n in self.notices for r in n.failed if r.endswith("@local.example.com")]
        failed = sink.refused + filters + unknown_here
        expired = [notice for notice in self.notices if notice.expired]
        unseen = sum(1 for pair in sink.refused if pair[0] == "" and not self.was_sent(*pair))
        forwarded = self.forwards()
        sizes = [size(content) for content in self.boxes]
        sizes += [len(content) for _, _, content in sink.accepted]
        return {
            "received": len(told.accepted),
            "delivered": len(self.boxes) + len(sink.accepted),
            "forwarded": forwarded,
            "deferrals": len(put_off),
            "deferred": len({sender or recipient for sender, recipient in put_off}),
            "bounced": len(failed),
            "expired": len(expired),
            "canceled": told.abandoned if self.version >= (3, 10) else 0,
            "rejected": told.refused_for_now + told.refused_for_good,
            "rejected_temporary": told.refused_for_now,
            "rejected_permanent": told.refused_for_good,
            "generated": forwarded + len(self.notices) + unseen,
            "swallowed_by_filter": sum(each.swallowed for each in self.filters),
            "hops_folded": sum(each.given_back for each in self.filters),
            "bytes_received": self.bytes_received(),
            "bytes_delivered": sum(sizes),
            "still_queued": len(self.left),
            **self.plan,
        }

    def was_sent(self, sender, recipient):
        """Whether a client sent such a message; notices are sent by nobody."""
        return any(sender == s and recipient in rs for s, rs, _ in self.told.accepted)

    def forwards(self):
        """Messages made by aliases: those that reached the first of their addresses."""
        return sum(1 for _, recipient, _ in self.sink.accepted if recipient == "one@sink.example.org")

    def bytes_received(self):
        """A span: the server adds a `Received:` header to what the client sent.

        Mail that a rule discards is never sized.
        """
        sent = sum(len(content) for _, _, content in self.told.accepted)
        return [sent - 600 * (self.plan["discarded"] + self.plan["held"]), sent + 400 * len(self.told.accepted)]


class Notice:
    """A delivery status notification (RFC 3464) in a mailbox."""

    def __init__(self, failed, expired):
        self.failed, self.expired = failed, expired

    @staticmethod
    def of(content):
        """Reads one; None if the message is another."""
        message = email.message_from_bytes(content)
        if message.get_content_type() != "multipart/report":
            return None
        failed, expired = [], False
        for part in message.walk():
            if part.get_content_type() != "message/delivery-status":
                continue
            for fields in part.get_payload()[1:]:
                permanent = fields["Status"].startswith("5")
                if fields["Action"] == "failed":
                    failed += [fields["Final-Recipient"].split(";")[1].strip()] if permanent else []
                    expired |= not permanent
        return Notice(failed, expired)


def maildirs(work):
    """Every message in a maildir of the instance, as bytes."""
    found = []
    for pattern in ("boxes/*/new/*", "spool/*/new/*"):
        for path in sorted(glob.glob(os.path.join(work, pattern))):
            with open(path, "rb") as file:
                found.append(file.read())
    return found


def archive(work):
    """Every message in the file that an alias names."""
    path = os.path.join(work, "files/archive")
    if os.path.exists(path):
        for message in mailbox.mbox(path):
            yield message.as_bytes(unixfrom=False)


def size(content):
    """The size of a delivered message before its delivery added headers, lines ended by CRLF."""
    lines = re.split(rb"\r?\n", content)
    while lines and lines[0].lower().startswith(PREPENDED):
        lines.pop(0)
    return len(b"\r\n".join(lines))
