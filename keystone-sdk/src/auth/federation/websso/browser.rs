//! What opens the browser.

use std::fmt;
use std::sync::Arc;
use std::thread;

use url::Url;

use crate::Error;
use crate::error::ConfigurationError;

/// Opens a web page in the browser of the person who logs in. A closure is one too.
///
/// ```
/// use keystone_sdk::Url;
/// use keystone_sdk::auth::federation::WebSso;
///
/// let auth = WebSso::builder("https://cloud.example/identity/v3")
///     .identity_provider("acme")
///     .protocol("openid")
///     .browser(|url: &Url| {
///         println!("log in at {url}");
///         Ok(())
///     })
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
pub trait BrowserOpener: Send + Sync {
    /// Opens the page, and returns without waiting for the person. The address holds no secret.
    ///
    /// # Errors
    ///
    /// Whatever is in the way. It is logged, and the login goes on: the person may open the address
    /// that was logged.
    fn open(&self, url: &Url) -> Result<(), Error>;
}

impl<F> BrowserOpener for F
where
    F: Fn(&Url) -> Result<(), Error> + Send + Sync,
{
    fn open(&self, url: &Url) -> Result<(), Error> {
        self(url)
    }
}

/// A [`BrowserOpener`] that many hold. The default opens the system's default browser, by
/// `$BROWSER` where that is set.
///
/// [Attached](crate::auth::PluginOptions::attach) to options or to a registry, it serves the
/// plugins that are made from them.
#[derive(Clone)]
pub struct SharedBrowserOpener(Arc<dyn BrowserOpener>);

impl SharedBrowserOpener {
    /// Takes the opener.
    pub fn new(opener: impl BrowserOpener + 'static) -> Self {
        Self(Arc::new(opener))
    }

    pub(super) fn open(&self, url: &Url) -> Result<(), Error> {
        self.0.open(url)
    }
}

impl Default for SharedBrowserOpener {
    fn default() -> Self {
        Self::new(system_browser)
    }
}

impl fmt::Debug for SharedBrowserOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedBrowserOpener")
            .finish_non_exhaustive()
    }
}

fn system_browser(url: &Url) -> Result<(), Error> {
    let url = url.clone();
    // A text browser keeps its caller waiting until the person leaves it.
    let open = move || {
        if let Err(error) = webbrowser::open(url.as_str()) {
            tracing::warn!("no browser can be opened here: {error}");
        }
    };
    let thread = thread::Builder::new()
        .name("browser".to_owned())
        .spawn(open);
    thread.map(drop).map_err(|error| {
        let message = "there is no thread to open a browser from";
        ConfigurationError::new(message).caused_by(error).into()
    })
}
