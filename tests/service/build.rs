//! The server's side of the proxies API, made when this package is built.

fn main() -> Result<(), keystone_codegen::Error> {
    keystone_codegen::build("../../specs/services/proxies.yaml").emit_server()
}
