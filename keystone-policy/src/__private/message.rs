//! The message of a compile error, put together while a constant is evaluated.

/// How long a message can be, in bytes.
const MOST: usize = 8192;

/// A text in an array: a constant has no heap, and its panic formats nothing but one text.
pub(super) struct Message {
    bytes: [u8; MOST],
    length: usize,
}

impl Message {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; MOST],
            length: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Appends `text`, as far as there is room.
    pub(super) const fn text(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        while let [byte, tail @ ..] = rest {
            let (_, free) = self.bytes.split_at_mut(self.length);
            let Some(place) = free.first_mut() else {
                return self;
            };
            *place = *byte;
            self.length += 1;
            rest = tail;
        }
        self
    }

    /// Begins another line, unless it is the first.
    pub(super) const fn line(self) -> Self {
        match self.is_empty() {
            true => self,
            false => self.text("\n"),
        }
    }

    /// Panics with the message alone.
    #[expect(
        clippy::panic,
        reason = "a panic in a constant is how a compile error is made"
    )]
    #[track_caller]
    pub(super) const fn panic(&self) -> ! {
        let (written, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(written) {
            Ok(message) => panic!("{}", message),
            // The last character was cut off.
            Err(error) => match std::str::from_utf8(written.split_at(error.valid_up_to()).0) {
                Ok(message) => panic!("{}", message),
                Err(_) => panic!("the policies are wrong"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "ab\ncd")]
    fn each_line_is_on_its_own() {
        Message::new().line().text("ab").line().text("cd").panic();
    }

    #[test]
    fn a_message_that_is_too_long_is_cut_between_characters() {
        let long = format!("a{}", "é".repeat(MOST));
        let panicked = std::panic::catch_unwind(|| Message::new().text(&long).panic());
        let message = *panicked.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(message.len(), MOST - 1);
        assert!(long.starts_with(&message));
    }
}
