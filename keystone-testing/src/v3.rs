//! The routes of the Identity API v3.

mod application_credentials;
pub(crate) mod auth;
mod catalog;
mod credentials;
mod crud;
mod domains;
mod endpoints;
mod grants;
mod groups;
mod list;
mod oauth1;
pub(crate) mod oauth2;
mod projects;
mod regions;
mod role_assignments;
mod roles;
mod schema;
mod services;
mod tags;
mod times;
mod trusts;
mod users;

use crate::route::Routes;

/// The routes of each part of the API.
pub(crate) const PARTS: &[fn(Routes) -> Routes] = &[
    auth::routes,
    services::routes,
    endpoints::routes,
    domains::routes,
    projects::routes,
    regions::routes,
    users::routes,
    groups::routes,
    roles::routes,
    grants::routes,
    role_assignments::routes,
    tags::routes,
    credentials::routes,
    application_credentials::routes,
    trusts::routes,
    oauth1::routes,
    oauth2::routes,
];
