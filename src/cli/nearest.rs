//! The nearest known word to one that was mistyped.

/// Finds the word closest to what was typed, unless none is close.
pub(crate) fn nearest<'a>(
    typed: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = typed.to_ascii_lowercase();
    words
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&typed, word), word))
        .filter(|(edits, word)| *edits <= (word.len().max(typed.len()) / 3).max(1))
        .min()
        .map(|(_, word)| word)
}

/// Words the question that ends an error message: `; did you mean X?`, or
/// nothing.
pub(crate) fn question<'a>(
    typed: &str,
    words: impl IntoIterator<Item = &'a str>,
    prefix: &str,
) -> String {
    nearest(typed, words).map_or_else(String::new, |word| format!("; did you mean {prefix}{word}?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_recognized_and_a_stranger_is_not() {
        let words = ["format", "year", "host", "zero-fill"];
        assert_eq!(nearest("fromat", words), Some("format"));
        assert_eq!(nearest("Zerofill", words), Some("zero-fill"));
        assert_eq!(nearest("paint", words), None);
        assert_eq!(nearest("", words), None);
    }
}
