//! Pages of services in a headless Chromium.

mod docs_page;
