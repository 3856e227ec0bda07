//! The order of rows that tie: by host key, then by bytes, found once for many lists.

use crate::words::order::host_key;

/// The place of each text among all of them, in the order of
/// [`host_key_cmp`](crate::words::order::host_key_cmp).
///
/// Lists are then sorted by numbers: counts first, places where counts are equal.
pub(super) fn places(texts: &[&[u8]]) -> Vec<u32> {
    let mut keys = Vec::new();
    let mut ends = Vec::with_capacity(texts.len());
    let mut order: Vec<(u128, u32)> = Vec::with_capacity(texts.len());
    for (text, index) in texts.iter().zip(0..) {
        let start = keys.len();
        host_key(text, &mut keys);
        ends.push(keys.len());
        order.push((head(keys.get(start..).unwrap_or_default()), index));
    }
    // Most keys differ in their first bytes, and numbers are sorted in half of the time.
    order.sort_unstable();
    let whole = |&(_, index): &(u128, u32)| {
        let at = index as usize;
        let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        let key = ends.get(at).and_then(|end| keys.get(start..*end)).unwrap_or_default();
        (key, texts.get(at).copied().unwrap_or_default())
    };
    for alike in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by(|a, b| whole(a).cmp(&whole(b)));
    }
    let mut places = vec![0; texts.len()];
    for ((_, index), place) in order.iter().zip(0..) {
        if let Some(slot) = places.get_mut(*index as usize) {
            *slot = place;
        }
    }
    places
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
