//! A document is read and leads to a client, or is refused with the places of what is wrong: see `held.rs`.
#![no_main]

#[path = "../../keystone-codegen/tests/openapi_cases/held.rs"]
#[allow(dead_code, reason = "another target runs the rest")]
mod held;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        held::is_read(text);
    }
});
