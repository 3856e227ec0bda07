//! Looking up what lies far apart in memory.

/// Hands on what an iterator looks up, in its order, but looks up sixty-four before it hands on the
/// first of them: a processor fetches many at once if nothing stands between. For the rows of a
/// report, sorted and written, that is 5 to 10 % of the time of 10 M lines, and 2 % of a relay's
/// million.
pub(crate) fn each<T>(mut things: impl Iterator<Item = T>, mut hear: impl FnMut(T)) {
    const AT_ONCE: usize = 64;
    let mut ready = Vec::with_capacity(AT_ONCE);
    loop {
        ready.extend(things.by_ref().take(AT_ONCE));
        if ready.is_empty() {
            return;
        }
        ready.drain(..).for_each(&mut hear);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_heard_of_once_and_in_order() {
        for many in [0, 1, 63, 64, 65, 128, 1000] {
            let mut heard = Vec::new();
            each(0..many, |thing| heard.push(thing));
            assert!(heard.into_iter().eq(0..many), "{many}");
        }
    }
}
