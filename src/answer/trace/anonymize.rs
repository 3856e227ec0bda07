//! Stories with pseudonyms in place of users, hosts and addresses.

use crate::words::pseudonym::Pseudonyms;

use super::story::{Entry, Event, Story, Told};

impl Told {
    /// Puts pseudonyms in.
    pub fn anonymize(&mut self, with: &Pseudonyms) {
        for entry in &mut self.entries {
            match entry {
                Entry::Message(story) => story.anonymize(with),
                Entry::Refusals(event) => event.anonymize(with),
            }
        }
    }
}

impl Story {
    fn anonymize(&mut self, with: &Pseudonyms) {
        let name = |text: &mut String| *text = with.name(text);
        name(&mut self.host);
        self.facts.iter_mut().for_each(|(_, text)| name(text));
        for outcome in &mut self.recipients {
            name(&mut outcome.recipient);
            outcome.orig_to.iter_mut().for_each(name);
        }
        self.events.iter_mut().for_each(|event| event.anonymize(with));
    }
}

impl Event {
    fn anonymize(&mut self, with: &Pseudonyms) {
        let name = |text: &mut String| *text = with.name(text);
        self.recipient.iter_mut().for_each(name);
        self.peer.iter_mut().for_each(name);
        self.text = with.text(&self.text);
        self.branch.iter_mut().for_each(|story| story.anonymize(with));
    }
}
