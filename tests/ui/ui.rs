//! Mistakes that must not compile, each with its message under the token that is wrong.
//!
//! `TRYBUILD=overwrite cargo test -p keystone-ui` records the messages anew. The passing twin of
//! every case is in `tests/it`.

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("mistakes/*.rs");
}
