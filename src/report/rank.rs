//! The order of rows that tie: by host key, then by bytes, found once for many lists.

use crate::words::order::{host_key, host_key_head, host_key_start};

/// The numbers of so many texts in the order of
/// [`host_key_cmp`](crate::words::order::host_key_cmp).
///
/// A list in this order is then sorted by its counts alone, and stays so where they are equal.
pub(super) fn order<'t>(texts: u32, text: impl Fn(u32) -> &'t [u8]) -> Vec<u32> {
    // Numbers are sorted in half of the time, and the first bytes of a key tell most texts apart.
    let mut order: Vec<([u64; 2], u32)> =
        (0..texts).map(|index| (host_key_start(text(index)), index)).collect();
    order.sort_unstable();
    let mut room = Room::default();
    for alike in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        sort_alike(alike, &text, &mut room);
    }
    order.iter().map(|(_, index)| *index).collect()
}

/// Room for keys, and how many texts they are of.
#[derive(Default)]
struct Room {
    heads: Vec<([u64; 4], u32)>,
    whole: Vec<(std::ops::Range<usize>, u32)>,
    keys: Vec<u8>,
}

/// Sorts texts whose keys begin alike: by more of their keys.
fn sort_alike<'t>(alike: &mut [([u64; 2], u32)], text: &impl Fn(u32) -> &'t [u8], room: &mut Room) {
    let mut heads = std::mem::take(&mut room.heads);
    heads.clear();
    heads.extend(alike.iter().map(|(_, index)| (host_key_head(text(*index)), *index)));
    heads.sort_unstable();
    for alike in heads.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        sort_by_whole_key(alike, text, room);
    }
    for ((_, slot), (_, index)) in alike.iter_mut().zip(&heads) {
        *slot = *index;
    }
    room.heads = heads;
}

/// Sorts texts by all of their keys.
fn sort_by_whole_key<'t>(
    alike: &mut [([u64; 4], u32)],
    text: &impl Fn(u32) -> &'t [u8],
    room: &mut Room,
) {
    let Room { whole, keys, .. } = room;
    keys.clear();
    whole.clear();
    for (_, index) in alike.iter() {
        let start = keys.len();
        host_key(text(*index), keys);
        whole.push((start..keys.len(), *index));
    }
    let key = |range: &std::ops::Range<usize>| keys.get(range.clone()).unwrap_or_default();
    whole.sort_unstable_by(|(a, at), (b, other)| {
        key(a).cmp(key(b)).then_with(|| text(*at).cmp(text(*other)))
    });
    for ((_, slot), (_, index)) in alike.iter_mut().zip(whole.iter()) {
        *slot = *index;
    }
}
