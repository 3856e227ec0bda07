"""A Postfix instance of its own: configuration, queue, data and log in one folder."""

import json
import os
import pwd
import re
import socket
import subprocess
import time

MAIN = """\
compatibility_level = 3.6
enable_long_queue_ids = {long_ids}
queue_directory = {work}/queue
data_directory = {work}/data
maillog_file = {work}/mail.log
maillog_file_prefixes = {work}
syslog_name = {name}
myhostname = mx.example.com
mydestination = local.example.com
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
biff = no
notify_classes =
smtputf8_enable = no
local_recipient_maps =
alias_maps = texthash:{etc}/aliases
alias_database =
mail_spool_directory = {work}/spool/
virtual_mailbox_domains = from.example.net box.example.net
virtual_mailbox_base = {work}/boxes
virtual_mailbox_maps = regexp:{etc}/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
transport_maps = texthash:{etc}/transport
header_checks = regexp:{etc}/header_checks
queue_run_delay = 3s
minimal_backoff_time = 3s
maximal_backoff_time = 3s
transport_retry_time = 3s
maximal_queue_lifetime = {lifetime}s
bounce_queue_lifetime = {lifetime}s
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 100
smtpd_recipient_restrictions =
    check_recipient_access texthash:{etc}/recipient_access,
    permit_mynetworks, reject
smtpd_data_restrictions = check_sender_access texthash:{etc}/data_access
smtpd_end_of_data_restrictions = check_sender_access texthash:{etc}/end_access
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_sasl_tls_security_options = noanonymous
"""

PROGRAM = """\
#!/usr/bin/env python3
# Started by pipe(8): asks the server in servers.py what to do with the mail.
import socket, sys
with socket.create_connection(("127.0.0.1", {program})) as asked:
    asked.sendall(" ".join(sys.argv[1:]).encode() + b"\\n" + sys.stdin.buffer.read())
    asked.shutdown(socket.SHUT_WR)
    status = asked.recv(10)
sys.exit(int(status))
"""

MASTER = """\
127.0.0.1:{plain} inet n - n - - smtpd
127.0.0.1:{early} inet n - n - - smtpd
    -o smtpd_delay_reject=no
    -o smtpd_helo_restrictions=check_helo_access,texthash:{etc}/helo_access
    -o smtpd_sender_restrictions=check_sender_access,texthash:{etc}/sender_access
127.0.0.1:{filtered} inet n - n - - smtpd
    -o content_filter=scan:[127.0.0.1]:{filter}
127.0.0.1:{simple} inet n - n - - smtpd
    -o content_filter=smtp:[127.0.0.1]:{simple_filter}
127.0.0.1:{far} inet n - n - - smtpd
    -o content_filter=scan:[127.0.0.2]:{far_filter}
127.0.0.1:{far_simple} inet n - n - - smtpd
    -o content_filter=smtp:[127.0.0.2]:{far_simple_filter}
127.0.0.1:{piped} inet n - n - - smtpd
    -o content_filter=program:dummy
127.0.0.1:{back} inet n - n - - smtpd
    -o syslog_name={name}/back
    -o smtpd_authorized_xforward_hosts=127.0.0.0/8
    -o receive_override_options=no_header_body_checks
127.0.0.1:{submission} inet n - n - - smtpd
    -o syslog_name={name}/submission
    -o smtpd_sasl_auth_enable=yes
    -o smtpd_relay_restrictions=
    -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
scan unix - - n - 4 smtp
    -o syslog_name={name}/scan
    -o smtp_send_xforward_command=yes
program unix - n n - 4 pipe
    flags=Rq user=nobody null_sender= argv={etc}/program -f ${{sender}} -- ${{recipient}}
pickup unix n - n 2 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


PORTS = (
    "plain", "early", "filtered", "simple", "far", "far_simple", "piped", "back", "submission", "filter", "simple_filter", "far_filter",
    "far_simple_filter", "program", "auth",
)
"""What its configuration names; whoever runs an instance needs them all."""


def free_ports(names):
    """A free port of the loopback for each name."""
    sockets = {name: socket.create_server(("127.0.0.1", 0)) for name in names}
    ports = {name: bound.getsockname()[1] for name, bound in sockets.items()}
    for bound in sockets.values():
        bound.close()
    return ports


class Instance:
    """Postfix, as its administrator handles it."""

    def __init__(self, work, name, ports, tables, lifetime, long_ids):
        self.work, self.etc = work, os.path.join(work, "etc")
        self.log = os.path.join(work, "mail.log")
        nobody = pwd.getpwnam("nobody")
        fields = dict(ports, work=work, etc=self.etc, name=name, lifetime=lifetime, long_ids=long_ids, uid=nobody.pw_uid, gid=nobody.pw_gid)
        postfix = pwd.getpwnam("postfix")
        for folder in ("etc", "queue", "data", "boxes", "spool", "files"):
            os.makedirs(os.path.join(work, folder))
        os.chown(os.path.join(work, "data"), postfix.pw_uid, postfix.pw_gid)
        os.chown(os.path.join(work, "boxes"), nobody.pw_uid, nobody.pw_gid)
        for folder in ("spool", "files"):
            os.chmod(os.path.join(work, folder), 0o1777)
        self.write("main.cf", MAIN.format(**fields))
        self.write("master.cf", MASTER.format(**fields))
        self.write("program", PROGRAM.format(**fields))
        os.chmod(os.path.join(self.etc, "program"), 0o755)
        for table, text in tables.items():
            self.write(table, text.format(**fields))

    def write(self, name, text):
        with open(os.path.join(self.etc, name), "w") as file:
            file.write(text)

    def run(self, *words, stdin=None):
        """Runs a command of Postfix on this instance; its output, or RuntimeError."""
        program, *rest = words
        done = subprocess.run([program, "-c", self.etc, *rest], input=stdin, capture_output=True, timeout=60)
        if done.returncode != 0:
            said = (done.stderr + done.stdout).decode(errors="replace").strip()
            raise RuntimeError(f"{' '.join(words)}: exit status {done.returncode}: {said}")
        return done.stdout

    def start(self):
        self.run("postfix", "start")

    def stop(self):
        self.run("postfix", "stop")

    def version(self):
        """(3, 7, 11)"""
        text = self.run("postconf", "-h", "mail_version").decode()
        return tuple(int(part) for part in re.findall(r"\d+", text)[:3])

    def sendmail(self, sender, recipients, content, *options):
        """Hands mail to sendmail(1); true if it was taken."""
        done = subprocess.run(
            ["sendmail", "-C", self.etc, "-i", *options, "-f", sender, "--", *recipients],
            input=content.replace(b"\r\n", b"\n"), capture_output=True, timeout=30,
        )
        return done.returncode == 0

    def queue(self):
        """What `postqueue -j` says: a list of messages."""
        return [json.loads(line) for line in self.run("postqueue", "-j").splitlines()]

    def queue_id(self, sender, seconds=10):
        """The queue ID of the message of a sender, as the queue shows it."""
        found = wait_for(lambda: [m["queue_id"] for m in self.queue() if m["sender"] == sender], seconds)
        if not found:
            raise RuntimeError(f"{sender}: not in the queue")
        return found[0]


def wait_for(look, seconds):
    """Looks until something is seen or the time is over; what was seen last."""
    until = time.monotonic() + seconds
    while True:
        seen = look()
        if seen or time.monotonic() > until:
            return seen
        time.sleep(0.1)
