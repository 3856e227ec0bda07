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
    let (host, other) = (first_word(a), first_word(b));
    if host == other {
        return a.cmp(b);
    }
    Key::of_word(host, quad(host)).cmp(&Key::of_word(other, quad(other))).then_with(|| a.cmp(b))
}

/// Appends a key to `out` whose bytes sort as [`host_key_cmp`] sorts texts, apart from
/// texts with equal hosts: a long list is sorted by keys that are made once.
pub fn host_key(text: &[u8], out: &mut Vec<u8>) {
    let key = Key::of(text);
    out.push(key.class());
    match key {
        Key::Name(word) => {
            let start = out.len();
            let mut rest = Some(word);
            while let Some((before, label)) = rest.map(last_label) {
                out.extend_from_slice(label);
                rest = before;
            }
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

/// The beginning of that key as a number: of two texts with different ones, the lesser comes
/// first. It has the first 15 bytes, which tell most texts apart.
#[must_use]
pub fn host_key_start(text: &[u8]) -> u128 {
    let key = Key::of(text);
    let start = match key {
        Key::Name(word) => turned_start(word),
        Key::Verbatim(word) => lower_case(start(word)),
        Key::V4(value) => u128::from(value) << 96,
        Key::V6(word) => {
            let mut bytes = [0; 16];
            let key = groups(word).into_iter().flat_map(|group| four_digits(group).chain([0]));
            bytes.iter_mut().zip(key).for_each(|(place, byte)| *place = byte);
            u128::from_be_bytes(bytes)
        }
    };
    // There are four classes at most.
    u128::from(key.class()) << 126 | start >> 2
}

/// The first 16 bytes of what [`reversed`] gives. Each label is one number, which is shifted to
/// its place: two thirds of the instructions that copying its bytes takes.
fn turned_start(word: &[u8]) -> u128 {
    let (mut turned, mut bits, mut rest) = (0, 0, word);
    while bits < u128::BITS {
        let (before, label) = last_label(rest);
        turned |= start(label) >> bits;
        bits += 8 * u32::try_from(label.len().min(16)).unwrap_or(16);
        let Some(before) = before else { break };
        rest = before;
    }
    lower_case(turned)
}

/// The first 16 bytes of a text as a number, with zeros behind it: a shorter one is put together
/// of its beginning and its end, which have some bytes in common.
fn start(text: &[u8]) -> u128 {
    let behind = |bytes: usize| 8 * u32::try_from(bytes - text.len()).unwrap_or(0);
    if let Some(bytes) = text.first_chunk::<16>() {
        u128::from_be_bytes(*bytes)
    } else if let (Some(head), Some(tail)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        let (head, tail) = (u64::from_be_bytes(*head), u64::from_be_bytes(*tail));
        u128::from(head) << 64 | u128::from(tail) << behind(16)
    } else if let (Some(head), Some(tail)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let (head, tail) = (u32::from_be_bytes(*head), u32::from_be_bytes(*tail));
        u128::from(u64::from(head) << 32 | u64::from(tail) << behind(8)) << 64
    } else {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        u128::from(text.iter().fold(0, add) << behind(4)) << 96
    }
}

/// Upper-case letters in 16 bytes made lower-case.
fn lower_case(bytes: u128) -> u128 {
    /// A byte in each place.
    const ONES: u128 = u128::MAX / 0xff;
    /// The upper bit of each byte.
    const UPPER: u128 = ONES << 7;
    let from = |letter: u8| (bytes & !UPPER) + ONES * u128::from(0x80 - letter);
    let upper = from(b'A') & !from(b'Z' + 1) & !bytes & UPPER;
    bytes | upper >> 2
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
    /// The key of a text: of its first word.
    fn of(text: &'a [u8]) -> Self {
        match quad(text) {
            Quad::Address(value) => Self::V4(value),
            quad => Self::of_word(first_word(text), quad),
        }
    }

    fn of_word(word: &'a [u8], quad: Quad) -> Self {
        match quad {
            Quad::Address(value) => Self::V4(value),
            Quad::TooLarge => Self::Verbatim(word),
            Quad::No if is_v6(word) => Self::V6(word),
            Quad::No => Self::Name(word),
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => cmp_turned(a, b),
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

/// A text up to the first blank.
fn first_word(text: &[u8]) -> &[u8] {
    let end = place_of_either(text, b' ', b'\t').unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// Compares as [`reversed`] gives them, in two thirds of the instructions: most names that are
/// compared end in the same labels, and differ in a byte of the next one.
fn cmp_turned(a: &[u8], b: &[u8]) -> Ordering {
    let (mut rest, mut other) = without_same_end(a, b);
    loop {
        let ((before, label), (others, its)) = (last_label(rest), last_label(other));
        if let Some((byte, its)) = label.iter().zip(its).find(|(byte, its)| byte != its) {
            match byte.to_ascii_lowercase().cmp(&its.to_ascii_lowercase()) {
                Ordering::Equal => break, // the same letter
                order => return order,
            }
        }
        match (before, others) {
            (Some(before), Some(others)) if label.len() == its.len() => {
                (rest, other) = (before, others);
            }
            _ => break,
        }
    }
    reversed(rest).cmp(reversed(other))
}

/// Two names without labels in which both end: those in the last bytes, which are compared
/// eight at once.
fn without_same_end<'n>(a: &'n [u8], b: &'n [u8]) -> (&'n [u8], &'n [u8]) {
    let ((_, words), (_, others)) = (a.as_rchunks::<8>(), b.as_rchunks::<8>());
    let pairs = words.iter().rev().zip(others.iter().rev());
    let same = 8 * pairs.take_while(|(word, other)| word == other).count();
    let Some((before, end)) = a.split_at_checked(a.len() - same) else { return (a, b) };
    let Some(at) = place_of_either(end, b'.', b'@') else { return (a, b) };
    let others = b.get(..b.len() - same + at).unwrap_or(b);
    (a.get(..before.len() + at).unwrap_or(a), others)
}

/// What stands before the last label, if anything does, and the label.
fn last_label(name: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match last_place_of_either(name, b'.', b'@').and_then(|at| name.split_at_checked(at)) {
        Some((before, label)) => (Some(before), label.get(1..).unwrap_or_default()),
        None => (None, name),
    }
}

#[derive(Clone, Copy)]
enum Quad {
    Address(u32),
    TooLarge,
    No,
}

/// Whether a text is an IPv4 address: to parse it takes four times as long.
pub(super) fn is_v4(text: &[u8]) -> bool {
    matches!(quad(text), Quad::Address(_))
}

/// Reads four decimal numbers joined by dots, up to a blank.
fn quad(text: &[u8]) -> Quad {
    let (mut value, mut fits, mut rest) = (0, true, text);
    for at in 0..4 {
        let Some((number, behind)) = decimal(rest) else { return Quad::No };
        fits &= number <= 255;
        value = value << 8 | number;
        rest = match (at, behind) {
            (0..3, [b'.', behind @ ..]) => behind,
            (3, [] | [b' ' | b'\t', ..]) => break,
            _ => return Quad::No,
        };
    }
    if fits { Quad::Address(value) } else { Quad::TooLarge }
}

/// The number at the start of a text, beyond 255 any number beyond it, and what is behind.
fn decimal(text: &[u8]) -> Option<(u32, &[u8])> {
    let digit = |byte: &u8| u32::from(byte.wrapping_sub(b'0'));
    let (mut number, mut rest) = match text {
        [a, rest @ ..] if digit(a) < 10 => (digit(a), rest),
        _ => return None,
    };
    while let [next, behind @ ..] = rest
        && digit(next) < 10
    {
        number = (number * 10 + digit(next)).min(256);
        rest = behind;
    }
    Some((number, rest))
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
