//! Where Keystone gives unscoped tokens to users of an identity provider.

use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::auth::address::under;
use crate::auth::attempt::{self, Attempt, place};
use crate::auth::{Login, v3};
use crate::error::{
    AuthenticationError, ConfigurationError, DecodeError, DiscoveryError, FederationFailure,
    FederationStep,
};
use crate::transport::{Request, Response, Transport, redact};
use crate::{Error, SecretString};

/// What errors call the step.
pub(super) const FEDERATION_ENDPOINT: &str = "Keystone's federation endpoint";

/// The address at which Keystone gives unscoped tokens to the users of an identity provider, and
/// how its responses are read. The web server in front of Keystone protects it.
#[derive(Clone, Debug)]
pub struct FederationEndpoint {
    base: Url,
    url: Url,
    identity_provider: String,
    protocol: String,
}

impl FederationEndpoint {
    /// The endpoint of an identity provider and a protocol, both by their ids in Keystone.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when an id is blank or cannot be a part of a path.
    pub fn new(auth_url: &Url, identity_provider: &str, protocol: &str) -> Result<Self, Error> {
        for (name, id) in [
            ("identity_provider", identity_provider),
            ("protocol", protocol),
        ] {
            // A URL parser takes dot segments away, and the request would go elsewhere.
            if id.trim().is_empty() || matches!(id, "." | "..") {
                let message = format!("`{name}` is `{id}`, which is not an id");
                let error = ConfigurationError::new(message);
                return Err(error.remedy("write its id in Keystone").into());
            }
        }
        let base = v3::base(auth_url);
        let of_protocol = [
            "identity_providers",
            identity_provider,
            "protocols",
            protocol,
        ];
        let url = under(&under(&base, &["OS-FEDERATION"])?, &of_protocol)?;
        Ok(Self {
            url: under(&url, &["auth"])?,
            base,
            identity_provider: identity_provider.to_owned(),
            protocol: protocol.to_owned(),
        })
    }

    /// The endpoint at an address that another Keystone told, as that of a service provider.
    ///
    /// # Errors
    ///
    /// [`Error::Discovery`] when it is not such an address.
    pub(super) fn of_url(url: &Url) -> Result<Self, Error> {
        Self::parts(url).ok_or_else(|| {
            let message = format!("`{}` is no federation endpoint", redact::address(url));
            let error = DiscoveryError::new(message);
            error
                .remedy(
                    "it has to end in `/OS-FEDERATION/identity_providers/{id}/protocols/{id}/auth`",
                )
                .into()
        })
    }

    fn parts(url: &Url) -> Option<Self> {
        let segments: Vec<_> = url.path_segments()?.collect();
        let (before, own) = segments.split_at_checked(segments.len().checked_sub(6)?)?;
        let [federation, providers, provider, protocols, protocol, auth] = own else {
            return None;
        };
        let words = [*federation, *providers, *protocols, *auth];
        if words != ["OS-FEDERATION", "identity_providers", "protocols", "auth"] {
            return None;
        }
        let id = |segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned());
        let mut base = url.clone();
        base.set_query(None);
        base.set_fragment(None);
        base.set_path(&before.join("/"));
        Some(Self {
            base,
            url: url.clone(),
            identity_provider: id(provider)?,
            protocol: id(protocol)?,
        })
    }

    /// The address of Keystone.
    pub(super) fn keystone(&self) -> &Url {
        &self.base
    }

    /// The address that gives unscoped tokens.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The address at which a browser begins: Keystone sends the token to `origin` by a form.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the address of Keystone cannot have a path.
    pub fn websso_url(&self, origin: &str) -> Result<Url, Error> {
        let provider = ["identity_providers", &self.identity_provider];
        let protocol = ["protocols", &self.protocol, "websso"];
        let url = under(&self.base, &["auth", "OS-FEDERATION"])?;
        let mut url = under(&under(&url, &provider)?, &protocol)?;
        url.query_pairs_mut().append_pair("origin", origin);
        Ok(url)
    }

    /// Logs in by a bearer token: an access token or an id token of the identity provider.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and [`Error::Transport`] when there is no response.
    pub async fn log_in_by_bearer(
        &self,
        transport: &Transport,
        token: &SecretString,
    ) -> Result<Login, Error> {
        let bearer = format!("Bearer {}", token.expose());
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| {
            AuthenticationError::new("the identity provider's token fits into no header")
        })?;
        bearer.set_sensitive(true);
        let request = Request::new(Method::POST, self.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(AUTHORIZATION, bearer)
            // A redirect leads to the identity provider, as for a browser, and not to a token.
            .redirects(0)
            .replayable(true);
        let send = || async {
            let response = transport.send(request.clone()).await;
            response.map_err(|error| error.during(FEDERATION_ENDPOINT))
        };
        self.read(&again_after_a_conflict(send).await?)
    }

    /// Reads the response that ends the login: the unscoped token.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] when the web server or Keystone refuses the user, or sends a
    /// browser to the identity provider; [`Error::Decode`] when a success brings no token;
    /// [`Error::Response`] for any other status.
    pub fn read(&self, response: &Response) -> Result<Login, Error> {
        let attempt = Attempt {
            api: "v3",
            methods: vec![self.protocol.clone()],
            scope: "no scope".to_owned(),
        };
        if response.status.is_redirection() {
            return Err(self.not_logged_in(response));
        }
        if matches!(
            response.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        ) {
            return Err(self.refused(response));
        }
        if response.status.is_success() && response.is_html() {
            let message = "the federation endpoint of Keystone returned a web page, not a token";
            let error = DecodeError::new(message).at(place(response));
            return Err(error.remedy(self.remedy()).into());
        }
        if response.status.is_success() {
            return v3::read_login(response, &attempt);
        }
        Err(attempt::refusal(response, &attempt))
    }

    fn not_logged_in(&self, response: &Response) -> Error {
        let target = response.redirect_target();
        let to = target.map_or_else(
            || "another address".to_owned(),
            |url| format!("`{}`", url.origin().ascii_serialization()),
        );
        let message = format!(
            "the web server in front of Keystone did not accept the login ({}): it redirects to {to}; {}",
            place(response),
            self.remedy()
        );
        refusal(message, response)
    }

    fn refused(&self, response: &Response) -> Error {
        let Self {
            identity_provider,
            protocol,
            ..
        } = self;
        let message = format!(
            "Keystone refused the user of the identity provider `{identity_provider}` ({}); check \
             that the mapping of its protocol `{protocol}` knows the user, and that the web server \
             accepts the identity provider's token or assertion",
            place(response),
        );
        refusal(message, response)
    }

    fn remedy(&self) -> String {
        format!(
            "check that the web server protects `{}` for this kind of login",
            self.url.path()
        )
    }
}

/// A login that the web server in front of Keystone, or Keystone itself, did not accept.
fn refusal(message: String, response: &Response) -> Error {
    let refused = response.to_error();
    let reason = refused.message().map(str::to_owned);
    let failure = FederationFailure::new(FederationStep::ServiceProvider, reason);
    let error = AuthenticationError::new(message).failed_at(failure);
    error.refused_by(refused).into()
}

/// Asks for a token, and once more after a conflict: Keystone stores a user at the first login, and
/// refuses all but one of several first logins at a time.
pub(super) async fn again_after_a_conflict<F>(
    mut send: impl FnMut() -> F,
) -> Result<Response, Error>
where
    F: Future<Output = Result<Response, Error>>,
{
    let response = send().await?;
    if response.status != StatusCode::CONFLICT {
        return Ok(response);
    }
    send().await
}
