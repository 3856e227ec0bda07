//! The order of rows that tie: by host key, then by bytes, found once for many lists.

use crate::words::order::host_key;

/// The place of each text among all of them, in the order of
/// [`host_key_cmp`](crate::words::order::host_key_cmp).
///
/// Lists are then sorted by numbers: counts first, places where counts are equal.
pub(super) fn places<'t>(texts: &[&'t [u8]]) -> Vec<u32> {
    let mut keys = Vec::new();
    let mut order: Vec<Sorted<'t>> = Vec::with_capacity(texts.len());
    let mut start = 0;
    for (text, index) in texts.iter().copied().zip(0u32..) {
        host_key(text, &mut keys);
        let head = head(keys.get(start..).unwrap_or_default());
        order.push(Sorted { head, start, end: keys.len(), index, text });
        start = keys.len();
    }
    // Most keys differ in their first bytes.
    order.sort_unstable_by(|a, b| {
        let rest = |s: &Sorted<'_>| keys.get(s.start..s.end).unwrap_or_default();
        a.head.cmp(&b.head).then_with(|| rest(a).cmp(rest(b))).then_with(|| a.text.cmp(b.text))
    });
    let mut places = vec![0; texts.len()];
    for (sorted, place) in order.iter().zip(0u32..) {
        if let Some(slot) = places.get_mut(sorted.index as usize) {
            *slot = place;
        }
    }
    places
}

struct Sorted<'t> {
    head: u128,
    start: usize,
    end: usize,
    index: u32,
    text: &'t [u8],
}

/// The first sixteen bytes as a number that sorts as they do.
fn head(key: &[u8]) -> u128 {
    if let Some(bytes) = key.first_chunk() {
        return u128::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 16];
    for (byte, of_key) in bytes.iter_mut().zip(key) {
        *byte = *of_key;
    }
    u128::from_be_bytes(bytes)
}
