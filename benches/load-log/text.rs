//! Building lines without allocating: bytes are pushed, numbers are spelled by hand.

/// Chained writing into a buffer. Formatting with `write!` would take most of the time of a run.
pub(crate) trait Text {
    /// Text as it is.
    fn put(&mut self, text: &str) -> &mut Self;
    /// A number.
    fn number(&mut self, number: i64) -> &mut Self;
    /// A number with leading zeros.
    fn padded(&mut self, number: i64, width: usize) -> &mut Self;
    /// Seconds as Postfix prints delays, from milliseconds.
    fn seconds(&mut self, millis: i64) -> &mut Self;
}

impl Text for Vec<u8> {
    fn put(&mut self, text: &str) -> &mut Self {
        self.extend_from_slice(text.as_bytes());
        self
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.padded(number, 1)
    }

    fn padded(&mut self, number: i64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut left = number.unsigned_abs();
        let mut used = 0;
        for slot in digits.iter_mut().rev() {
            if left == 0 && used >= width {
                break;
            }
            *slot = b"0123456789".get((left % 10) as usize).copied().unwrap_or(b'0');
            left /= 10;
            used += 1;
        }
        self.extend_from_slice(digits.get(20 - used..).unwrap_or_default());
        self
    }

    fn seconds(&mut self, millis: i64) -> &mut Self {
        if millis >= 9_950 {
            return self.number((millis + 500) / 1_000);
        }
        if millis >= 995 {
            let tenths = (millis + 50) / 100;
            self.number(tenths / 10);
            return if tenths % 10 == 0 { self } else { self.put(".").number(tenths % 10) };
        }
        let hundredths = (millis + 5) / 10;
        match (hundredths, hundredths % 10) {
            (0, _) => self.put("0"),
            (_, 0) => self.put("0.").number(hundredths / 10),
            _ => self.put("0.").padded(hundredths, 2),
        }
    }
}
