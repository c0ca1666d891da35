//! OpenStack Keystone for services: token validation, request context and policy for tower and axum.
