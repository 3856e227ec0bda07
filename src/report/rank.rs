//! The order of rows that tie: by host key, then by bytes, found once for many lists.

use crate::words::order::{host_key, host_key_head};

/// The place of each text among all of them, in the order of
/// [`host_key_cmp`](crate::words::order::host_key_cmp).
///
/// Lists are then sorted by numbers: counts first, places where counts are equal.
pub(super) fn places(texts: &[&[u8]]) -> Vec<u32> {
    // Most keys differ in their first bytes, and numbers are sorted in half of the time.
    let heads = texts.iter().map(|text| host_key_head(text));
    let mut order: Vec<([u64; 4], u32)> = heads.zip(0..).collect();
    order.sort_unstable();
    let mut keys = Vec::new();
    for alike in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        sort_by_whole_key(alike, texts, &mut keys);
    }
    let mut places = vec![0; texts.len()];
    for ((_, index), place) in order.iter().zip(0..) {
        if let Some(slot) = places.get_mut(*index as usize) {
            *slot = place;
        }
    }
    places
}

/// Sorts texts whose keys begin alike; `keys` is room for the keys.
fn sort_by_whole_key(alike: &mut [([u64; 4], u32)], texts: &[&[u8]], keys: &mut Vec<u8>) {
    keys.clear();
    let text = |index: u32| texts.get(index as usize).copied().unwrap_or_default();
    let mut whole: Vec<(std::ops::Range<usize>, u32)> = Vec::with_capacity(alike.len());
    for (_, index) in alike.iter() {
        let start = keys.len();
        host_key(text(*index), keys);
        whole.push((start..keys.len(), *index));
    }
    let key = |range: &std::ops::Range<usize>| keys.get(range.clone()).unwrap_or_default();
    whole.sort_unstable_by(|(a, at), (b, other)| {
        key(a).cmp(key(b)).then_with(|| text(*at).cmp(text(*other)))
    });
    for ((_, slot), (_, index)) in alike.iter_mut().zip(whole) {
        *slot = index;
    }
}
