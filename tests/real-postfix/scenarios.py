"""The mail that is sent, and the tables that make its outcome known.

What a function returns is a plan where nobody outside can see the outcome, such as mail that a
rule throws away; what can be seen is counted by those who saw it.
"""

from instance import wait_for

TABLES = {
    "aliases": """\
team one@sink.example.org, two@sink.example.org
file {work}/files/archive
""",
    "boxes": """\
/^[^@]+@from\\.example\\.net$/ all/
/^(ann|bob|held|discarded)@box\\.example\\.net$/ box/
""",
    "transport": """\
sink.example.org smtp:[127.0.0.1]:{sink}
hole.example.org discard:
""",
    "header_checks": """\
/^X-Lab: refuse/ REJECT not here
/^X-Lab: later/ REJECT 4.7.1 not now
/^X-Lab: hold/ HOLD wait for somebody
/^X-Lab: discard/ DISCARD nobody wants it
/^X-Lab: warn/ WARN just so
""",
    "recipient_access": """\
refused@box.example.net REJECT
later@box.example.net 450 4.7.1 greylisted
warned@sink.example.org warn_if_reject, reject
held@box.example.net HOLD
discarded@box.example.net DISCARD
""",
    "helo_access": "bad.example.net REJECT\n",
    "sender_access": "bad@from.example.net REJECT\n",
    "data_access": "nodata@from.example.net REJECT\n",
    "end_access": "noend@from.example.net 450 4.7.1 not this time\n",
}


def delivered(mail):
    """Mail that goes straight to where it should."""
    for number in range(6):
        mail.smtp(f"ok-{number}@sink.example.org", lines=3 + 40 * number)
    mail.smtp("ok-a@sink.example.org", "ok-b@sink.example.org", "ann@box.example.net")
    mail.smtp("ann@box.example.net")
    mail.smtp("bob@box.example.net", sender="")
    mail.smtp("games@local.example.com")
    mail.smtp("file@local.example.com")
    mail.sendmail("ok-c@sink.example.org", "bob@box.example.net")
    mail.sendmail("ok-d@sink.example.org")
    mail.smtp("ok-e@sink.example.org", headers=["X-Lab: warn"])


def forwarded(mail):
    """An alias with two addresses elsewhere: a message of its own takes them there."""
    mail.smtp("team@local.example.com")
    mail.sendmail("team@local.example.com", "ok-f@sink.example.org")


def refused(mail):
    """A refusal at each stage."""
    mail.smtp("ann@box.example.net", port="early", helo="bad.example.net", refused=["EHLO"])
    mail.smtp("ann@box.example.net", port="early", sender="bad@from.example.net", refused=["MAIL"])
    mail.smtp("refused@box.example.net", refused=["RCPT"])
    mail.smtp("later@box.example.net", refused=["RCPT"])
    mail.smtp("nobody@box.example.net", refused=["RCPT"])
    mail.smtp("refused@box.example.net", "ok-g@sink.example.org", "later@box.example.net", refused=["RCPT", "RCPT"])
    mail.smtp("ann@box.example.net", sender="nodata@from.example.net", refused=["DATA"])
    mail.smtp("ann@box.example.net", sender="noend@from.example.net", refused=["END"])
    mail.smtp("ann@box.example.net", headers=["X-Lab: refuse"], refused=["END"])
    mail.smtp("ann@box.example.net", headers=["X-Lab: later"], refused=["END"])
    mail.smtp("ok-h@sink.example.org", port="submission", refused=["RCPT"])


def warned(mail):
    """A refusal that is only said: one for each recipient it is about."""
    mail.smtp("warned@sink.example.org")
    return {"reject_warnings": 1}


def signed_in(mail, login):
    """Submission with a password, right and wrong."""
    mail.smtp("ok-i@sink.example.org", port="submission", login=login)
    mail.smtp("ok-j@sink.example.org", port="submission", login=(login[0], "wrong"), refused=["AUTH", "RCPT"])


def abandoned(mail):
    """Clients that go away, of which one has no message begun."""
    for after in ("DATA", "RCPT", "RSET"):
        mail.walk_away("ok-k@sink.example.org", after)


def deferred_then_delivered(mail):
    mail.smtp("later1-a@sink.example.org")
    mail.smtp("later2-b@sink.example.org", "ok-l@sink.example.org")
    mail.smtp("later1-c@sink.example.org", "later2-d@sink.example.org")
    mail.smtp("tempdata-e@sink.example.org", "tempdata-f@sink.example.org")


def bounced(mail):
    mail.smtp("gone-a@sink.example.org")
    mail.smtp("gone-b@sink.example.org", "gone-c@sink.example.org", "ok-m@sink.example.org")
    mail.smtp("faildata-d@sink.example.org")
    mail.smtp("nosuchuser@local.example.com")
    mail.smtp("later1-gone@sink.example.org", "gone-e@sink.example.org")
    # The notice goes to a sender that does not exist either.
    mail.smtp("gone-f@sink.example.org", sender="gone-g@sink.example.org")
    # To the null sender there is no notice.
    mail.smtp("gone-h@sink.example.org", sender="")


def held(mail):
    """Held by rules; one of them is released later. Returns the plan and whom to release."""
    freed = mail.smtp("held@box.example.net", "ok-n@sink.example.org")
    mail.smtp("held@box.example.net")
    mail.smtp("ok-o@sink.example.org", headers=["X-Lab: hold"])
    return {"held": 3}, freed


def discarded(mail):
    """Thrown away: by access rule, header rule, and by the transport of that name."""
    mail.smtp("discarded@box.example.net")
    mail.smtp("ok-never-seen@sink.example.org", headers=["X-Lab: discard"])
    mail.smtp("any@hole.example.org", "other@hole.example.org")
    return {"discarded": 2, "discarded_by_transport": 2}


def filtered(mail):
    """Through a filter that tells Postfix whose mail it gives back, one that does not, the like of both on
    another host, and one under pipe(8)."""
    for port in ("filtered", "simple", "far", "far_simple", "piped"):
        mail.smtp(f"ok-{port}-a@sink.example.org", port=port)
        mail.smtp(f"ok-{port}-b@sink.example.org", "ann@box.example.net", port=port)
        mail.smtp(f"later1-{port}@sink.example.org", port=port)
        mail.smtp(f"gone-{port}@sink.example.org", port=port)
        mail.smtp("team@local.example.com", port=port)
        mail.smtp(f"ok-{port}-c@sink.example.org", port=port, headers=["X-Lab-Filter: later"])
        mail.smtp(f"ok-{port}-d@sink.example.org", port=port, headers=["X-Lab-Filter: refuse"])
    for port in ("filtered", "simple", "far"):
        mail.smtp(f"ok-{port}-e@sink.example.org", "bob@box.example.net", "ann@box.example.net", port=port, headers=["X-Lab-Filter: split"])
    for port in ("filtered", "far", "far_simple"):
        mail.smtp(f"ok-eaten-{port}@sink.example.org", "bob@box.example.net", port=port, headers=["X-Lab-Filter: swallow"])
    mail.smtp("ok-kept@sink.example.org", "bob@box.example.net", port="piped", headers=["X-Lab-Filter: swallow"])


def expired(mail):
    """Put off until they are too old."""
    mail.smtp("never-a@sink.example.org")
    mail.smtp("never-b@sink.example.org", "never-c@sink.example.org")


def administered(mail, postfix):
    """What an administrator does to messages that wait: requeues, deletes, holds, lets expire."""
    deeds = [("-r", "later2-g"), ("-d", "never-e"), ("-h", "never-f")]
    if postfix.version() >= (3, 5):
        deeds.append(("-e", "never-d"))
    for deed, recipient in deeds:
        sender = mail.smtp(f"{recipient}@sink.example.org")
        is_waiting = lambda: any(m["sender"] == sender and m["queue_name"] == "deferred" for m in postfix.queue())
        if not wait_for(is_waiting, 15):
            raise RuntimeError(f"{sender}: not deferred")
        postfix.run("postsuper", deed, postfix.queue_id(sender))


def left_over(mail):
    """Deferred for good, as far as the log goes."""
    mail.smtp("never-last@sink.example.org", "ok-p@sink.example.org")
    mail.smtp("never-last@sink.example.org", sender="")
