//! Programs of Postfix: the last part of a tag.

/// Which program wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are those of the manual pages
pub enum Program {
    Smtpd,
    Qmqpd,
    Cleanup,
    Pickup,
    Qmgr,
    /// `smtp(8)`, under that name or as `lmtp`.
    Smtp,
    Lmtp,
    /// `local(8)`, `virtual(8)`, `pipe(8)`, `error(8)`: agents that say nothing but deliveries.
    Agent,
    Discard,
    Bounce,
    Postscreen,
    Dnsblog,
    Tlsproxy,
    Postsuper,
    Master,
    Script,
    /// Daemons whose lines move no number unless they warn: `anvil(8)`, `scache(8)`.
    Helper,
    /// The tag does not say; the text may.
    Untold,
    /// Something else under Postfix's name, such as a policy service started by `spawn(8)`.
    Foreign,
}

impl Program {
    /// The program of a tag's last part, if Postfix has one of that name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Program> {
        Some(match name {
            b"smtpd" => Program::Smtpd,
            b"qmgr" | b"nqmgr" | b"oqmgr" => Program::Qmgr,
            b"cleanup" => Program::Cleanup,
            b"smtp" => Program::Smtp,
            b"lmtp" => Program::Lmtp,
            b"local" | b"virtual" | b"pipe" | b"error" => Program::Agent,
            b"discard" => Program::Discard,
            b"postscreen" => Program::Postscreen,
            b"dnsblog" => Program::Dnsblog,
            b"tlsproxy" => Program::Tlsproxy,
            b"pickup" => Program::Pickup,
            b"bounce" => Program::Bounce,
            b"qmqpd" => Program::Qmqpd,
            b"postsuper" => Program::Postsuper,
            b"master" => Program::Master,
            b"postfix-script" => Program::Script,
            b"anvil"
            | b"scache"
            | b"verify"
            | b"trivial-rewrite"
            | b"tlsmgr"
            | b"flush"
            | b"proxymap"
            | b"showq"
            | b"spawn"
            | b"sendmail"
            | b"postdrop"
            | b"postqueue"
            | b"postalias"
            | b"postmap"
            | b"postcat"
            | b"postkick"
            | b"postlock"
            | b"postlog"
            | b"postlogd"
            | b"postmulti"
            | b"postconf"
            | b"post-install"
            | b"postfix-tls-script"
            | b"postfix-wrapper"
            | b"fsstone"
            | b"lmtpd" => Program::Helper,
            _ => return None,
        })
    }

    /// Whether the life of a message is told by this program, so that a line of it that is
    /// not understood could mean a wrong number.
    #[must_use]
    pub fn tells_lives(self) -> bool {
        !matches!(
            self,
            Program::Master
                | Program::Script
                | Program::Helper
                | Program::Foreign
                | Program::Untold
                | Program::Tlsproxy
                | Program::Dnsblog
        )
    }
}
