//! OpenStack Keystone for applications: sessions, authentication plugins and a typed Identity v3 client.
