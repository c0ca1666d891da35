//! Whatever a document says, its code is what the generator means: see `held.rs`.
#![no_main]

#[path = "../../keystone-codegen/tests/openapi_cases/held.rs"]
#[allow(dead_code, reason = "another target, and the tests, run the rest")]
mod held;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        held::holds(text);
    }
});
