//! See `keystone_differential::fuzz::policy_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keystone_differential::fuzz::policy_file(input));
