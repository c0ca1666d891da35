//! How a person learns what to do for a device.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

/// Shows a person the code of a device, and where to enter it.
///
/// ```
/// use keystone_sdk::auth::federation::{DeviceAuthorization, DevicePrompt, OidcDeviceAuthz};
///
/// struct Terminal;
///
/// impl DevicePrompt for Terminal {
///     fn show(&self, device: &DeviceAuthorization) {
///         let (url, code) = (device.verification_uri(), device.user_code());
///         eprintln!("Open {url} and enter the code {code}");
///     }
/// }
///
/// let builder = OidcDeviceAuthz::builder("https://cloud.example/identity/v3").prompt(Terminal);
/// ```
pub trait DevicePrompt: Send + Sync {
    /// The login waits for the person from now on. Called once per login, before the first poll.
    fn show(&self, device: &DeviceAuthorization);

    /// The login no longer waits: it was approved or refused, has expired or was abandoned.
    fn end(&self) {}
}

/// A prompt that can be [attached](crate::auth::PluginOptions::attach) to options.
#[derive(Clone)]
pub struct SharedDevicePrompt(Arc<dyn DevicePrompt>);

impl SharedDevicePrompt {
    /// Shares a prompt.
    pub fn new(prompt: impl DevicePrompt + 'static) -> Self {
        Self(Arc::new(prompt))
    }
}

impl DevicePrompt for SharedDevicePrompt {
    fn show(&self, device: &DeviceAuthorization) {
        self.0.show(device);
    }

    fn end(&self) {
        self.0.end();
    }
}

impl fmt::Debug for SharedDevicePrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedDevicePrompt(..)")
    }
}

/// Where no prompt was given: a line in the log. It holds what the person has to see, and not the
/// device's own code, which is the secret.
pub(super) struct LogPrompt;

impl DevicePrompt for LogPrompt {
    fn show(&self, device: &DeviceAuthorization) {
        tracing::warn!(
            target: "keystone_sdk::auth::federation::oidc",
            verification_uri = device.verification_uri.as_str(),
            user_code = device.user_code,
            expires_in = ?device.expires_in,
            "to log in, open the address and enter the code"
        );
    }
}

/// What a person has to do to let a device in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeviceAuthorization {
    pub(super) user_code: String,
    pub(super) verification_uri: Url,
    pub(super) verification_uri_complete: Option<Url>,
    pub(super) expires_in: Duration,
    pub(super) interval: Duration,
}

impl DeviceAuthorization {
    /// The code that the person enters, fit to be printed.
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// The address at which the person enters the code: one of HTTP.
    pub fn verification_uri(&self) -> &Url {
        &self.verification_uri
    }

    /// The same address with the code in it, if the OpenID Provider gives one: for a browser, or a QR
    /// code.
    pub fn verification_uri_complete(&self) -> Option<&Url> {
        self.verification_uri_complete.as_ref()
    }

    /// How long the code is good.
    pub fn expires_in(&self) -> Duration {
        self.expires_in
    }

    /// How long the login waits between two polls, unless it is told to slow down.
    pub fn interval(&self) -> Duration {
        self.interval
    }
}
