//! The order of names in a list: by domain from the right, then addresses.

use std::cmp::Ordering;

use memchr::memchr_iter;

use crate::near::{last_place_of_either, place_of_either};

/// Compares two report texts by the host that begins them, then byte by byte.
///
/// Names come first, ordered by their labels from the right; then IPv4, then
/// IPv6 addresses by value. Of a longer text the first word decides. This is
/// the order of pflogsumm 1.3.0, so that lists read alike; equal keys, which it
/// leaves to chance, follow their bytes.
#[must_use]
pub fn host_key_cmp(a: &[u8], b: &[u8]) -> Ordering {
    Key::of(a).cmp(&Key::of(b)).then_with(|| a.cmp(b))
}

/// Appends a key to `out` whose bytes sort as [`host_key_cmp`] sorts texts, apart from
/// texts with equal hosts: a long list is sorted by keys that are made once.
pub fn host_key(text: &[u8], out: &mut Vec<u8>) {
    let key = Key::of(text);
    out.push(key.class());
    match key {
        Key::Name(word) => {
            let start = out.len();
            let labels = word.rsplit(|b| matches!(b, b'.' | b'@'));
            labels.for_each(|label| out.extend_from_slice(label));
            if let Some(name) = out.get_mut(start..) {
                name.make_ascii_lowercase();
            }
        }
        Key::Verbatim(word) => out.extend(lower(word)),
        Key::V4(value) => out.extend(value.to_be_bytes()),
        Key::V6(word) => {
            let start = out.len();
            for group in groups(word) {
                out.extend_from_slice(b"0000".get(group.len()..).unwrap_or_default());
                out.extend_from_slice(group);
                out.push(0);
            }
            if let Some(key) = out.get_mut(start..) {
                key.make_ascii_lowercase();
            }
        }
    }
}

/// The first 32 bytes of that key, as numbers: enough to order nearly all texts.
#[must_use]
pub fn host_key_head(text: &[u8]) -> [u64; 4] {
    numbers(start::<32>(text))
}

/// The first 16 bytes of it: enough for most.
#[must_use]
pub fn host_key_start(text: &[u8]) -> [u64; 2] {
    numbers(start::<16>(text))
}

/// Bytes as numbers of the same order.
fn numbers<const N: usize, const M: usize>(bytes: [u8; N]) -> [u64; M] {
    let mut numbers = [0; M];
    let (words, _) = bytes.as_chunks::<8>();
    numbers.iter_mut().zip(words).for_each(|(number, word)| *number = u64::from_be_bytes(*word));
    numbers
}

/// The first bytes of a text's key.
fn start<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut head = [0; N];
    let Some((class, rest)) = head.split_first_mut() else { return head };
    let key = Key::of(text);
    *class = key.class();
    match key {
        Key::Name(word) => copy_turned(word, rest),
        Key::V4(value) => {
            rest.iter_mut().zip(value.to_be_bytes()).for_each(|(place, byte)| *place = byte);
        }
        Key::Verbatim(_) | Key::V6(_) => {
            let mut whole = Vec::new();
            host_key(text, &mut whole);
            rest.iter_mut().zip(whole.iter().skip(1)).for_each(|(place, byte)| *place = *byte);
        }
    }
    head
}

/// Copies the labels of a name from right to left, in lower case, as far as there is room: as
/// [`reversed`] gives them, in a third of the time.
fn copy_turned(word: &[u8], mut room: &mut [u8]) {
    let mut rest = word;
    loop {
        let start = last_place_of_either(rest, b'.', b'@').map_or(0, |at| at + 1);
        let label = rest.get(start..).unwrap_or_default();
        let len = label.len().min(room.len());
        let (here, behind) = room.split_at_mut_checked(len).unwrap_or_default();
        here.iter_mut().zip(label).for_each(|(place, byte)| *place = byte.to_ascii_lowercase());
        if start == 0 || behind.is_empty() {
            return;
        }
        room = behind;
        rest = rest.get(..start - 1).unwrap_or_default();
    }
}

/// What a text is ordered by.
#[derive(Clone, Copy)]
enum Key<'a> {
    Name(&'a [u8]),
    /// Four numbers of which one is too large: no address, and not turned
    /// around.
    Verbatim(&'a [u8]),
    V4(u32),
    V6(&'a [u8]),
}

impl<'a> Key<'a> {
    fn of(text: &'a [u8]) -> Self {
        let end = place_of_either(text, b' ', b'\t').unwrap_or(text.len());
        let word = text.get(..end).unwrap_or(text);
        match quad(word) {
            Quad::Address(value) => Self::V4(value),
            Quad::TooLarge => Self::Verbatim(word),
            Quad::No if is_v6(word) => Self::V6(word),
            Quad::No => Self::Name(word),
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => reversed(a).cmp(reversed(b)),
            (Self::Name(a), Self::Verbatim(b)) => reversed(a).cmp(lower(b)),
            (Self::Verbatim(a), Self::Name(b)) => lower(a).cmp(reversed(b)),
            (Self::Verbatim(a), Self::Verbatim(b)) => lower(a).cmp(lower(b)),
            (Self::V4(a), Self::V4(b)) => a.cmp(b),
            (Self::V6(a), Self::V6(b)) => {
                let pairs = groups(a).into_iter().zip(groups(b));
                let compared = pairs.map(|(a, b)| four_digits(a).cmp(four_digits(b)));
                compared.fold(Ordering::Equal, Ordering::then)
            }
            _ => self.class().cmp(&other.class()),
        }
    }

    fn class(self) -> u8 {
        match self {
            Self::Name(_) | Self::Verbatim(_) => 0,
            Self::V4(_) => 2,
            Self::V6(_) => 3,
        }
    }
}

enum Quad {
    Address(u32),
    TooLarge,
    No,
}

/// Reads four decimal numbers joined by dots.
fn quad(word: &[u8]) -> Quad {
    if !word.first().is_some_and(u8::is_ascii_digit) {
        return Quad::No;
    }
    let (mut value, mut number, mut dots, mut fits, mut empty) = (0u32, 0u32, 0, true, true);
    for byte in word {
        match byte {
            b'0'..=b'9' => {
                // Beyond 255 it stays beyond.
                number = (number * 10 + u32::from(byte - b'0')).min(256);
                fits &= number <= 255;
                empty = false;
            }
            b'.' if !empty && dots < 3 => {
                value = value << 8 | number;
                (number, dots, empty) = (0, dots + 1, true);
            }
            _ => return Quad::No,
        }
    }
    match (dots, empty, fits) {
        (3, false, true) => Quad::Address(value << 8 | number),
        (3, false, false) => Quad::TooLarge,
        _ => Quad::No,
    }
}

/// Whether the word begins like an IPv6 address and has no more groups than
/// one.
///
/// A sender may call himself `a:b:c:d:e:f:0:1:2@example.com`; that is a name.
fn is_v6(word: &[u8]) -> bool {
    let hex = word.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    if hex == 0 || word.get(hex) != Some(&b':') {
        return false;
    }
    let colons = memchr_iter(b':', word).count();
    colons <= 7 || (colons == 8 && word.ends_with(b"::"))
}

/// The eight groups; the first empty one stands for all that are missing.
fn groups(address: &[u8]) -> [&[u8]; 8] {
    // There are nine at most, the last two empty then.
    let mut said = [&b""[..]; 9];
    let mut count = 0;
    for (place, group) in said.iter_mut().zip(address.split(|b| *b == b':')) {
        *place = group;
        count += 1;
    }
    let gap = said.iter().take(count).position(|group| group.is_empty()).unwrap_or(count);
    let missing = 8usize.saturating_sub(count);
    let mut groups = [&b""[..]; 8];
    for (index, group) in groups.iter_mut().enumerate() {
        let at = if index < gap { Some(index) } else { index.checked_sub(missing) };
        let known = at.filter(|at| index < gap || *at > gap).and_then(|at| said.get(at));
        *group = known.copied().unwrap_or_default();
    }
    groups
}

/// A group of an IPv6 address with its leading zeros.
fn four_digits(group: &[u8]) -> impl Iterator<Item = u8> + '_ {
    std::iter::repeat_n(b'0', 4usize.saturating_sub(group.len())).chain(lower(group))
}

fn lower(text: &[u8]) -> impl Iterator<Item = u8> + '_ {
    text.iter().map(u8::to_ascii_lowercase)
}

/// The labels of a name or an address from right to left, in lower case,
/// without what separates them.
fn reversed(text: &[u8]) -> impl Iterator<Item = u8> + '_ {
    text.rsplit(|b| matches!(b, b'.' | b'@')).flat_map(lower)
}
