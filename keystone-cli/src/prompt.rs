//! What a person sees of a login on another device: the address, the code, a QR code, and that the
//! program waits. All of it is on stderr.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use console::Term;
use indicatif::ProgressBar;
use keystone_sdk::auth::federation::{DeviceAuthorization, DevicePrompt, SharedDevicePrompt};
use keystone_sdk::config::Registry;
use keystone_sdk::config::env::Variables;
use keystone_sdk::printable;

mod qr;

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// The plugins, which show people what to do at this terminal.
pub(crate) fn registry(variables: &Variables) -> Registry {
    let prompt = Prompt {
        terminal: Terminal::of_stderr(variables),
        spinner: Mutex::default(),
    };
    Registry::builtin().attach(SharedDevicePrompt::new(prompt))
}

/// What can be shown, if stderr is a terminal.
#[derive(Clone, Copy)]
struct Terminal {
    rows: usize,
    columns: usize,
    /// Whether it shows block characters, and colours.
    draws: bool,
}

impl Terminal {
    fn of_stderr(variables: &Variables) -> Option<Self> {
        let terminal = io::stderr().is_terminal().then(Term::stderr)?;
        let (rows, columns) = terminal.size_checked().unwrap_or_default();
        Some(Self {
            rows: rows.into(),
            columns: columns.into(),
            draws: draws(variables),
        })
    }
}

/// Whether locale and terminal know more than plain text.
fn draws(variables: &Variables) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = locale.iter().find_map(|name| variables.get(name));
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8");
    utf8 && !matches!(variables.get("TERM").as_deref(), None | Some("dumb"))
}

struct Prompt {
    terminal: Option<Terminal>,
    spinner: Mutex<Option<ProgressBar>>,
}

impl Prompt {
    fn spinner(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.spinner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DevicePrompt for Prompt {
    fn show(&self, device: &DeviceAuthorization) {
        let text = Shown {
            address: device.verification_uri().as_str(),
            code: device.user_code(),
            direct: device.verification_uri_complete().map(|url| url.as_str()),
            minutes: device.expires_in().as_secs().div_ceil(60),
        };
        // There is nobody left to tell of an error.
        let _ = io::stderr().write_all(text.at(self.terminal).as_bytes());
        if self.terminal.is_some() {
            let spinner = ProgressBar::new_spinner().with_message("waiting for the login ..");
            spinner.enable_steady_tick(TURN);
            *self.spinner() = Some(spinner);
        }
    }

    fn end(&self) {
        if let Some(spinner) = self.spinner().take() {
            spinner.finish_and_clear();
        }
    }
}

/// What a person has to know.
struct Shown<'a> {
    address: &'a str,
    code: &'a str,
    /// The address with the code in it.
    direct: Option<&'a str>,
    minutes: u64,
}

impl Shown<'_> {
    fn at(&self, terminal: Option<Terminal>) -> String {
        let (address, code) = (printable::line(self.address), printable::line(self.code));
        let unit = if self.minutes == 1 {
            "minute"
        } else {
            "minutes"
        };
        let mut text = format!(
            "To log in, open {address} and enter the code {code} within {} {unit}.\n",
            self.minutes
        );
        if let Some(direct) = self.direct {
            // A `String` takes whatever is written.
            let _ = writeln!(text, "Or open {}", printable::line(direct));
        }
        let picture = terminal
            .filter(|terminal| terminal.draws)
            .and_then(|terminal| qr::code(self.direct.unwrap_or(self.address), terminal));
        text.push_str(&picture.unwrap_or_default());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Terminal = Terminal {
        rows: 50,
        columns: 80,
        draws: true,
    };

    fn shown(terminal: Option<Terminal>) -> String {
        let shown = Shown {
            address: "https://op.example/device",
            code: "WDJB-MJHT",
            direct: Some("https://op.example/device?user_code=WDJB-MJHT"),
            minutes: 10,
        };
        shown.at(terminal)
    }

    const WORDS: &str = "\
To log in, open https://op.example/device and enter the code WDJB-MJHT within 10 minutes.
Or open https://op.example/device?user_code=WDJB-MJHT
";

    #[test]
    fn address_and_code_are_plain_lines_where_stderr_is_no_terminal() {
        assert_eq!(shown(None), WORDS);
    }

    #[test]
    fn a_qr_code_follows_where_the_terminal_shows_it() {
        let text = shown(Some(WIDE));
        let picture = text.strip_prefix(WORDS).unwrap();
        assert!(
            picture.contains('█') && picture.ends_with("\u{1b}[0m\n"),
            "{text}"
        );
    }

    #[test]
    fn there_is_no_qr_code_on_a_terminal_that_cannot_show_it() {
        for terminal in [
            Terminal {
                columns: 30,
                ..WIDE
            },
            Terminal { rows: 15, ..WIDE },
            Terminal {
                draws: false,
                ..WIDE
            },
        ] {
            assert_eq!(shown(Some(terminal)), WORDS);
        }
    }

    #[test]
    fn what_a_provider_says_does_not_steer_the_terminal() {
        let hostile = Shown {
            address: "https://op.example/",
            code: "A\u{1b}[2J\nB\u{202e}",
            direct: None,
            minutes: 1,
        };
        let text = hostile.at(None);
        assert_eq!(text.matches('\n').count(), 1, "{text:?}");
        assert!(
            text.contains(r"A\u{1b}[2J\nB\u{202e} within 1 minute."),
            "{text}"
        );
    }

    #[test]
    fn only_a_terminal_with_utf8_draws() {
        for (variables, expected) in [
            (&[("LANG", "en_GB.UTF-8"), ("TERM", "xterm")][..], true),
            (
                &[("LC_ALL", "C.utf8"), ("LANG", "C"), ("TERM", "xterm")],
                true,
            ),
            (
                &[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8"), ("TERM", "xterm")],
                false,
            ),
            (&[("LANG", "en_GB.UTF-8"), ("TERM", "dumb")], false),
            (&[("LANG", "en_GB.UTF-8")], false),
            (&[("TERM", "xterm")], false),
        ] {
            let given = Variables::given(variables.iter().copied());
            assert_eq!(draws(&given), expected, "{variables:?}");
        }
    }
}
