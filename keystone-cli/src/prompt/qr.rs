//! An address as a picture that a phone reads.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use super::Terminal;

/// What stands around the picture: the words above it, and the line with the spinner below.
const OTHER_ROWS: usize = 5;
/// Black on white, whatever the terminal's own colours: a reversed picture is not read by all.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16;48;5;231m";
const AS_BEFORE: &str = "\u{1b}[0m";

/// The picture, if it fits.
pub(super) fn code(address: &str, terminal: Terminal) -> Option<String> {
    let code = QrCode::with_error_correction_level(address, EcLevel::L).ok()?;
    let picture = code.render::<Dense1x2>().build();
    let mut text = String::new();
    for (row, line) in picture.lines().enumerate() {
        let fits = line.chars().count() <= terminal.columns && row + OTHER_ROWS < terminal.rows;
        if !fits {
            return None;
        }
        text.extend([BLACK_ON_WHITE, line, AS_BEFORE, "\n"]);
    }
    Some(text)
}
