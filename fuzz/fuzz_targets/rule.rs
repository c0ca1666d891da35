//! See `keystone_differential::fuzz::rule`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keystone_differential::fuzz::rule(input));
