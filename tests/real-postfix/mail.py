"""Sends mail and writes down what the client was told."""

import base64
import smtplib
import socket
from dataclasses import dataclass, field


@dataclass
class Told:
    """What clients saw: the sum of all their dialogues."""

    accepted: list = field(default_factory=list)  # (sender, recipients, content)
    refused_for_now: int = 0
    refused_for_good: int = 0
    abandoned: int = 0  # transactions with an accepted recipient that came to nothing
    failed_logins: int = 0
    connections: int = 0


class Surprise(Exception):
    """The server's answer was not the one that the scenario is about."""


class Mail:
    """The clients of the instance. Each message has a sender of its own, by which it is known."""

    def __init__(self, instance, ports):
        self.instance, self.ports, self.told, self.made = instance, ports, Told(), 0
        self.written = 0

    def sender(self, domain="from.example.net"):
        self.made += 1
        return f"m{self.made}@{domain}"

    def content(self, sender, recipients, headers=(), lines=3):
        self.written += 1
        body = [f"line {number} of a message that says nothing" for number in range(lines)]
        head = [
            f"From: <{sender}>", f"To: <{recipients[0]}>", f"Message-ID: <{self.written}.lab@client.example.net>",
            "Date: Sun, 22 Nov 2026 12:00:00 +0000", f"Subject: number {self.written}", *headers,
        ]
        return "\r\n".join([*head, "", *body, ""]).encode()

    def dialogue(self, port):
        self.told.connections += 1
        client = smtplib.SMTP(timeout=20, local_hostname="client.example.net")
        client.connect("127.0.0.1", self.ports[port])
        return client

    def note(self, reply):
        """Counts a refusal; true if it was none."""
        code, _ = reply
        self.told.refused_for_now += 400 <= code < 500
        self.told.refused_for_good += code >= 500
        return code < 400

    def smtp(self, *recipients, port="plain", sender=None, headers=(), lines=3, helo=None, login=None, refused=()):
        """Sends one message; `refused` names the commands that must be answered with 4xx or 5xx.

        Returns the sender.
        """
        sender = self.sender() if sender is None else sender
        content = self.content(sender, recipients, headers, lines)
        with self.dialogue(port) as client:
            seen = self.transaction(client, sender, recipients, content, helo, login)
        if sorted(seen) != sorted(refused):
            raise Surprise(f"{sender} to {', '.join(recipients)}: refused {seen}, not {list(refused)}")
        return sender

    def transaction(self, client, sender, recipients, content, helo, login):
        """The commands that were refused."""
        refused = []
        if not self.note(client.ehlo(helo or "client.example.net")):
            return ["EHLO"]
        if login and not self.login(client, *login):
            refused.append("AUTH")
        if not self.note(client.docmd(f"MAIL FROM:<{sender}>")):
            return [*refused, "MAIL"]
        taken = []
        for recipient in recipients:
            if self.note(client.docmd(f"RCPT TO:<{recipient}>")):
                taken.append(recipient)
            else:
                refused.append("RCPT")
        if not taken:
            return refused
        code, words = client.docmd("DATA")
        if code != 354:
            self.note((code, words))
            self.told.abandoned += 1
            return [*refused, "DATA"]
        client.send(b"".join(b"." + line if line.startswith(b".") else line for line in content.splitlines(True)))
        client.send(b".\r\n")
        if self.note(client.getreply()):
            self.told.accepted.append((sender, taken, content))
        else:
            self.told.abandoned += 1
            refused.append("END")
        return refused

    def login(self, client, user, password):
        given = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        code, _ = client.docmd(f"AUTH PLAIN {given}")
        self.told.failed_logins += code != 235
        return code == 235

    def walk_away(self, recipient, after):
        """A client that goes away after DATA (in the middle of it), RCPT or RSET."""
        client = self.dialogue("plain")
        client.ehlo()
        client.mail(self.sender())
        if client.rcpt(recipient)[0] != 250:
            raise Surprise(f"{recipient} was to be accepted")
        self.told.abandoned += 1
        if after == "DATA":
            client.docmd("DATA")
            client.send(b"Subject: half a message\r\n\r\nand no")
        elif after == "RSET":
            client.rset()
            client.quit()
            return
        client.sock.shutdown(socket.SHUT_RDWR)
        client.close()

    def sendmail(self, *recipients, sender=None, lines=3):
        """Sends by the command sendmail(1)."""
        sender = sender or self.sender()
        content = self.content(sender, recipients, lines=lines)
        if not self.instance.sendmail(sender, recipients, content):
            raise Surprise(f"{sender}: sendmail did not take the message")
        self.told.accepted.append((sender, list(recipients), content))
        return sender
