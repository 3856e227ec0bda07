//! What adds up, adds up: hours, days and tables to their totals, and both sides of the books.

use crate::flaws::flaws;
use crate::{lines, salvaged, samples};

#[test]
fn every_sample_adds_up_whole_and_from_any_tenth_to_any_other() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let all = lines(&sample.bytes);
        for from in 0..10 {
            for to in (from + 1)..=10 {
                let part = all[all.len() * from / 10..all.len() * to / 10].concat();
                let flaws = flaws(&salvaged(part));
                let place = format!("{} from {from} to {to}", sample.name);
                wrong.extend(flaws.into_iter().map(|flaw| format!("{place}: {flaw}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
