//! See `keystone_differential::fuzz::eval_line`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keystone_differential::fuzz::eval_line(input));
