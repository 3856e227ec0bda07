//! Sending by SMTP, for hosts without a mail system of their own.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, io, thread};

use anyhow::{Context, Result, anyhow, bail};
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{SmtpTransport, Transport};
use pfsum::error::{said, shown};

use crate::cli::nearest::question;

/// How long a server may take for an answer, or for a part of one.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it may take in all: one that says a letter a minute shall not keep the next report
/// waiting.
const LIMIT: Duration = Duration::from_secs(300);

/// A server that takes mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    host: String,
    port: u16,
    safety: Safety,
    /// The file with user and password.
    login: Option<PathBuf>,
    patience: Duration,
    limit: Duration,
}

/// How the way there is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Safety {
    /// Not.
    Plain,
    /// By TLS that begins with STARTTLS; without it nothing is sent.
    Upgraded,
    /// By TLS from the first byte.
    Wrapped,
}

/// Scheme, default port, and how it is secured.
const SCHEMES: [(&str, u16, Safety); 3] = [
    ("smtp", 25, Safety::Plain),
    ("smtps", 465, Safety::Wrapped),
    ("smtp+starttls", 587, Safety::Upgraded),
];

impl Server {
    /// Reads `smtp+starttls://mail.example.org:587`.
    pub(super) fn parse(url: &str, login: Option<PathBuf>) -> Result<Self> {
        const ACCEPTED: &str =
            "accepted are smtp://HOST[:PORT], smtps://HOST[:PORT] and smtp+starttls://HOST[:PORT]";
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let Some((_, port, safety)) = SCHEMES.iter().find(|(name, ..)| *name == scheme) else {
            let question = question(scheme, SCHEMES.map(|(name, ..)| name), "");
            bail!("--smtp {url:?}: {ACCEPTED}{question}");
        };
        let rest = rest.trim_end_matches('/');
        if rest.contains('@') {
            // Whoever lists the processes would read the password.
            bail!("--smtp: user and password belong into the FILE of --smtp-login");
        }
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, Some(*port)),
            Some((host, behind)) => (host, behind.strip_prefix(':').and_then(|p| p.parse().ok())),
            None => match rest.split_once(':') {
                Some((host, port)) => (host, port.parse().ok()),
                None => (rest, Some(*port)),
            },
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
        let (Some(port), true) = (port, !host.is_empty() && host.chars().all(fits)) else {
            bail!("--smtp {url:?}: {ACCEPTED}");
        };
        if login.is_some() && *safety == Safety::Plain && !is_this_host(host) {
            bail!(
                "--smtp-login: over smtp:// the password could be read on its way; \
                accepted are smtps:// and smtp+starttls://"
            );
        }
        let host = host.to_owned();
        let (patience, limit) = (PATIENCE, LIMIT);
        Ok(Self { host, port, safety: *safety, login, patience, limit })
    }

    /// Gives the server the message: all recipients, or none.
    pub(super) fn send(&self, from: &str, to: &[String], message: &[u8], me: &str) -> Result<()> {
        let address =
            |text: &str| text.parse::<Address>().map_err(|why| anyhow!("{text:?}: {why}"));
        let to = to.iter().map(|to| address(to)).collect::<Result<Vec<_>>>()?;
        let envelope = Envelope::new(Some(address(from)?), to)?;
        let (server, message) = (self.transport(me)?, message.to_vec());
        // The library bounds each wait, not the sum of them. A thread that is left behind ends
        // with the process.
        let (told, answer) = mpsc::channel();
        let place = self.place();
        thread::Builder::new()
            .name("pfsum-smtp".to_owned())
            .spawn(move || told.send(server.send_raw(&envelope, &message)))
            .with_context(|| place.clone())?;
        match answer.recv_timeout(self.limit) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if is_silence(&error) => bail!(
                "{place}: the server said nothing for {} seconds; whether it took the report is \
                 not known",
                self.patience.as_secs()
            ),
            Ok(Err(error)) => {
                bail!("{place}: {}, the report is not sent", whole(&error).escape_debug())
            }
            Err(_) => bail!(
                "{place}: the server was not done after {} seconds; whether it took the report is \
                 not known",
                self.limit.as_secs()
            ),
        }
    }

    fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The way there.
    fn transport(&self, me: &str) -> Result<SmtpTransport> {
        let tls = || TlsParameters::new(self.host.clone()).with_context(|| self.place());
        let mut server = SmtpTransport::builder_dangerous(&self.host)
            .port(self.port)
            .timeout(Some(self.patience))
            .tls(match self.safety {
                Safety::Plain => Tls::None,
                Safety::Upgraded => Tls::Required(tls()?),
                Safety::Wrapped => Tls::Wrapper(tls()?),
            });
        if !me.is_empty() {
            server = server.hello_name(ClientId::Domain(me.to_owned()));
        }
        if let Some(file) = &self.login {
            let text = fs::read_to_string(file).with_context(|| shown(file))?;
            let mut lines = text.lines();
            let (Some(user), Some(password)) = (lines.next(), lines.next()) else {
                bail!("{}: accepted are two lines, user and password", shown(file));
            };
            server = server.credentials(Credentials::new(user.to_owned(), password.to_owned()));
        }
        Ok(server.build())
    }
}

/// An error and what it came of.
fn causes(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source())
}

/// Whether a wait for an answer was over, which is not the wait for a connection.
fn is_silence(error: &Error) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::WouldBlock)
}

/// All that an error says, and says once; the number of an error of the system helps nobody.
fn whole(error: &Error) -> String {
    let text =
        causes(error).skip(1).map(ToString::to_string).fold(error.to_string(), |text, cause| {
            if text.ends_with(&cause) { text } else { format!("{text}: {cause}") }
        });
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .fold(text, |text, cause| text.replace(&cause.to_string(), &said(cause)))
}

fn is_this_host(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.starts_with("127.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_server_is_named_by_scheme_host_and_port() {
        let read = |url: &str| {
            let server = Server::parse(url, None).unwrap();
            (server.host, server.port, server.safety)
        };
        let host = "mail.example.org".to_owned();
        assert_eq!(read("smtp://mail.example.org"), (host.clone(), 25, Safety::Plain));
        assert_eq!(read("smtps://mail.example.org/"), (host.clone(), 465, Safety::Wrapped));
        assert_eq!(read("smtp+starttls://mail.example.org"), (host, 587, Safety::Upgraded));
        assert_eq!(
            read("smtp://[2001:db8::25]:2525"),
            ("2001:db8::25".into(), 2525, Safety::Plain)
        );
        assert_eq!(read("smtp://127.0.0.1:2525").1, 2525);
    }

    #[test]
    fn a_password_is_not_typed_and_not_sent_in_the_clear() {
        for (url, login, said) in [
            ("mail.example.org", None, "accepted are smtp://HOST"),
            ("stmp://mail.example.org", None, "did you mean smtp?"),
            ("smtp://ann:secret@mail.example.org", None, "--smtp-login"),
            ("smtp://mail.example.org:mail", None, "accepted are smtp://HOST"),
            ("smtp://", None, "accepted are smtp://HOST"),
            ("smtp://mail.example.org", Some("file".into()), "could be read on its way"),
        ] {
            let error = Server::parse(url, login).unwrap_err().to_string();
            assert!(error.contains(said), "{url}: {error}");
            assert!(!error.contains("secret"));
        }
    }

    /// What is said of a server that does `with` whoever comes, whatever it is told, after so many
    /// seconds of silence and in all.
    fn said_of(patience: u64, limit: u64, with: fn(TcpStream)) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || listener.incoming().flatten().for_each(with));
        let mut server = Server::parse(&format!("smtp://127.0.0.1:{port}"), None).unwrap();
        server.patience = Duration::from_secs(patience);
        server.limit = Duration::from_secs(limit);
        let to = ["ann@example.org".to_owned()];
        let error = server.send("ann@example.org", &to, b"\r\n", "").unwrap_err().to_string();
        error.strip_prefix(&format!("127.0.0.1:{port}: ")).unwrap().to_owned()
    }

    #[test]
    fn nobody_waits_for_a_server_for_ever() {
        let silent = said_of(1, 60, |_peer| thread::park());
        assert!(silent.starts_with("the server said nothing for 1 seconds; "), "{silent}");
        let slow = said_of(60, 2, |mut peer| {
            while peer.write_all(b"2").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        });
        assert!(slow.starts_with("the server was not done after 2 seconds; "), "{slow}");
        let refusing = said_of(60, 60, |mut peer| peer.write_all(b"554 no\r\n").unwrap());
        assert!(refusing.ends_with("(554): no, the report is not sent"), "{refusing}");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Server::parse(&format!("smtp://127.0.0.1:{port}"), None).unwrap();
        let to = ["ann@example.org".to_owned()];
        let nobody = server.send("ann@example.org", &to, b"\r\n", "").unwrap_err().to_string();
        let said = "Connection error: connection refused, the report is not sent";
        assert_eq!(nobody, format!("127.0.0.1:{port}: {said}"));
    }
}
