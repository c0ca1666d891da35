//! A document is read and leads to a client, or is refused with the places of what is wrong.
#![no_main]

use keystone_codegen::resource_spec::Source;
use keystone_codegen::{ClientOptions, Error, client, openapi};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    match openapi::read(&[Source::new("api.yaml", text)]) {
        Ok(api) => assert!(client(&api, &ClientOptions::new("client")).is_ok(), "{text:?}"),
        Err(Error::Spec(error)) => assert!(!error.problems().is_empty(), "{text:?}"),
        Err(error) => panic!("{error}: {text:?}"),
    }
});
