//! A world of mail is simulated and its log written; whatever pfsum says of the log must be
//! true of the world.
//!
//! The truth is kept by the world while things happen, and knows nothing of the lines. A
//! world that is told wrong shrinks to the few letters that are. `PFSUM_WORLDS=20000 cargo
//! test --test oracle` simulates that many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "oracle/found.rs"]
mod found;
#[path = "oracle/log.rs"]
mod log;
#[path = "oracle/postfix.rs"]
mod postfix;
#[path = "oracle/queue_ids.rs"]
mod queue_ids;
#[path = "oracle/truth.rs"]
mod truth;
#[path = "oracle/world.rs"]
mod world;

use std::fmt::Write;

use pfsum::Period;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use truth::{Numbers, Truth, add};
use world::{World, worlds};

/// How many worlds are simulated: always the same few, or as many others as are asked for.
fn config() -> ProptestConfig {
    let asked = std::env::var("PFSUM_WORLDS").ok().and_then(|worlds| worlds.parse().ok());
    let rng_seed = asked.map_or(RngSeed::Fixed(20_261_103), |_: u32| RngSeed::Random);
    ProptestConfig {
        cases: asked.unwrap_or(400),
        rng_seed,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

/// The log of a world in its files, and what is true.
struct Told {
    files: Vec<String>,
    /// Its lines, each with its second on the wall.
    lines: Vec<(i64, String)>,
    now: i64,
    truth: Truth,
}

fn told(world: &World) -> Told {
    let postfix::Postfix { log, truth, .. } = postfix::happen(world);
    let begins = world.missing.map(|part| truth.beginning(log.at(part)));
    let (lines, last) = log.lines(begins);
    let mut cuts: Vec<usize> =
        world.rotations.iter().map(|part| lines.len() * usize::from(*part) / 1000).collect();
    cuts.extend([0, lines.len()]);
    cuts.sort_unstable();
    let text = |cut: &[usize]| lines[cut[0]..cut[1]].iter().map(|(_, line)| &**line).collect();
    let files = cuts.windows(2).map(text).collect();
    Told { files, lines, now: last + 60, truth: truth.since(begins.unwrap_or(i64::MIN)) }
}

/// What is wrong with numbers, one line for each.
fn wrong(truth: &Numbers, found: &Numbers, ignore: impl Fn(&str) -> bool) -> String {
    let names = truth.keys().chain(found.keys()).collect::<std::collections::BTreeSet<_>>();
    let of = |numbers: &Numbers, name| numbers.get(name).copied().unwrap_or(0);
    let mut said = String::new();
    for name in names {
        let (is, told) = (of(truth, name), of(found, name));
        if is != told && !ignore(name) {
            writeln!(said, "{name}: {is} is true, {told} is told").unwrap();
        }
    }
    said
}

/// What a content filter kept before it gave anything back ended as delivered: nothing told
/// by then that it is a filter.
fn lump(mut books: Numbers) -> Numbers {
    let discarded = books.remove("ended discarded").unwrap_or(0);
    add(&mut books, "ended delivered", discarded);
    books
}

/// Numbers of what has one date: a connection has two.
fn is_dated(name: &str) -> bool {
    let others = ["still_queued", "hops_folded", "swallowed_by_filter", "handed_on", "connections"];
    !others.contains(&name)
}

/// `count --by` keys are asked apart from the totals.
fn is_by_key(name: &str) -> bool {
    name.contains(" by ")
}

/// What lines tell that may be missing at the beginning of the log: who sent a message, and
/// how large it is.
fn is_told_before(world: &World, name: &str) -> bool {
    let told = ["by sender", "by user", "bytes_delivered"];
    world.missing.is_some() && told.iter().any(|told| name.contains(told))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_told_of_a_world_is_true(world in worlds()) {
        let told = told(&world);
        let summary = found::read(&told.files, Period::ALWAYS, told.now, None);
        let truth = told.truth.numbers(|_| true);
        let apart = |name: &str| is_by_key(name) || is_told_before(&world, name);
        let said = wrong(&truth, &found::totals(&summary), apart);
        prop_assert!(said.is_empty(), "totals\n{said}{}", told.files.concat());

        let swallowed = told.truth.deeds.iter().any(|deed| deed.what == "swallowed_by_filter");
        let books = [told.truth.books(), found::books(&summary)];
        let [truth, found] = books.map(|books| if swallowed { lump(books) } else { books });
        let said = wrong(&truth, &found, |_| false);
        prop_assert!(said.is_empty(), "books\n{said}{}", told.files.concat());

        prop_assert_eq!(told.truth.queue(), found::queue(&summary), "{}", told.files.concat());
    }

    /// What happened in a stretch of time is what a report about it tells; sizes may lie
    /// before it, and what is still queued behind it.
    #[test]
    fn what_is_told_of_a_stretch_is_true(world in worlds(), from in 0i64..1000, to in 0i64..1000) {
        let told = told(&world);
        let walls = told.truth.deeds.iter().map(|deed| deed.wall);
        let (Some(least), Some(most)) = (walls.clone().min(), walls.max()) else { return Ok(()) };
        let at = |part: i64| least + (most - least) * part / 1000;
        let (first, last) = (at(from.min(to)), at(from.max(to)));
        let period = Period { first: Some(first), last: Some(last) };
        let summary = found::read(&told.files, period, told.now, None);
        let truth = told.truth.numbers(|wall| (first..=last).contains(&wall));
        // A clock that is set back brings a message into the stretch a second time.
        let twice = |name: &str| name == "deferred" && world.clock.is_some();
        let elsewhere = |name: &str| {
            is_by_key(name) || name.starts_with("bytes") || !is_dated(name) || twice(name)
        };
        let said = wrong(&truth, &found::totals(&summary), elsewhere);
        prop_assert!(said.is_empty(), "{period:?}\n{said}{}", told.files.concat());
        let ledger = &summary.tallies.ledger;
        prop_assert!(ledger.closes(), "{period:?} {ledger:?}\n{}", told.files.concat());
    }

    /// Whoever reads the log when a stretch is over finds the same in the queue as whoever reads all of
    /// it later. That knows of more: of what was on its way into the queue.
    #[test]
    fn the_queue_of_a_stretch_is_that_of_its_end(world in worlds(), part in 0i64..1000) {
        let told = told(&world);
        let (Some(&(least, _)), Some(&(most, _))) = (told.lines.first(), told.lines.last()) else {
            return Ok(());
        };
        if world.clock.is_some() {
            return Ok(()); // the end may come twice
        }
        let last = least + (most - least) * part / 1000;
        let period = Period::new(least, last);
        let later = found::read(&told.files, period, told.now, None);
        let until = told.lines.iter().take_while(|(wall, _)| *wall <= last);
        let log: String = until.map(|(_, line)| &**line).collect();
        let then = found::read(&[log], Period::ALWAYS, told.now, None);
        let found = found::queue(&later);
        for waits in found::queue(&then) {
            prop_assert!(found.contains(&waits), "{last}: {waits:?}\n{found:?}\n{}", told.files.concat());
        }
        prop_assert_eq!(found.len() as u64, later.tallies.totals.still_queued);
    }

    #[test]
    fn what_is_counted_by_key_is_true(world in worlds()) {
        let told = told(&world);
        let truth = told.truth.numbers(|_| true);
        let apart = |name: &str| !is_by_key(name) || is_told_before(&world, name);
        let said = wrong(&truth, &found::counts(&told.files, told.now), apart);
        prop_assert!(said.is_empty(), "{said}{}", told.files.concat());
    }
}
