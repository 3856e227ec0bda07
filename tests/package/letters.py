"""Reads the mailbox that tests/package/run has filled: each letter is the report of that day."""

import email
import email.policy
import re
import sys


def main(mailbox, number):
    with open(mailbox, encoding="ascii") as file:
        raw = re.split(r"^From .*\n", file.read(), flags=re.MULTILINE)[1:]
    assert len(raw) == number, f"{len(raw)} letters, not {number}"
    for letter in raw:
        message = email.message_from_string(letter, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        # What the README says of this day.
        assert re.search(r"^ +101   received$", text, re.MULTILINE), text
        assert re.search(r"^ +106   delivered$", text, re.MULTILINE), text
        assert "<table" in html
        assert message["Auto-Submitted"] == "auto-generated"
        assert "root" in message["To"], message["To"]
        print(f"   letter: {message['Subject']}")


main(sys.argv[1], int(sys.argv[2]))
