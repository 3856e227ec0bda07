//! Mail: whom the report goes to, and by which way it is sent.

mod address;
pub(crate) mod options;
mod sendmail;
mod smtp;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use pfsum::render::{self, mail};
use pfsum::report::Report;
use pfsum::{Zone, config};

use super::getopt::{Choice, Typed};
use super::output::Output;
use options::Mailing;
use smtp::Server;

/// What is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    to: Vec<String>,
    from: String,
    subject: Option<String>,
    attach: bool,
    way: Way,
}

/// How it gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// By the local sendmail(1).
    Sendmail,
    /// By SMTP.
    Server(Server),
    /// Not at all: it is written to a file.
    File(PathBuf),
}

impl Mail {
    /// Makes sense of the options; `None` if nothing is to be mailed.
    pub(crate) fn of(options: &Mailing, output: Option<&Path>) -> Result<Option<Self>> {
        let file = output.filter(|output| is_message(output));
        let Some(first) = options.mail_to.first() else {
            return match file {
                Some(_) => bail!("--output FILE.eml needs --mail-to, which says to whom"),
                None => Ok(None),
            };
        };
        if output.is_some() && file.is_none() {
            bail!("--output with --mail-to is a message: its FILE ends with .eml");
        }
        for typed in &options.mail_to {
            address::check("--mail-to", typed)?;
        }
        let from = options.mail_from.as_ref().unwrap_or(first);
        address::check("--mail-from", from)?;
        let way = match (file, &options.smtp) {
            (Some(file), _) => Way::File(file.to_owned()),
            (None, Some(url)) => Way::Server(Server::parse(url, options.smtp_login.clone())?),
            (None, None) if options.smtp_login.is_some() => {
                bail!("--smtp-login needs --smtp, which says where")
            }
            (None, None) => Way::Sendmail,
        };
        if let Way::Server(_) = way {
            for typed in options.mail_to.iter().chain([from]) {
                address::check_whole(typed)?;
            }
        }
        Ok(Some(Self {
            to: options.mail_to.clone(),
            from: from.clone(),
            subject: options.subject.clone(),
            attach: options.attach_html,
            way,
        }))
    }

    /// Writes the message and sends it: the text of one report, HTML of the other, which has
    /// all that pages show. `hides`: no name is to be seen.
    pub(crate) fn send(
        &self,
        text: &Report<'_>,
        html: &Report<'_>,
        reading: &config::Reading,
        hides: bool,
    ) -> Result<()> {
        let in_form = |report, format| -> Result<String> {
            let mut out = Vec::new();
            render::render(report, format, &mut out)?;
            Ok(String::from_utf8(out)?)
        };
        let mut page = None;
        if self.attach {
            page = Some((file_name(html), in_form(html, config::Format::Html)?));
        }
        let text = shortened(in_form(text, config::Format::Text)?);
        let content = mail::letter::Content {
            text: &text,
            html: &mail::html(html, page.is_some())?,
            page: page.as_ref().map(|(name, page)| (name.as_str(), page.as_str())),
        };
        let host = host_name();
        let head = mail::letter::Head {
            from: &self.from,
            to: &self.to,
            subject: &mail::subject(html, self.subject.as_deref()),
            date: utc(reading.now, &reading.zone),
            process: std::process::id(),
            // The host that mails most often wrote the log as well.
            host: if hides { "pfsum.invalid" } else { &host },
        };
        let message = mail::letter::compose(&head, &content)?;
        match &self.way {
            Way::Sendmail => sendmail::send(&self.from, &self.to, &message),
            Way::Server(server) => server.send(&self.from, &self.to, &message, &host),
            Way::File(path) => {
                let mut output = Output::open(Some(path))?;
                std::io::Write::write_all(&mut output, &message)?;
                output.finish()
            }
        }
    }
}

/// Refuses options of a mail that goes to nobody, if they were typed: in a config file they
/// wait for a run that mails.
pub(crate) fn needs_recipient(options: &Mailing, typed: &Typed) -> Result<()> {
    const OF_A_MAIL: [&str; 5] = ["mail-from", "subject", "attach-html", "smtp", "smtp-login"];
    let of_a_mail = |choice: &&Choice| OF_A_MAIL.contains(&choice.long.as_str());
    match typed.choices.iter().find(of_a_mail) {
        Some(choice) if options.mail_to.is_empty() => {
            bail!("--{} needs --mail-to, which says to whom", choice.long)
        }
        _ => Ok(()),
    }
}

/// Whether a file is to hold a message.
pub(crate) fn is_message(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"))
}

/// What the attached page is called.
fn file_name(report: &Report<'_>) -> String {
    match &report.period.to {
        Some(day) => format!("report-{day}.html"),
        None => "report.html".to_owned(),
    }
}

/// A text that mail systems and readers take: Postfix refuses messages above 10 MB, and nobody
/// reads half a megabyte.
fn shortened(mut text: String) -> String {
    const MOST: usize = 500_000;
    if text.len() <= MOST {
        return text;
    }
    // A character may lie across the end; it takes four bytes at most.
    let kept = (0..4).find_map(|back| text.get(..MOST - back)).unwrap_or_default();
    let end = kept.rfind('\n').map_or(kept.len(), |at| at + 1);
    let left = text.get(end..).map_or(0, |rest| rest.lines().count());
    text.truncate(end);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n{left} more lines have no room in a mail; --detail shortens lists.");
    text
}

/// The instant of a local time.
fn utc(wall: i64, zone: &Zone) -> i64 {
    zone.candidates(wall).0
}

/// What this computer calls itself.
fn host_name() -> String {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let read = files.iter().find_map(|file| fs::read_to_string(file).ok());
    read.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_long_text_is_cut_behind_a_line_wherever_its_characters_lie() {
        let line = "\u{3042}".repeat(33) + "\n"; // three bytes each
        for front in ["", "a", "ab"] {
            for lines in [line.as_str(), line.trim_end()] {
                let text = shortened(front.to_owned() + &lines.repeat(6_000));
                assert!((499_000..500_200).contains(&text.len()), "{}", text.len());
                assert!(text.contains(" more lines have no room"), "{front}");
            }
        }
    }
}
