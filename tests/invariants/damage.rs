//! No line panics, mutated or not, and whatever is read adds up.

use pfsum::config::Format;

use crate::dice::Dice;
use crate::flaws::flaws;
use crate::{Sample, lines, salvaged, samples, shown};

/// Pieces that mean something to one reader or another.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\r",
    b"\x1b[31m",
    b"\xff\xfe",
    b"<",
    b">",
    b"\"",
    b"[",
    b"]:",
    b": ",
    b", ",
    b"=",
    b"(",
    b")",
    b"@",
    b"%n",
    b"{{ ",
    b"-1",
    b"18446744073709551616",
    b"99999999999999999999.99",
    b"status=sent (",
    b"status=deferred (",
    b"status=bounced (",
    b"size=",
    b"nrcpt=0",
    b"to=<>, ",
    b"from=<",
    b"client=",
    b"removed",
    b"removed (canceled)",
    b"orig_queue_id=",
    b"queued as ",
    b"message repeated 4000000000 times: [",
    b"NOQUEUE: reject: ",
    b"Feb 29 23:59:60",
    b"Feb 30 24:61:61",
    b"0001-01-01T00:00:00+99:99",
    b"9999-12-31T23:59:59.999999999-23:59",
    b"xn--",
    "ü\u{202e}".as_bytes(),
];

/// Does something to the lines of a log that a crash, a cut, a mix-up or an enemy could do.
fn damage(log: &mut Vec<Vec<u8>>, others: &[Sample], dice: &mut Dice) {
    let at = dice.below(log.len());
    let line = &mut log[at];
    let place = dice.below(line.len() + 1);
    match dice.below(10) {
        0 if place < line.len() => line[place] ^= 1 << dice.below(8),
        1 => line.truncate(place),
        2 => drop(line.drain(..place)),
        3 | 4 => drop(line.splice(place..place, dice.pick(PIECES).iter().copied())),
        5 => {
            let end = place + dice.below(line.len() - place + 1);
            line.drain(place..end);
        }
        6 => {
            let again = line.clone();
            log.insert(at, again);
        }
        7 => {
            let other = dice.below(log.len());
            log.swap(at, other);
        }
        8 => drop(log.remove(at)),
        _ => {
            let foreign = lines(&dice.pick(others).bytes);
            let begins = foreign[dice.below(foreign.len())];
            let begins = &begins[..dice.below(begins.len() + 1)];
            let tail = line.split_off(place);
            *line = [begins, &tail].concat();
        }
    }
    if log.is_empty() {
        log.push(b"\n".to_vec());
    }
}

#[test]
fn damaged_logs_do_not_panic_and_add_up() {
    let samples = samples();
    let mut wrong = Vec::new();
    for case in 0..600 {
        let mut dice = Dice::new(case);
        let sample = dice.pick(&samples);
        let all = lines(&sample.bytes);
        let from = dice.below(all.len());
        let to = all.len().min(from + 1 + dice.below(400));
        let mut log: Vec<Vec<u8>> = all[from..to].iter().map(|line| line.to_vec()).collect();
        for _ in 0..=dice.below(60) {
            damage(&mut log, &samples, &mut dice);
        }
        let summary = salvaged(log.concat());
        let flaws = flaws(&summary);
        wrong.extend(flaws.iter().map(|flaw| format!("case {case}, {}: {flaw}", sample.name)));
        let text = shown(&summary, Format::Text);
        let hidden = |c: &char| c.is_control() && *c != '\n';
        if let Some(control) = text.chars().find(hidden) {
            wrong.push(format!("case {case}, {}: {control:?} is printed", sample.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lines_in_any_order_add_up() {
    let mut wrong = Vec::new();
    for (case, sample) in (0..).zip(samples()) {
        let mut dice = Dice::new(case);
        let mut log = lines(&sample.bytes);
        dice.shuffle(&mut log);
        let flaws = flaws(&salvaged(log.concat()));
        wrong.extend(flaws.into_iter().map(|flaw| format!("{}: {flaw}", sample.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
