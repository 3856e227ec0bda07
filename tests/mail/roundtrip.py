"""Sends reports by sendmail, by SMTP to Postfix and by SMTP to a sink, also with TLS and a
password, and compares what arrives with the report.

usage: roundtrip.py FOLDER PFSUM ROOT     (started by `run`, which makes FOLDER and removes it)
"""

import base64
import email
import email.policy
import fcntl
import glob
import html.parser
import json
import os
import re
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import threading

WORK, PFSUM, ROOT = sys.argv[1:]
sys.path.insert(0, os.path.join(ROOT, "tests/real-postfix"))

from instance import PORTS, Instance, free_ports, wait_for  # noqa: E402

PORTS_HERE = ("sink", "wrapped", "upgraded", "clear")
TO, FROM = "reader@box.example.net", "report@from.example.net"
# What logs of trouble say, as header and body checks look for it.
QUOTED = "Connection timed out|Connection refused|cedar|blocked using|<script|example\\.net\\["
TABLES = {
    "aliases": "", "transport": "", "recipient_access": "", "data_access": "", "end_access": "",
    "helo_access": "", "sender_access": "",
    "boxes": "/^reader@/ reader/\n",
    "header_checks": f"/{QUOTED}/ REJECT quoted log text\n",
    "body_checks": f"/{QUOTED}/ REJECT quoted log text\n",
}
# Made for this run; whoever is to trust it is told so by SSL_CERT_FILE.
CERTIFICATE, KEY = WORK + "/localhost.pem", WORK + "/localhost.key"
SAMPLES = ("deferral-storm", "hostile", "quiet-day", "february-2009")


class Sink(socketserver.ThreadingTCPServer):
    """Takes any mail; of `refused@` recipients none."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port, dialogue=None):
        self.got, self.data_commands = [], 0
        super().__init__(("127.0.0.1", port), dialogue or Dialogue)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        say("220 sink.example.net ESMTP")
        envelope = []
        for line in self.rfile:
            word = line.split(b" ")[0].strip().upper()
            if word == b"QUIT":
                return say("221 2.0.0 Bye")
            if word == b"RCPT" and b"refused@" in line:
                say("550 5.1.1 <refused@example.net>: unknown\x1b[2J")
            elif word == b"DATA":
                self.server.data_commands += 1
                say("354 go on")
                content = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    content.append(line[1:] if line.startswith(b".") else line)
                self.server.got.append((envelope, b"".join(content)))
                say("250 2.0.0 taken")
            else:
                if word in (b"MAIL", b"RCPT"):
                    envelope.append(line.strip().decode())
                say("250 sink.example.net")


class SafeSink(Sink):
    """A sink with TLS, from the first byte or by STARTTLS, that takes mail from who signs in."""

    def __init__(self, port, wrapped):
        self.wrapped, self.signed_in = wrapped, []
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(CERTIFICATE, KEY)
        Sink.__init__(self, port, SafeDialogue)


class SafeDialogue(socketserver.StreamRequestHandler):
    def secure(self):
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        safe = self.server.wrapped
        try:
            if safe:
                self.secure()
            say("220 localhost ESMTP")
            while line := self.rfile.readline().strip():
                word = line.upper()
                if word == b"STARTTLS":
                    say("220 2.0.0 go on")
                    self.secure()
                    safe = True
                elif word.startswith(b"EHLO"):
                    say("250-localhost")
                    say("250 AUTH PLAIN" if safe else "250 STARTTLS")
                elif word.startswith(b"AUTH PLAIN "):
                    assert safe, "a password in the clear"
                    login = base64.b64decode(line.split()[2]).split(b"\0")[1:]
                    self.server.signed_in.append(login)
                    say("235 2.7.0 come in" if login == [b"ann", b"a secret"] else "535 5.7.8 no")
                elif word == b"DATA":
                    say("354 go on")
                    content = b"".join(iter(self.rfile.readline, b".\r\n"))
                    self.server.got.append(content)
                    say("250 2.0.0 taken")
                elif word == b"QUIT":
                    return say("221 2.0.0 Bye")
                else:
                    say("250 2.1.0 yes")
        except (ssl.SSLError, ConnectionError):
            pass  # whoever does not trust the certificate goes


class Words(html.parser.HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.hidden = [], set(), 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.hidden += tag in ("style", "title")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)

    def said(self):
        return " ".join("".join(self.text).split())


def pfsum(log, *options, config=None, **more):
    """Runs pfsum as cron does: with a short PATH."""
    env = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "PFSUM_NOW": "2026-11-23T12:00:00", **more}
    if config:
        env["MAIL_CONFIG"] = config
    return subprocess.run(
        [PFSUM, "--config=/dev/null", log, *options], capture_output=True, timeout=60, env=env,
    )


def out(log, *options):
    done = pfsum(log, *options)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.decode()


class Check:
    """Compares, and counts what differs."""

    def __init__(self):
        self.compared, self.wrong = 0, []

    def equal(self, what, found, wanted):
        self.compared += 1
        if found != wanted:
            self.wrong.append(f"{what}: {str(found)[:300]!r} is not {str(wanted)[:300]!r}")

    def true(self, what, holds):
        self.equal(what, bool(holds), True)


def check_message(check, way, log, raw):
    """Structure, headers, text and HTML equal the report."""
    at = f"{os.path.basename(log)} by {way}"
    message = email.message_from_bytes(raw, policy=email.policy.default)
    report = json.loads(out(log, "--format", "json"))
    kinds = [part.get_content_type() for part in message.walk()]
    check.equal(f"{at}: structure", kinds, [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/html",
    ])
    check.equal(f"{at}: defects", [part.defects for part in message.walk() if part.defects], [])
    leaves = [part for part in message.walk() if not part.is_multipart()]
    check.equal(f"{at}: encoding", {part["content-transfer-encoding"] for part in leaves}, {"base64"})
    text, page, attached = (part.get_content() for part in leaves)
    # A text ends with one newline more or less on its way through MIME.
    check.equal(f"{at}: text", text.replace("\r\n", "\n"), out(log))
    check.equal(f"{at}: attached page", attached, out(log, "--format", "html"))
    check.true(f"{at}: name of the page", leaves[2].get_filename().endswith(".html"))
    check.true(f"{at}: {len(page)} bytes of HTML", len(page.encode()) < 100_000)
    check.true(f"{at}: {len(raw)} bytes", len(raw) < 1_500_000)
    subject = message["subject"]
    for part in (report["hosts"][0], report["period"]["to"]):
        check.true(f"{at}: {part} in {subject}", part in subject)
    verdict = report["findings"][0]["title"] if report["findings"] else "quiet, "
    if report["reading"]["not_understood"] * 50 > report["reading"]["postfix_lines"]:
        verdict = "incomplete, "
    check.true(f"{at}: {verdict} in {subject}", verdict[:60] in subject)
    check.equal(f"{at}: From", message["from"], f"<{FROM}>" if "<" in message["from"] else FROM)
    check.equal(f"{at}: Auto-Submitted", message["auto-submitted"], "auto-generated")
    check.true(f"{at}: List-Id", re.fullmatch(r"<report\.pfsum\.[\w.-]+>", message["list-id"]))
    check.true(f"{at}: Message-ID", re.fullmatch(r"<pfsum\.\d+\.\d+@[\w.-]+>", message["message-id"]))
    check.equal(f"{at}: Date", message["date"].datetime.isoformat(), "2026-11-23T12:00:00+00:00")
    check.true(f"{at}: nothing is quoted in the clear", not re.search(QUOTED, raw.decode()))
    words = Words(page)
    for tag in ("script", "svg", "img", "link", "form", "iframe"):
        check.true(f"{at}: no <{tag}>", tag not in words.tags)
    said = words.said()
    check.true(f"{at}: verdict", " ".join(report["verdict"].split())[:100] in said)
    for key in ("received", "delivered", "deferred", "bounced", "rejected", "senders"):
        number = f"{report['totals'][key]:,}".replace(",", "\u202f")
        check.true(f"{at}: {number} {key}", re.search(rf"(?<![\d\u202f]){number} ?{key}", said))
    for finding in report["findings"]:
        check.true(f"{at}: {finding['id']}", finding["title"][:100] in said)


def check_safe(check, ports):
    """TLS and a password: sent where the certificate is trusted and the password is right."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext",
         "basicConstraints=critical,CA:FALSE", "-keyout", KEY, "-out", CERTIFICATE],
        check=True, capture_output=True,
    )
    logins = {}
    for name, password in (("right", "a secret"), ("wrong", "a guess")):
        logins[name] = f"{WORK}/{name}.login"
        with open(logins[name], "w") as file:
            file.write(f"ann\n{password}\n")
    log = os.path.join(ROOT, "sample-logs/quiet-day.log")
    mail = ("--mail-to", TO, "--mail-from", FROM)
    for scheme, way in (("smtps", "wrapped"), ("smtp+starttls", "upgraded")):
        sink = SafeSink(ports[way], way == "wrapped")
        url = ("--smtp", f"{scheme}://localhost:{ports[way]}")
        trusting = {"SSL_CERT_FILE": CERTIFICATE}
        done = pfsum(log, *mail, *url, "--smtp-login", logins["right"], **trusting)
        check.equal(f"{scheme}: status", (done.returncode, done.stderr), (0, b""))
        check.equal(f"{scheme}: signed in", sink.signed_in, [[b"ann", b"a secret"]])
        check.true(f"{scheme}: the mail is there", len(sink.got) == 1 and b"List-Id" in sink.got[0])
        done = pfsum(log, *mail, *url, "--smtp-login", logins["wrong"], **trusting)
        check.equal(f"{scheme}: wrong password", (done.returncode, len(sink.got)), (2, 1))
        check.true(f"{scheme}: {done.stderr}", b"not sent" in done.stderr and b"guess" not in done.stderr)
        done = pfsum(log, *mail, *url, "--smtp-login", logins["right"])
        check.equal(f"{scheme}: a certificate of nobody", (done.returncode, len(sink.got)), (2, 1))
        check.equal(f"{scheme}: no password to whom nobody knows", len(sink.signed_in), 2)
        check.true(f"{scheme}: {done.stderr}", b"certificate" in done.stderr)
    # A server without STARTTLS gets nothing.
    sink = Sink(ports["early"])
    url = f"smtp+starttls://localhost:{ports['clear']}"
    done = pfsum(log, *mail, "--smtp", url)
    check.equal("no STARTTLS", (done.returncode, len(sink.got), sink.data_commands), (2, 0, 0))


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        # The loopback of a new network namespace is down: netdevice(7).
        fcntl.ioctl(handle, 0x8914, struct.pack("16sh14x", b"lo", 1))
    ports = free_ports((*PORTS, *PORTS_HERE))
    sink = Sink(ports["sink"])
    postfix = Instance(WORK, "postfix", ports, TABLES, 30, "no")
    postfix.run("postconf", "-e", f"body_checks = regexp:{postfix.etc}/body_checks")
    postfix.run("postconf", "-e", "smtpd_recipient_restrictions = permit_mynetworks, reject")
    postfix.run("postconf", "-e", "smtpd_data_restrictions =", "smtpd_end_of_data_restrictions =")
    check = Check()
    box = os.path.join(WORK, "boxes/reader/new/*")
    postfix.start()
    try:
        seen = set()
        for sample in SAMPLES:
            log = os.path.join(ROOT, "sample-logs", sample + ".log")
            mail = ("--mail-to", TO, "--mail-from", FROM, "--attach-html")
            ways = {
                "sendmail": (), "SMTP": ("--smtp", f"smtp://127.0.0.1:{ports['plain']}"),
                "sink": ("--smtp", f"smtp://127.0.0.1:{ports['sink']}"),
            }
            for way, options in ways.items():
                done = pfsum(log, *mail, *options, config=postfix.etc)
                check.equal(f"{sample} by {way}: status", done.returncode, pfsum(log).returncode)
                check.equal(f"{sample} by {way}: said", (done.stdout, done.stderr), (b"", pfsum(log).stderr))
                if way == "sink":
                    envelope, raw = sink.got.pop()
                    check.equal(f"{sample}: envelope", [line.split(":")[1].split(" ")[0] for line in envelope], [f"<{FROM}>", f"<{TO}>"])
                else:
                    new = wait_for(lambda: set(glob.glob(box)) - seen, 20)
                    if not new:
                        raise RuntimeError(f"{sample} by {way}: nothing arrived")
                    seen |= new
                    with open(new.pop(), "rb") as file:
                        raw = file.read()
                check_message(check, way, log, raw)
        log = os.path.join(ROOT, "sample-logs/deferral-storm.log")
        both = ("--mail-to", f"{TO},refused@example.net", "--mail-from", FROM)
        before = sink.data_commands
        done = pfsum(log, *both, "--smtp", f"smtp://127.0.0.1:{ports['sink']}")
        check.equal("a refused recipient: status", done.returncode, 2)
        check.true(f"a refused recipient: {done.stderr}", b"unknown" in done.stderr and b"\x1b" not in done.stderr)
        check.equal("a refused recipient: nothing is sent", sink.data_commands, before)
        done = pfsum(log, *both, "--smtp", "smtp://127.0.0.1:1")
        check.equal("no server: status", done.returncode, 2)
        check.true(f"no server: {done.stderr}", b"127.0.0.1:1: " in done.stderr)
        done = pfsum(log, "--mail-to", TO, config="/nonexistent")
        check.equal("sendmail fails: status", done.returncode, 2)
        check.true(f"sendmail fails: {done.stderr}", b"/sendmail: " in done.stderr and b"not sent" in done.stderr)
    finally:
        postfix.stop()
    check_safe(check, ports)
    totals = lambda *options: json.loads(out(postfix.log, "--format", "json", *options))["totals"]
    sent = 2 * len(SAMPLES)
    check.equal("its own mails in the log", totals()["received"], sent)
    check.equal("and delivered", totals()["delivered"], sent)
    left = totals("--skip-own-mail")
    check.equal("left out", (left["received"], left["delivered"], left["bytes_received"]), (0, 0, 0))
    for line in check.wrong:
        print(f"mail: {line}", file=sys.stderr)
    print(f"mail: {sent} messages through Postfix and {len(SAMPLES)} to a sink, 2 by TLS: {check.compared} things compared, {len(check.wrong)} differ")
    return 1 if check.wrong else 0


try:
    sys.exit(main())
except (AttributeError, LookupError, NameError, TypeError):
    raise  # a mistake of this test, and not of a busy machine: status 1
except Exception as failure:
    print(f"mail: {type(failure).__name__}: {failure}", file=sys.stderr)
    try:
        with open(WORK + "/mail.log", errors="replace") as log:
            print("".join(log.readlines()[-15:]), file=sys.stderr)
    except OSError:
        pass
    sys.exit(2)
