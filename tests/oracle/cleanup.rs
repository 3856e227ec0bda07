//! What cleanup(8) makes of a message before it is mail: takes it, holds it, throws it away,
//! refuses it, or never sees its end.

use super::{Client, File, HERE, Postfix};
use crate::truth::{Deed, End};
use crate::world::{After, Letter, Rule, Taken};

impl Postfix {
    /// What cleanup(8) makes of a message.
    pub(super) fn taken(
        &mut self,
        at: i64,
        file: File,
        letter: &Letter,
        client: Option<Client<'_>>,
        context: &str,
        user: Option<String>,
    ) {
        let id = file.id.clone();
        let unread = matches!(letter.taken, Taken::Thrown(Rule::Access));
        let cut = matches!(letter.taken, Taken::Abandoned) && file.size.is_multiple_of(2);
        let refused_early = matches!(letter.taken, Taken::Refused { rule: Rule::Access, .. })
            && file.size.is_multiple_of(2);
        if !unread && !cut && !refused_early {
            self.line(at + 20, HERE, "cleanup", format!("{id}: message-id=<{}>", file.message_id));
        }
        let received = Deed {
            message: file.message,
            sender: Some(file.sender.clone()),
            host: "mx1",
            user,
            ..Deed::default()
        };
        match letter.taken {
            Taken::Queued => {
                self.deed(at, "received", Deed { bytes: file.size, ..received });
                self.enter(at + 40, file, letter);
            }
            Taken::Held(rule, after) => {
                if rule != Rule::Access {
                    self.truth.told_of(file.life, at + 20);
                    self.line(
                        at + 30,
                        HERE,
                        "cleanup",
                        format!("{id}: {}", verdict("hold", rule, context)),
                    );
                    self.deed_of(at + 30, "held", &file);
                }
                let (size, later) = (file.size, at + 60_000);
                let bytes = if self.on_hold(later, file, after, letter) { size } else { 0 };
                self.deed(at, "received", Deed { bytes, ..received });
            }
            Taken::Thrown(rule) => {
                if rule != Rule::Access {
                    self.truth.told_of(file.life, at + 20);
                    self.line(
                        at + 30,
                        HERE,
                        "cleanup",
                        format!("{id}: {}", verdict("discard", rule, context)),
                    );
                    self.deed_of(at + 30, "discarded", &file);
                }
                self.deed(at, "received", received);
                self.truth.ends(file.life, at + 50, End::Discarded);
                self.gone(at + 50, &file, "discarded");
            }
            Taken::Refused { rule, temporary } => {
                self.refused(at + 40, &file, rule, temporary, client, context);
            }
            Taken::Abandoned => {
                let name = client.map_or("", |client| client.name);
                let prefix = if self.setup.new { format!("{id}: ") } else { String::new() };
                let said = format!("{prefix}lost connection after DATA (17 bytes) from {name}");
                if let Some(client) = client {
                    self.smtpd(at + 40, client, said);
                }
                // What was read of it may be told behind its end: not used again at once.
                self.gone(at + 50, &file, "canceled");
                self.ids.not_before(at + 3_000, &file.id);
            }
        }
    }

    /// The queue file goes before it was mail; since 3.10 cleanup(8) says so.
    fn gone(&mut self, at: i64, file: &File, how: &'static str) {
        if self.setup.new {
            self.line(at, HERE, "cleanup", format!("{}: removed ({how})", file.id));
            if how == "canceled" {
                self.deed_of(at, how, file);
            }
        }
        self.ids.free(file.place, (file.born, at), &file.id);
    }

    fn refused(
        &mut self,
        at: i64,
        file: &File,
        rule: Rule,
        temporary: bool,
        client: Option<Client<'_>>,
        context: &str,
    ) {
        let (code, status) = if temporary { ("451", "4.7.1") } else { ("554", "5.7.1") };
        let id = &file.id;
        match (rule, client) {
            (Rule::Access, Some(client)) => {
                let stage = if file.size.is_multiple_of(2) { "DATA" } else { "END-OF-MESSAGE" };
                let context = context.replacen(
                    "; ",
                    &format!(": {code} {status} <x>: Client host rejected: no; "),
                    1,
                );
                self.smtpd(at, client, format!("{id}: reject: {stage} {context}"));
            }
            (Rule::Milter, _) => {
                let context = context.replacen("; ", &format!(": {status} Command rejected; "), 1);
                self.line(
                    at,
                    HERE,
                    "cleanup",
                    format!("{id}: milter-reject: END-OF-MESSAGE {context}"),
                );
            }
            _ => {
                let said =
                    format!("{id}: reject: header Subject: pills {context}: {status} no thanks");
                self.line(at, HERE, "cleanup", said);
            }
        }
        let what = if temporary { "rejected_temporary" } else { "rejected_permanent" };
        self.deed_of(at, what, file);
        self.gone(at + 10, file, "canceled");
    }

    /// Tells whether it is released: then the queue manager says its size.
    fn on_hold(&mut self, at: i64, file: File, after: After, letter: &Letter) -> bool {
        let id = &file.id;
        match after {
            _ if at > self.until => self.stays(&file),
            After::Stays => self.stays(&file),
            After::Released => {
                self.line(at, file.place, "postsuper", format!("{id}: released from hold"));
                self.enter(at + 200, file, letter);
                return true;
            }
            After::Deleted => {
                self.says(at, &file, "postsuper", "removed");
                self.truth.ends(file.life, at, End::Deleted);
                self.ids.free(file.place, (file.born, at), id);
            }
        }
        false
    }
}

/// `hold: header Subject: x from …`, `milter-hold: END-OF-MESSAGE from …: …`
fn verdict(word: &str, rule: Rule, context: &str) -> String {
    match rule {
        Rule::Milter => {
            let text = format!(": milter triggers {} action; ", word.to_uppercase());
            format!("milter-{word}: END-OF-MESSAGE {}", context.replacen("; ", &text, 1))
        }
        _ => format!("{word}: header Subject: quarterly figures {context}"),
    }
}
