//! Generates the client of the second way into `OUT_DIR`.

fn main() -> Result<(), keystone_codegen::Error> {
    keystone_codegen::build("../../specs/services/proxies.yaml").emit()
}
