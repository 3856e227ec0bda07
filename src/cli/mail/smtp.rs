//! Sending by SMTP, for hosts without a mail system of their own.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{SmtpTransport, Transport};
use pfsum::error::shown;

use crate::cli::nearest::question;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that takes mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    host: String,
    port: u16,
    safety: Safety,
    /// The file with user and password.
    login: Option<PathBuf>,
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
        Ok(Self { host: host.to_owned(), port, safety: *safety, login })
    }

    /// Gives the server the message: all recipients, or none.
    pub(super) fn send(&self, from: &str, to: &[String], message: &[u8], me: &str) -> Result<()> {
        let place = || format!("{}:{}", self.host, self.port);
        let address =
            |text: &str| text.parse::<Address>().map_err(|why| anyhow!("{text:?}: {why}"));
        let to = to.iter().map(|to| address(to)).collect::<Result<Vec<_>>>()?;
        let envelope = Envelope::new(Some(address(from)?), to)?;
        let tls = || TlsParameters::new(self.host.clone()).with_context(place);
        let mut server = SmtpTransport::builder_dangerous(&self.host)
            .port(self.port)
            .timeout(Some(PATIENCE))
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
        server.build().send_raw(&envelope, message).map_err(|error| {
            let mut said = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                said = format!("{said}: {error}");
                cause = error.source();
            }
            anyhow!("{}: {}, the report is not sent", place(), said.escape_debug())
        })?;
        Ok(())
    }
}

fn is_this_host(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.starts_with("127.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
}
