//! The order of rows: by number, and of those that tie by host key, then by bytes.

use std::cmp::Reverse;

use super::together;
use crate::words::order::{host_key, host_key_cmp, host_key_start};

/// The numbers of so many texts in the order of [`host_key_cmp`].
///
/// A list in this order is then sorted by its counts alone, and stays so where they are equal.
pub(super) fn order<'t>(texts: u32, text: impl Fn(u32) -> &'t [u8]) -> Vec<u32> {
    // A number holds the beginning of a key, which tells most texts apart, and which text it is
    // of: to sort such numbers takes two thirds of the instructions that pairs of both take.
    let mask = mask(texts as usize);
    let low = u128::from(mask);
    let mut keys: Vec<u128> = Vec::with_capacity(texts as usize);
    together::each((0..texts).map(|index| (index, text(index))), |(index, text)| {
        keys.push(host_key_start(text) & !low | u128::from(index));
    });
    keys.sort_unstable();
    let index = |key: &u128| u32::try_from(key & low).unwrap_or(mask);
    let mut order: Vec<u32> = keys.iter().map(index).collect();
    let (mut room, mut from) = (Room::default(), 0);
    for alike in keys.chunk_by(|a, b| a ^ b <= low) {
        let to = from + alike.len();
        if alike.len() > 1
            && let Some(alike) = order.get_mut(from..to)
        {
            sort_alike(alike, &text, &mut room);
        }
        from = to;
    }
    order
}

/// The bits that tell so many places apart.
fn mask(places: usize) -> u32 {
    u32::MAX.checked_shr(u32::try_from(places).unwrap_or(u32::MAX).leading_zeros()).unwrap_or(0)
}

/// Room for keys.
#[derive(Default)]
struct Room {
    whole: Vec<(std::ops::Range<usize>, u32)>,
    keys: Vec<u8>,
}

/// Sorts texts whose keys begin alike. Nearly always they are two or three: then no key is
/// made, which would take longer than to compare.
fn sort_alike<'t>(alike: &mut [u32], text: &impl Fn(u32) -> &'t [u8], room: &mut Room) {
    const FEW: usize = 8;
    if alike.len() <= FEW {
        alike.sort_unstable_by(|a, b| host_key_cmp(text(*a), text(*b)));
    } else {
        sort_by_whole_key(alike, text, room);
    }
}

/// Sorts texts by all of their keys.
fn sort_by_whole_key<'t>(alike: &mut [u32], text: &impl Fn(u32) -> &'t [u8], room: &mut Room) {
    let Room { whole, keys } = room;
    keys.clear();
    whole.clear();
    together::each(alike.iter().map(|index| (*index, text(*index))), |(index, text)| {
        let start = keys.len();
        host_key(text, keys);
        whole.push((start..keys.len(), index));
    });
    let key = |range: &std::ops::Range<usize>| keys.get(range.clone()).unwrap_or_default();
    whole.sort_unstable_by(|(a, at), (b, other)| {
        key(a).cmp(key(b)).then_with(|| text(*at).cmp(text(*other)))
    });
    for (slot, (_, index)) in alike.iter_mut().zip(whole.iter()) {
        *slot = *index;
    }
}

/// The places of numbers, the greatest number first; equal ones stay as they stand. This takes
/// half of the instructions that sorting pairs of number and place does.
pub(super) fn by_number(numbers: &[u64]) -> Vec<u32> {
    let ends = |(least, most): (u64, u64), number: &u64| (least.min(*number), most.max(*number));
    let (least, most) = numbers.iter().fold((u64::MAX, 0), ends);
    // Most counts are 1, and need no sorting.
    let placed = || numbers.iter().copied().zip(0u32..);
    let greater = placed().filter(|(number, _)| *number > least);
    let mask = mask(numbers.len());
    let bits = mask.count_ones();
    let mut order = Vec::with_capacity(numbers.len());
    if most <= u64::MAX >> bits {
        // One number holds both.
        let mut keys: Vec<u64> = Vec::with_capacity(numbers.iter().filter(|n| **n > least).count());
        keys.extend(greater.map(|(number, at)| (most - number) << bits | u64::from(at)));
        keys.sort_unstable();
        let at = |key: u64| u32::try_from(key & u64::from(mask)).unwrap_or(mask);
        order.extend(keys.into_iter().map(at));
    } else {
        let mut pairs: Vec<(u64, u32)> = greater.collect();
        pairs.sort_by_key(|(number, _)| Reverse(*number));
        order.extend(pairs.into_iter().map(|(_, at)| at));
    }
    order.extend(placed().filter(|(number, _)| *number == least).map(|(_, at)| at));
    order
}

/// Keeps so many of the rows that come first, in their order. No two have the same key.
pub(super) fn first_by_key<R, K: Ord>(rows: &mut Vec<R>, many: usize, key: impl Fn(&R) -> K) {
    if many < rows.len() {
        rows.select_nth_unstable_by_key(many, &key);
        rows.truncate(many);
    }
    rows.sort_unstable_by_key(key);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_stay_as_they_stand() {
        assert!(by_number(&[]).is_empty());
        assert_eq!(by_number(&[7, 7]), [0, 1]);
        assert_eq!(by_number(&[1, 3, 1, 2, 3, 0]), [1, 4, 3, 0, 2, 5]);
        assert_eq!(by_number(&[1, u64::MAX, 1, 2, u64::MAX]), [1, 4, 3, 0, 2]);
    }

    #[test]
    fn many_texts_that_begin_alike_stand_in_the_order_of_their_keys() {
        let texts: Vec<String> = (0..4000)
            .map(|at| match at % 4 {
                0 => format!("{}@mail.office.example.com", at % 97),
                1 => format!("192.0.2.{} (<{}@example.net>)", at % 7, at % 101),
                2 => format!("2001:db8::{:x}", at % 300),
                _ => format!("{}.a-long-registered-domain.Example", at % 51),
            })
            .collect();
        let text = |at: u32| texts.get(at as usize).map_or(&b""[..], |text| text.as_bytes());
        let order = order(4000, text);
        assert!(order.is_sorted_by(|a, b| host_key_cmp(text(*a), text(*b)).is_le()));
        let mut all = order;
        all.sort_unstable();
        assert!((0..4000).eq(all));
    }
}
