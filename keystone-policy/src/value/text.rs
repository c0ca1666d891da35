//! Comparing and building short strings without allocation.

use std::fmt::{self, Write};
use std::ops::Deref;

/// A writer that compares what is written with a string. Writing fails at the first difference.
pub(crate) struct Expect<'a>(&'a str);

impl<'a> Expect<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Whether the whole string was written.
    pub(crate) fn is_met(&self) -> bool {
        self.0.is_empty()
    }
}

impl Write for Expect<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// A string buffer that is inline while it is short.
pub(crate) struct Scratch {
    inline: [u8; 64],
    length: usize,
    heap: String,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self {
            inline: [0; 64],
            length: 0,
            heap: String::new(),
        }
    }

    fn inline(&self) -> &str {
        // Only whole strings are copied, so this is valid UTF-8.
        self.inline
            .get(..self.length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl Write for Scratch {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.heap.is_empty() {
            let end = self.length + text.len();
            if let Some(free) = self.inline.get_mut(self.length..end) {
                free.copy_from_slice(text.as_bytes());
                self.length = end;
                return Ok(());
            }
            let inline = self.inline().to_owned();
            self.heap = inline;
        }
        self.heap.push_str(text);
        Ok(())
    }
}

impl Deref for Scratch {
    type Target = str;

    fn deref(&self) -> &str {
        if self.heap.is_empty() {
            self.inline()
        } else {
            &self.heap
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_pieces_is_expected_as_a_whole() {
        let mut expect = Expect::new("ab1");
        assert!(expect.write_str("a").is_ok() && expect.write_str("b").is_ok() && !expect.is_met());
        assert!(write!(expect, "{}", 1).is_ok() && expect.is_met());
        assert!(expect.write_str("x").is_err());
    }

    #[test]
    fn a_text_moves_to_the_heap_whole() {
        let mut scratch = Scratch::new();
        let mut expected = String::new();
        for index in 0..40 {
            write!(scratch, "é{index}").unwrap();
            write!(expected, "é{index}").unwrap();
            assert_eq!(&*scratch, expected);
        }
    }
}
