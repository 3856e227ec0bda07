//! Log text made safe to show: no control character, no invisible one, valid
//! UTF-8.

use std::borrow::Cow;
use std::fmt::Write;

use crate::near::{ONES, UPPER};

/// Writes `bytes` into `out` as the report shows them.
///
/// Valid UTF-8 is kept. Bytes that are not, and control characters (C0, DEL,
/// C1), appear as `\xNN`; characters that turn the direction of text, break
/// lines or have no width appear as `\u{202E}`. So a log can neither drive the
/// reader's terminal nor show him a name that is not there.
pub fn printable(bytes: &[u8], out: &mut String) {
    out.clear();
    push_printable(bytes, out);
}

/// What [`printable`] writes; a text that is so already, as most are, is not copied.
#[must_use]
pub fn shown(bytes: &[u8]) -> Cow<'_, str> {
    if let (true, Ok(text)) = (is_plain(bytes), str::from_utf8(bytes)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    push_printable(bytes, &mut out);
    Cow::Owned(out)
}

/// Writes the same as bytes. That plain text is UTF-8 need not be proved then, which is a
/// tenth of what a report of sixty thousand rows takes to write.
pub fn write_shown(bytes: &[u8], out: &mut Vec<u8>) {
    if is_plain(bytes) {
        out.extend_from_slice(bytes);
    } else {
        out.extend_from_slice(shown(bytes).as_bytes());
    }
}

/// Appends what [`printable`] writes.
pub fn push_printable(bytes: &[u8], out: &mut String) {
    if is_plain(bytes)
        && let Ok(text) = str::from_utf8(bytes)
    {
        out.push_str(text);
        return;
    }
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push(c, out));
        chunk.invalid().iter().for_each(|byte| push_byte(u32::from(*byte), out));
    }
}

/// Whether all bytes are visible ASCII or blanks.
fn is_plain(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes.iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    };
    // Eight at once, the last eight perhaps twice: two thirds of what one by one takes. A byte
    // that is not plain sets its upper bit, because it has it, or gets it from one more (DEL) or
    // from a blank less (controls); what it takes from a byte above it changes no answer.
    let marks = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        word | word.wrapping_add(ONES) | word.wrapping_sub(ONES * u64::from(b' '))
    };
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().fold(marks(last), |all, word| all | marks(word)) & UPPER == 0
}

fn push(c: char, out: &mut String) {
    match c {
        _ if c.is_control() => push_byte(u32::from(c), out),
        // Writing to a string cannot fail.
        _ if is_invisible(c) => write!(out, "\\u{{{:04X}}}", u32::from(c)).unwrap_or_default(),
        _ => out.push(c),
    }
}

fn push_byte(value: u32, out: &mut String) {
    write!(out, "\\x{value:02X}").unwrap_or_default();
}

/// Whether a character has no width, breaks the line or changes the direction of the text after
/// it: Unicode's `Default_Ignorable_Code_Point`, the separators of lines and of annotations.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}
