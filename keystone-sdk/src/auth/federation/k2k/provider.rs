//! The login at a service provider that the Keystone at home knows.

use std::sync::Arc;

use http::header::{ACCEPT, HeaderValue};
use http::{Method, StatusCode};
use keystone_document::suggest::remedy;
use serde_json::json;
use url::Url;

use crate::auth::address::under;
use crate::auth::attempt::place;
use crate::auth::federation::exchange::{Exchange, Handover, LONGEST, PAOS, failed};
use crate::auth::federation::reason::Sent;
use crate::auth::federation::{FederatedLogin, FederationEndpoint};
use crate::auth::{
    AccessInfo, AuthPlugin, EndpointFilter, LogInFuture, Login, Scope, ServiceProvider, Token, v3,
};
use crate::error::{AuthenticationError, DecodeError, DiscoveryError, FederationStep};
use crate::transport::{Request, Response, Transport};
use crate::{Error, printable};

/// What the requests for an assertion are for.
const HOME: &str = "the assertion of the Keystone at home";

/// Where a service provider is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Provider {
    id: String,
    /// Its assertion consumer.
    consumer: Url,
    /// The address that gives a token to whom it knows.
    for_token: Url,
}

/// The service provider of this id, as the Keystone at home describes it to the user.
pub(super) async fn find_provider(
    base: &dyn AuthPlugin,
    id: &str,
    transport: &Transport,
) -> Result<Provider, Error> {
    let access = base.access(transport).await?;
    let Some(found) = access.service_providers().find(|one| one.id == id) else {
        return Err(unknown(id, &access));
    };
    let ServiceProvider {
        auth_url, sp_url, ..
    } = found;
    Ok(Provider {
        id: id.to_owned(),
        consumer: address(id, "sp_url", &sp_url)?,
        for_token: address(id, "auth_url", &auth_url)?,
    })
}

fn unknown(id: &str, access: &AccessInfo) -> Error {
    let known: Vec<_> = access.service_providers().map(|known| known.id).collect();
    let names: Vec<_> = known.iter().map(String::as_str).collect();
    let message = format!("the Keystone at home knows no service provider `{id}`");
    let remedy = match names.as_slice() {
        [] => "it knows none that is enabled; its operator has to create it".to_owned(),
        names => format!(
            "{} (it knows {})",
            remedy(id, names),
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    DiscoveryError::new(message).remedy(remedy).into()
}

fn address(id: &str, name: &str, text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| {
        let text = printable::line(text);
        let message = format!("the `{name}` of the service provider `{id}` is `{text}`");
        let error = DiscoveryError::new(message);
        error
            .remedy("its operator has to write an address of HTTP there")
            .into()
    })
}

/// The login there.
#[derive(Debug)]
pub(super) struct ProviderLogin {
    base: Arc<dyn AuthPlugin>,
    provider: Provider,
    endpoint: FederationEndpoint,
    scope: Scope,
}

impl ProviderLogin {
    pub(super) fn new(
        base: Arc<dyn AuthPlugin>,
        provider: Provider,
        scope: Scope,
    ) -> Result<Self, Error> {
        Ok(Self {
            endpoint: FederationEndpoint::of_url(&provider.for_token)?,
            base,
            provider,
            scope,
        })
    }

    async fn log_in_at(&self, transport: &Transport) -> Result<Login, Error> {
        // The token of the last login may be long gone, and with it what it said.
        let now = find_provider(&*self.base, &self.provider.id, transport).await?;
        if now != self.provider {
            let id = &self.provider.id;
            let message = format!(
                "the service provider `{id}` has another address than at the first login; \
                 make a new plugin"
            );
            return Err(DiscoveryError::new(message).into());
        }
        let mut exchange = Exchange::new(transport);
        let assertion = self.assertion(&mut exchange, transport).await?;
        let handover = Handover {
            to: &self.provider.consumer,
            content_type: PAOS,
            message: &String::from_utf8_lossy(&assertion.body),
            body: assertion.body.clone(),
            for_token: &self.provider.for_token,
            // Nobody asked, so it leads to the start page.
            leads_back: false,
        };
        let last = exchange.hand_over(handover).await?;
        self.endpoint.read(&last)
    }

    /// The assertion in its envelope, as the Keystone at home writes it.
    async fn assertion(
        &self,
        exchange: &mut Exchange<'_>,
        transport: &Transport,
    ) -> Result<Response, Error> {
        let filter = EndpointFilter::service_type("identity").at_auth_url();
        let home = self.base.endpoint(transport, &filter).await?.url;
        let url = under(&v3::base(&home), &["auth", "OS-FEDERATION", "saml2", "ecp"])?;
        let token = self.base.token(transport).await?;
        let mut response = exchange.send(HOME, self.to_home(&url, &token)?).await?;
        if response.status == StatusCode::UNAUTHORIZED && self.base.invalidate(&token) {
            let token = self.base.token(transport).await?;
            response = exchange.send(HOME, self.to_home(&url, &token)?).await?;
        }
        self.check(&response)?;
        Ok(response)
    }

    fn to_home(&self, url: &Url, token: &Token) -> Result<Request, Error> {
        if !token.is_token() {
            let message = "the login at home brings no token, which the one at the service \
                           provider begins with; use a plugin of the v3 API";
            return Err(AuthenticationError::new(message).into());
        }
        let body = json!({"auth": {
            "identity": {"methods": ["token"], "token": {"id": token.expose()}},
            "scope": {"service_provider": {"id": self.provider.id}},
        }});
        let accept = HeaderValue::from_static("application/json, text/xml");
        let mut request = Request::new(Method::POST, url.clone())
            .header(ACCEPT, accept)
            .json(&body)?
            // A second assertion does no harm.
            .replayable(true);
        request.max_body = Some(LONGEST);
        Ok(request)
    }

    fn check(&self, response: &Response) -> Result<(), Error> {
        if !response.status.is_success() {
            let message = format!(
                "the Keystone at home made no assertion for the service provider `{}`",
                self.provider.id
            );
            let reason = Sent::default().reason_of(response);
            let step = FederationStep::IdentityProvider;
            return Err(failed(step, &message, reason, response));
        }
        if !response.body.trim_ascii_start().starts_with(b"<") {
            let error = DecodeError::new("the response of the Keystone at home is no assertion");
            let remedy = "check that it is configured as an identity provider (section [saml])";
            return Err(error.at(place(response)).remedy(remedy).into());
        }
        Ok(())
    }
}

impl FederatedLogin for ProviderLogin {
    /// That of the service provider's Keystone.
    fn auth_url(&self) -> &Url {
        self.endpoint.keystone()
    }

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(self.log_in_at(transport))
    }
}
