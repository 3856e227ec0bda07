//! What a line says, kept for later: owned copies.

use super::event::Verdict;

/// A verdict that owns its texts.
#[derive(Clone, Debug)]
pub(crate) struct KeptVerdict {
    texts: Texts<9>,
    present: [bool; 4],
    rest: Verdict<'static>,
}

/// Several texts in one piece of memory.
#[derive(Clone, Debug)]
pub(crate) struct Texts<const N: usize> {
    bytes: Box<[u8]>,
    ends: [u32; N],
}

impl<const N: usize> Texts<N> {
    /// Copies of them.
    pub(crate) fn of(texts: [&[u8]; N]) -> Texts<N> {
        let mut ends = [0; N];
        let mut bytes = Vec::with_capacity(texts.iter().map(|text| text.len()).sum());
        for (text, end) in texts.iter().zip(&mut ends) {
            bytes.extend_from_slice(text);
            *end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        }
        Texts { bytes: bytes.into_boxed_slice(), ends }
    }

    /// One of them, by its place.
    pub(crate) fn get(&self, at: usize) -> &[u8] {
        let start =
            at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(0);
        self.bytes.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl KeptVerdict {
    /// A copy of it.
    pub(crate) fn of(v: &Verdict<'_>) -> KeptVerdict {
        let optional = [v.sender, v.recipient, v.helo, v.user];
        let [sender, recipient, helo, user] = optional.map(Option::unwrap_or_default);
        KeptVerdict {
            texts: Texts::of([
                v.stage, v.client, v.text, v.reply, v.whole, sender, recipient, helo, user,
            ]),
            present: optional.map(|text| text.is_some()),
            rest: Verdict { action: v.action, by: v.by, temporary: v.temporary, ..Verdict::EMPTY },
        }
    }

    /// As it was.
    pub(crate) fn verdict(&self) -> Verdict<'_> {
        let [sender, recipient, helo, user] = self.present;
        let optional = |present: bool, at| present.then(|| self.texts.get(at));
        Verdict {
            stage: self.texts.get(0),
            client: self.texts.get(1),
            text: self.texts.get(2),
            reply: self.texts.get(3),
            whole: self.texts.get(4),
            sender: optional(sender, 5),
            recipient: optional(recipient, 6),
            helo: optional(helo, 7),
            user: optional(user, 8),
            ..self.rest
        }
    }
}
