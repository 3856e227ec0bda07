//! Words that tell of nobody, whoever is called so: those of Postfix, of replies and of reports.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Whether a name is such a word.
pub(super) fn is_common(name: &str) -> bool {
    static ALL: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| WORDS.split_ascii_whitespace().collect());
    ALL.contains(name.to_lowercase().as_str())
}

const WORDS: &str = "\
abuse access account action active addr address addresses administrator admin advice after again
age alert alias all and another any anvil are attempt attempts attention audit auth
authentication back backup bad bank before began being billing block blocked blocklist bounce
bounced bounces busy but by bytes can cannot cause cert certificate check cipher cleanup client
code command commands config connect connection contact count cron daemon data date day deferral
deferrals deferred delay delivered delivery destination detail dict directory discard discarded
disk dns dnsblog domain domains down dsn each ehlo end error errors esmtp event events expired
failed fatal file filter final finding findings flush for format forwarded from full generic
greylisted greylisting group had has have held hello helo help here hold home host hostname hosts
hour how hup idle in info init input instance int internet invalid invoice ip is it its java job
jobs just key kind known last limit line lines list lists lmtp local localdomain localhost log
login logs lookup loop lost lot mail mailbox mailer mailer-daemon mailq mails main map marketing
master may me message messages milter minute minutes mode more most much must name network never
new news newsletter no nobody none noreply not notice notification nothing notify now number off
office ok old on one only open or order orders other others our out over owner panic password
path per permanent permit person pickup pipe please policy port post postdrop postfix postmaster
postscreen private problem process protocol proxy ptr public qmgr queue queued quota rate read
reason received recipient recipients refused reject rejected relay remote removed reply report
request reset resource root route said sales same sasl scache security see send sender senders
sent server servers service services session shop should show showq size smtp smtpd some spam
spawn spool ssl staff start starttls status still stop such super support suspended syslog system
table task team temporarily temporary test than that the their them then there they this time
timeout times tls tlsproxy to too transport tries trivial-rewrite try two type unavailable
undeliverable unknown unreachable up update use user username users using verify via virtual
virus wait waiting warning was web webmaster were what when where which while who why will with
without work www you your";

#[cfg(test)]
mod tests {
    use super::is_common;

    #[test]
    fn words_are_common_and_names_are_not() {
        for word in ["mail", "Connection", "trivial-rewrite", "abuse", "your"] {
            assert!(is_common(word), "{word}");
        }
        for name in ["ann", "mx1", "example", ""] {
            assert!(!is_common(name), "{name}");
        }
    }
}
