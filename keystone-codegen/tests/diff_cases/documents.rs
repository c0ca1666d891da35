//! Resource specs beside the OpenAPI documents that are written from them.

use std::path::{Path, PathBuf};

use keystone_codegen::diff::{Change, diff};
use keystone_codegen::model::Api;
use keystone_codegen::openapi::{WriteOptions, write};
use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{describe, files};

fn specs() -> [PathBuf; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    ["identity", "services/proxies.yaml"].map(|path| root.join(path))
}

fn read(path: &Path) -> Api {
    describe(&files::read(&[path.to_owned()]).unwrap()).unwrap()
}

fn written(api: &Api) -> Api {
    let text = write(api, &WriteOptions::new()).unwrap();
    describe(&[SpecFile::new("api.yaml", text)]).unwrap()
}

#[test]
fn a_document_has_no_differences_from_itself() {
    for path in specs() {
        let api = read(&path);
        assert_eq!(diff(&api, &api).changes, []);
        let document = written(&api);
        assert_eq!(diff(&document, &document).changes, []);
    }
}

/// What a document cannot say: that an operation exists twice, for different media types.
fn is_unsaid(change: &Change) -> bool {
    change.subject == "Version" && change.what.starts_with("`json_home` is ")
}

#[test]
fn specs_and_the_openapi_written_from_them_have_no_differences() {
    for path in specs() {
        let api = read(&path);
        let document = written(&api);
        for (old, new) in [(&api, &document), (&document, &api)] {
            let mut found = diff(old, new).changes;
            found.retain(|change| !is_unsaid(change));
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }
}

#[test]
fn a_document_written_again_keeps_words_names_and_strictness() {
    let text = "\
openapi: 3.1.0
info: {title: Pens, version: '1', x-openstack-service: {type: pens, version: v1}}
tags: [{name: pens, x-openstack-resource: {name: pen, strict: true}}]
paths:
  /v1/pens:
    get:
      operationId: pen.list
      tags: [pens]
      x-openstack-policies: []
      responses:
        '200':
          description: All
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pen'}}}}
components:
  schemas:
    Pen:
      type: object
      required: [colour]
      properties:
        colour: {$ref: '#/components/schemas/Colour', x-openstack-name: ink}
    Colour: {type: string, enum: [light-red, blue]}
";
    let api = describe(&[SpecFile::new("pens.yaml", text)]).unwrap();
    assert!(api.resources().any(|resource| resource.strict));
    assert!(
        api.records()
            .any(|record| record.fields.iter().any(|field| field.rust_name == "ink"))
    );
    let words = write(&api, &WriteOptions::new()).unwrap();
    assert!(words.contains("light-red"), "{words}");
    let found = diff(&api, &written(&api));
    assert!(found.changes.is_empty(), "{found}");
}
