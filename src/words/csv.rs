//! Rows of CSV as RFC 4180 has them, with no cell that a spreadsheet takes for a formula.

use std::borrow::Cow;

/// A text as a cell. What would be a formula gets an apostrophe, which makes it a text; a
/// hyphen alone, which stands for "none", is none.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text != "-" {
        return Cow::Owned(quoted(&format!("'{text}")).into_owned());
    }
    quoted(text)
}

fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains(['"', ',', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

/// A row of such cells, and of numbers, with its line end.
#[must_use]
pub fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let mut row = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            row.push(',');
        }
        row.push_str(cell.as_ref());
    }
    row.push_str("\r\n");
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=1+2"), "'=1+2");
        assert_eq!(cell("@SUM(A1,A2)"), "\"'@SUM(A1,A2)\"");
        assert_eq!(cell("\tcmd"), "'\tcmd");
        assert_eq!(cell("-"), "-");
        assert_eq!(cell("user=x@example.org"), "user=x@example.org");
    }

    #[test]
    fn a_row_comes_back_as_it_went() {
        assert_eq!(row(&[cell("a \"b\", c"), cell("2")]), "\"a \"\"b\"\", c\",2\r\n");
    }
}
