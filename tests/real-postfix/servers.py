"""What stands around the instance: mail sinks, content filters, and who checks passwords."""

import base64
import re
import smtplib
import socketserver
import threading
import time
from collections import Counter


class Sink(socketserver.ThreadingTCPServer):
    """An SMTP server that answers as the local part of the recipient asks, and keeps count.

    `ok`: accepted. `laterN`: put off N times, then accepted. `never`: always put off. `gone`:
    refused. `tempdata`: put off once behind the end of the data. `faildata`: refused there.
    """

    allow_reuse_address = True
    daemon_threads = True
    greeting = "sink.example.org"
    extensions = ()

    def __init__(self, port, address="127.0.0.1"):
        super().__init__((address, port), Session)
        self.lock = threading.Lock()
        self.accepted = []  # (sender, recipient, content)
        self.put_off = []  # (sender, recipient)
        self.refused = []  # (sender, recipient)
        self.tries = Counter()
        self.last_try = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def at_rcpt(self, sender, recipient):
        """The reply to RCPT, or None to accept."""
        with self.lock:
            self.tries[recipient] += 1
            self.last_try = time.monotonic()
            want = recipient.split("@")[0].split("-")[0]
            later = re.fullmatch(r"later(\d+)", want)
            if want == "never" or later and self.tries[recipient] <= int(later[1]):
                self.put_off.append((sender, recipient))
                return "451 4.2.0 please come again"
            if want == "gone":
                self.refused.append((sender, recipient))
                return "550 5.1.1 nobody of that name"
        return None

    def at_end(self, session, content):
        """The reply to the end of the data."""
        with self.lock:
            wants = {recipient.split("@")[0].split("-")[0] for recipient in session.recipients}
            seen = [(session.sender, recipient) for recipient in session.recipients]
            if "tempdata" in wants and all(self.tries[recipient] == 1 for recipient in session.recipients):
                self.put_off += seen
                return "452 4.3.1 no room"
            if "faildata" in wants:
                self.refused += seen
                return "554 5.7.1 not wanted"
            self.accepted += [(*pair, content) for pair in seen]
        return "250 2.0.0 Ok"


class Session(socketserver.StreamRequestHandler):
    """One connection to a sink or filter."""

    def say(self, *lines):
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def reset(self):
        self.sender, self.recipients = None, []

    def handle(self):
        self.forward = []
        self.reset()
        try:
            self.say(f"220 {self.server.greeting} ESMTP")
            while line := self.rfile.readline():
                words = line.decode(errors="replace").strip()
                if not self.command(words.split(" ")[0].upper(), words):
                    return
        except ConnectionError:
            pass

    def command(self, verb, words):
        if verb == "EHLO":
            lines = [self.server.greeting, *self.server.extensions]
            self.say(*[f"250-{line}" for line in lines[:-1]], f"250 {lines[-1]}")
        elif verb == "XFORWARD":
            self.forward.append(words)
            self.say("250 2.0.0 Ok")
        elif verb == "MAIL":
            self.reset()
            self.sender = re.search(r"<(.*?)>", words)[1]
            self.say("250 2.1.0 Ok")
        elif verb == "RCPT":
            recipient = re.search(r"<(.*?)>", words)[1]
            reply = self.server.at_rcpt(self.sender, recipient)
            if reply is None:
                self.recipients.append(recipient)
            self.say(reply or "250 2.1.5 Ok")
        elif verb == "DATA" and self.recipients:
            self.say("354 go on")
            content = self.content()
            if content is None:
                return False
            self.say(self.server.at_end(self, content))
            self.reset()
            self.forward = []
        elif verb == "DATA":
            self.say("554 5.5.1 no recipients")
        elif verb == "QUIT":
            self.say("221 2.0.0 Bye")
            return False
        else:
            self.say("250 2.0.0 Ok")
        return True

    def content(self):
        """The data as sent, dots unstuffed; None if the client went away."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        return None


class Filter(Sink):
    """A content filter behind the queue: gives mail back to Postfix on another port.

    What it does is told by a word of the header `X-Lab-Filter`. It may say whose mail it gives
    back (`forwards`), say what became of it (`names`), and be elsewhere than on this host's address.
    """

    greeting = "filter.example.com"

    def __init__(self, port, back, forwards, names=None, address="127.0.0.1"):
        self.back, self.forwards, self.address = back, forwards, address
        self.names = forwards if names is None else names
        if forwards:
            self.extensions = ("XFORWARD NAME ADDR PORT PROTO HELO SOURCE IDENT",)
        self.given_back = 0
        self.swallowed = 0  # recipients
        super().__init__(port, address)

    def at_rcpt(self, sender, recipient):
        return None

    def at_end(self, session, content):
        asked = re.search(rb"^X-Lab-Filter: (\w+)", content, re.MULTILINE)
        asked = asked[1].decode() if asked else "pass"
        seen = [(session.sender, recipient) for recipient in session.recipients]
        with self.lock:
            self.tries[session.sender] += 1
            if asked == "swallow":
                self.swallowed += len(seen)
                return "250 2.7.0 Ok, discarded"
            if asked == "refuse":
                self.refused += seen
                return "554 5.7.0 Reject, spam"
            if asked == "later" and self.tries[session.sender] == 1:
                self.put_off += seen
                return "451 4.3.2 busy"
        parts = [[recipient] for recipient in session.recipients] if asked == "split" else [session.recipients]
        words = [self.give_back(session, recipients, content) for recipients in parts][-1]
        if self.names:
            return f"250 2.0.0 from MTA(smtp:[127.0.0.1]:{self.back}): 250 {words}"
        return "250 Ok"

    def give_back(self, session, recipients, content):
        """Gives mail back; what Postfix answers."""
        with smtplib.SMTP(
            "127.0.0.1", self.back, local_hostname="filter.example.com", timeout=20, source_address=(self.address, 0),
        ) as client:
            client.ehlo()
            for words in session.forward if self.forwards else ():
                client.docmd(words)
            client.mail(session.sender)
            for recipient in recipients:
                client.rcpt(recipient)
            code, words = client.data(content)
            assert code == 250, words
            with self.lock:
                self.given_back += 1
            return words.decode()


class Program(socketserver.ThreadingTCPServer):
    """Does what a content filter under pipe(8) is asked to: gives mail back to sendmail(1), or keeps it.

    `FILTER_README`, the simple content filter; only that sendmail runs here, because it takes the
    configuration of the instance from root alone.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, postfix):
        super().__init__(("127.0.0.1", port), Run)
        self.postfix, self.lock, self.tries = postfix, threading.Lock(), Counter()
        self.given_back = self.swallowed = 0
        self.refused, self.put_off = [], []  # (sender, recipient)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Run(socketserver.StreamRequestHandler):
    """One run of the program: `-f SENDER -- RECIPIENT…`, then the mail; an exit status (sysexits(3))."""

    def handle(self):
        words = self.rfile.readline().decode().rstrip("\n").split(" ")
        self.wfile.write(str(self.filter(words[1], words[3:], self.rfile.read())).encode())

    def filter(self, sender, recipients, content):
        asked = re.search(rb"^X-Lab-Filter: (\w+)", content, re.MULTILINE)
        asked = asked[1].decode() if asked else "pass"
        server, seen = self.server, [(sender, recipient) for recipient in recipients]
        with server.lock:
            server.tries[sender] += 1
            if asked == "swallow":
                server.swallowed += len(seen)
                return 0
            if asked == "refuse":
                server.refused += seen
                return 69  # EX_UNAVAILABLE
            if asked == "later" and server.tries[sender] == 1:
                server.put_off += seen
                return 75  # EX_TEMPFAIL
        assert server.postfix.sendmail(sender, recipients, content, "-G")
        with server.lock:
            server.given_back += 1
        return 0


class Passwords(socketserver.ThreadingTCPServer):
    """Answers smtpd in the protocol of Dovecot's authentication: PLAIN, one user."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port, user, password):
        super().__init__(("127.0.0.1", port), Login)
        self.right = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        self.user, self.failures = user, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Login(socketserver.StreamRequestHandler):
    """One smtpd process that asks."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\n")

    def handle(self):
        for line in ("VERSION\t1\t1", "MECH\tPLAIN\tplaintext", "SPID\t1", "CUID\t1", "COOKIE\t" + "0" * 32, "DONE"):
            self.say(line)
        while line := self.rfile.readline():
            verb, *fields = line.decode().rstrip("\n").split("\t")
            if verb != "AUTH":
                continue
            given = next((field[5:] for field in fields if field.startswith("resp=")), "")
            if given == self.server.right:
                self.say(f"OK\t{fields[0]}\tuser={self.server.user}")
            else:
                self.server.failures += 1
                self.say(f"FAIL\t{fields[0]}\tuser={self.server.user}")
