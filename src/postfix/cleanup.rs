//! Lines of the cleanup server, `cleanup(8)`.

use super::event::{Event, Level};
use super::{delivery, verdict};

/// Parses the text behind the queue ID.
///
/// ```text
/// message-id=<20261122031407.3C0D2@example.net>
/// removed (canceled)
/// reject: header Subject: Cheap pills from …
/// to=<b@example.net>, relay=none, delay=0.1, delays=0.1/0/0/0, dsn=5.7.1, status=bounced (…)
/// ```
pub(super) fn message(text: &[u8]) -> Option<Event<'_>> {
    if let Some(id) = text.strip_prefix(b"message-id=") {
        return Some(Event::MessageId(id));
    }
    match text {
        b"removed (canceled)" | b"canceled" => return Some(Event::Canceled),
        b"removed (discarded)" => return Some(Event::Dropped),
        _ => {}
    }
    if text.starts_with(b"to=<") {
        return delivery::event(text);
    }
    if text.starts_with(b"resent-message-id=") {
        return Some(Event::Remark);
    }
    if let Some(text) = text.strip_prefix(b"warning: ") {
        // WARN in a header or body check: it refuses nothing.
        return Some(Event::Diagnostic { level: Level::Warning, text });
    }
    verdict::cleanup(text)
}
