//! The root of a client: the type with a method for each resource.

use proc_macro2::TokenStream;
use quote::quote;

use super::Root;
use super::call::parameter_type;
use super::docs::{code, deprecated_as, doc};
use super::resource_client::resource_client_doc;
use super::scope::{Context, ident};
use super::sink::Sink;
use crate::Error;
use crate::error::EmitError;
use crate::model::{Resource, Service, camel};

pub(super) fn root(context: &Context<'_>) -> Result<Root, Error> {
    let mut sink = Sink::new(context);
    let items = client(&mut sink)?;
    Ok(Root {
        title: format!("The typed client of {}.", context.api.service.title),
        operations: super::operations::emit(context, Vec::new())?,
        operations_doc: "The operations one by one, for calls that have no method here.",
        imports: sink.imports,
        items,
        names: ["Client", "OPERATIONS"].map(str::to_owned).into(),
    })
}

fn client(sink: &mut Sink<'_>) -> Result<Vec<TokenStream>, Error> {
    let context = sink.context;
    let service = &context.api.service;
    let (service_type, version) = (&service.service_type, &service.version);
    let runtime = sink.imports.runtime("ServiceClient");
    let url = sink.imports.runtime("Url");
    let session = sink.imports.crate_root("Session");
    let filter = sink.imports.catalog("EndpointFilter");
    let major = service
        .discover
        .then(|| version.trim_start_matches('v').parse::<u16>())
        .transpose()
        .map_err(|_| {
            EmitError::new(format!(
                "`{version}` is not a major version, which discovery needs; write one such as `v3`"
            ))
        })?
        .map(proc_macro2::Literal::u16_unsuffixed)
        .map(|major| quote!(.major_version(#major)));
    let resource_clients: Vec<TokenStream> = context
        .resources()
        .map(|resource| resource_client(sink, resource))
        .collect();
    let microversion = microversion(service);
    let docs = doc(&format!(
        "The typed client of {}. Cheap to clone.",
        service.title
    ));
    let new_docs = doc(&format!(
        "The {} service that the catalog of the session's token lists.",
        code(service_type)
    ));
    Ok(vec![
        quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct Client(#runtime);
        },
        quote! {
            impl Client {
                #new_docs
                #[must_use]
                pub fn new(session: &#session) -> Self {
                    Self::with_endpoint(session, #filter::service_type(#service_type) #major)
                }

                /// The service at the endpoint of the catalog that `filter` selects, such as by region.
                #[must_use]
                pub fn with_endpoint(session: &#session, filter: #filter) -> Self {
                    Self(#runtime::in_catalog(session, filter, #version).of_type(#service_type))
                }

                /// The service at this URL; the catalog is not used.
                #[must_use]
                pub fn at(session: &#session, address: #url) -> Self {
                    Self(#runtime::at(session, address, #version).of_type(#service_type))
                }

                #microversion

                /// The same service, called without a token.
                #[must_use]
                pub fn anonymous(&self) -> Self {
                    Self(self.0.anonymous())
                }

                /// The client that all calls go through, for calls that have no method here.
                #[must_use]
                pub fn service(&self) -> &#runtime {
                    &self.0
                }

                #(#resource_clients)*
            }
        },
    ])
}

/// The method that chooses a microversion, if the service has any.
fn microversion(service: &Service) -> Option<TokenStream> {
    let (min, max) = service.microversions.as_ref()?;
    let docs = doc(&format!(
        "The same service, asked for this microversion, {min} to {max}, in every call that does not \
         choose another. Without it, a call asks for the lowest one that has all that it uses."
    ));
    Some(quote! {
        #docs
        #[must_use]
        pub fn microversion(&self, version: impl Into<String>) -> Self {
            Self(self.0.microversion(version))
        }
    })
}

fn resource_client(sink: &mut Sink<'_>, resource: &Resource) -> TokenStream {
    let docs = doc(&resource_client_doc(resource));
    let deprecated = resource.notes.deprecated.as_ref();
    let deprecated = deprecated.map(|note| deprecated_as(note));
    let method = ident(&resource.plural);
    let name = ident(&camel(&resource.plural));
    let (mut arguments, mut values) = (Vec::new(), Vec::new());
    for parameter in resource.parents() {
        let name = ident(&parameter.rust_name);
        let ty = parameter_type(sink, parameter);
        arguments.push(quote!(#name: impl Into<#ty>));
        values.push(quote!(#name.into()));
    }
    quote! {
        #docs
        #deprecated
        #[must_use]
        pub fn #method(&self #(, #arguments)*) -> #name {
            #name::new(&self.0 #(, #values)*)
        }
    }
}
