//! Any cut of the input into steps and blocks, and any packing of it, gives the same report.

use pfsum::Period;
use pfsum::config::Format;

use crate::dice::Dice;
use crate::support::{CODECS, pack};
use crate::{NOW, difference, read, samples, shown};

/// The whole log, and the middle half of the time it is about.
pub(crate) fn periods(sample: &[u8]) -> [Period; 2] {
    let summary = read(sample.to_vec(), Period::ALWAYS, 1 << 20, 1 << 18);
    let span = summary.sources[0].span.unwrap();
    let quarter = (span.1.wall - span.0.wall) / 4;
    let middle = Period { first: Some(span.0.wall + quarter), last: Some(span.1.wall - quarter) };
    [Period::ALWAYS, middle]
}

#[test]
fn any_cut_of_the_input_gives_the_same_report() {
    let mut wrong = Vec::new();
    for (case, sample) in (0..).zip(samples()) {
        let mut dice = Dice::new(case);
        for period in periods(&sample.bytes) {
            let once = read(sample.bytes.clone(), period, 1 << 20, 1 << 18);
            let (json, text) = (shown(&once, Format::Json), shown(&once, Format::Text));
            for _ in 0..4 {
                let most = *dice.pick(&[64, 700, 9000, 200_000]);
                let (step, block) = (1 + dice.below(most), 1 + dice.below(most));
                let cut = read(sample.bytes.clone(), period, step, block);
                for (expected, format) in [(&json, Format::Json), (&text, Format::Text)] {
                    if let Some(said) = difference(expected, &shown(&cut, format)) {
                        wrong.push(format!(
                            "{} in steps of {step} and blocks of {block}, {period:?}: {said}",
                            sample.name
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_compressed_log_gives_the_report_of_the_plain_one() {
    let mut wrong = Vec::new();
    for (case, sample) in (0..).zip(samples()) {
        let mut dice = Dice::new(case + NOW.unsigned_abs());
        let plain = shown(&crate::whole(&sample.bytes), Format::Json);
        for codec in CODECS {
            let packed = pack(codec, &sample.bytes);
            let step = 1 + dice.below(5000);
            let unpacked = read(packed, Period::ALWAYS, step, 1 << 18);
            if let Some(said) = difference(&plain, &shown(&unpacked, Format::Json)) {
                wrong.push(format!("{} as {codec}: {said}", sample.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
