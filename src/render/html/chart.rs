//! Charts: where each column of a strip stands, as values that a template only places.

use serde::Serialize;

/// Units of a strip's drawing across, which the page stretches, and pixels up.
const WIDTH: u64 = 1200;
/// How high the highest column of all strips is.
const HEIGHT: u64 = 88;
/// No strip is lower.
const LOWEST: u64 = 6;
/// More columns that are the highest do not stand out.
const FEW: usize = 3;
/// A column is no wider than that of an hour.
const WIDEST: u64 = 42;

/// One series of a chart. All of a chart have one scale: a strip is as high as its highest
/// column, so that what is rare takes little room.
#[derive(Debug, Serialize)]
pub(super) struct Strip {
    name: &'static str,
    unit: &'static str,
    sum: u64,
    /// The highest value, and where it is.
    peak: u64,
    peak_at: String,
    /// How many columns are as high.
    peaks: usize,
    width: u64,
    height: u64,
    bars: Vec<Bar>,
}

/// A column.
#[derive(Debug, Serialize)]
struct Bar {
    x: u64,
    y: u64,
    width: u64,
    height: u64,
    at: String,
    value: u64,
    peak: bool,
}

/// Draws a series, the label and the value of each column, on a scale that ends at `top`. A
/// series of zeros is no strip.
pub(super) fn strip(
    name: &'static str,
    unit: &'static str,
    columns: &[(String, u64)],
    top: u64,
) -> Option<Strip> {
    let (peak_at, peak) =
        columns.iter().rev().max_by_key(|(_, value)| value).filter(|(_, value)| *value > 0)?;
    let peak = *peak;
    // Whatever is not zero is to be seen.
    let scaled = |value: u64| {
        let height = u128::from(value) * u128::from(HEIGHT) / u128::from(top.max(peak).max(1));
        u64::try_from(height).unwrap_or(HEIGHT).max(2)
    };
    let high = scaled(peak).max(LOWEST);
    let mut bars = bars(columns, high, scaled);
    let peaks = bars.iter().filter(|bar| bar.value == peak).count();
    if peaks <= FEW {
        for bar in &mut bars {
            bar.peak = bar.value == peak;
        }
    }
    Some(Strip {
        name,
        unit,
        sum: columns.iter().map(|(_, value)| value).sum(),
        peak,
        peak_at: peak_at.clone(),
        peaks,
        width: WIDTH,
        height: high,
        bars,
    })
}

/// The columns that are not zero, side by side in a strip that is so `high`.
fn bars(columns: &[(String, u64)], high: u64, scaled: impl Fn(u64) -> u64) -> Vec<Bar> {
    let pitch = WIDTH * 10 / columns.len().max(1) as u64;
    let gap = if columns.len() > 60 { 0 } else { pitch / 6 };
    let width = (pitch.saturating_sub(gap) / 10).clamp(1, WIDEST);
    let inset = (pitch / 10).saturating_sub(width) / 2;
    let seen = (0u64..).zip(columns).filter(|(_, (_, value))| *value > 0);
    let bars = seen.map(|(place, (at, value))| {
        let height = scaled(*value);
        Bar {
            x: place * pitch / 10 + inset,
            y: high - height,
            width,
            height,
            at: at.clone(),
            value: *value,
            peak: false,
        }
    });
    bars.collect()
}

/// The part of a whole in whole percent; more than nothing is at least one.
pub(in crate::render) fn share(part: u64, whole: u64) -> u64 {
    let percent = part.saturating_mul(100).checked_div(whole).unwrap_or(0).min(100);
    if part > 0 { percent.max(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn columns(values: &[u64]) -> Vec<(String, u64)> {
        values.iter().enumerate().map(|(at, value)| (at.to_string(), *value)).collect()
    }

    #[test]
    fn the_peak_is_as_high_as_the_strip_and_a_trace_is_seen() {
        let strip = strip("received", "messages", &columns(&[0, 1, 1000, 500]), 1000).unwrap();
        let heights: Vec<u64> = strip.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [2, 88, 44]);
        assert_eq!((strip.peak, strip.peak_at.as_str(), strip.sum), (1000, "2", 1501));
        assert_eq!(strip.bars[0].x, 300 + (300 - 42) / 2, "the middle of the second of four");
        assert!(strip.bars.iter().all(|bar| bar.y + bar.height == HEIGHT));
    }

    #[test]
    fn strips_of_one_chart_have_one_scale() {
        let rare = strip("bounced", "recipients", &columns(&[0, 250, 1]), 1000).unwrap();
        assert_eq!(rare.height, 22, "a quarter of the highest");
        let heights: Vec<u64> = rare.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [22, 2]);
        let trace = strip("bounced", "recipients", &columns(&[1]), 1_000_000).unwrap();
        assert_eq!((trace.height, trace.bars[0].height, trace.bars[0].y), (6, 2, 4));
    }

    #[test]
    fn the_first_of_equal_peaks_is_named() {
        let strip = strip("received", "messages", &columns(&[3, 7, 7]), 7).unwrap();
        assert_eq!((strip.peak_at.as_str(), strip.peaks), ("1", 2));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(strip("bounced", "recipients", &columns(&[0, 0]), 9).is_none());
        assert!(strip("bounced", "recipients", &[], 9).is_none());
    }

    #[test]
    fn shares_are_whole_percent() {
        assert_eq!([share(1, 3), share(1, 1000), share(0, 5), share(0, 0)], [33, 1, 0, 0]);
    }
}
