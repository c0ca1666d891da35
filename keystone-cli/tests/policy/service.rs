//! Policies whose operations stand in the description of the service.

use super::Folder;

const POLICIES: &str = r#"service: specs/notes.yaml
rules: {admin: "role:admin"}
policies:
  "note:list": ""
  "note:create": {check: "rule:admin", description: Write a note.}
  "note:see_reader": "rule:admin"
  "note:expire": {check: "rule:admin", internal: true}
"#;

const NOTES: &str = "\
service: {type: notes, version: v1}
resources:
  note:
    operations:
      list: note:list
      create: note:create
      get: note:list
    fields:
      id: id, response
      reader: string, response, policy note:see_reader
";

/// The second version of the API, as an OpenAPI document.
const OPENAPI: &str = "\
openapi: 3.1.0
info: {title: Notes, version: '2'}
paths:
  /v2/notes/{note_id}:
    parameters: [{name: note_id, in: path, required: true, schema: {type: string}}]
    delete:
      x-openstack-policies: ['note:create']
      responses: {'204': {description: Gone}}
";

fn folder(name: &str, policies: &str) -> Folder {
    let folder = Folder::new(&format!("service-{name}"));
    std::fs::create_dir_all(folder.0.join("specs")).unwrap();
    folder.write("policies.yaml", policies);
    folder.write("specs/notes.yaml", NOTES);
    folder.write("specs/notes-v2.yaml", OPENAPI);
    folder
}

/// What `validate` says on stderr, and its exit code.
fn validated(name: &str, policies: &str) -> (i32, String) {
    let (code, _, stderr) = folder(name, policies).run("validate policies.yaml");
    (code, stderr)
}

#[test]
fn the_sample_file_has_the_operations_of_the_description() {
    let folder = folder("sample", POLICIES);
    let sample = folder.done("sample policies.yaml");
    for lines in [
        "# GET  /v1/notes\n# GET  /v1/notes/{note_id}\n#\"note:list\": \"\"",
        "# Write a note.\n# POST  /v1/notes\n#\"note:create\": \"rule:admin\"",
        "# Attribute  note.reader\n#\"note:see_reader\": \"rule:admin\"",
        "\n\n#\"note:expire\": \"rule:admin\"",
    ] {
        assert!(sample.contains(lines), "{lines}\n{sample}");
    }
}

#[test]
fn several_descriptions_are_read_resource_specs_and_openapi_alike() {
    let list = POLICIES.replace(
        "specs/notes.yaml",
        "[specs/notes.yaml, specs/notes-v2.yaml]",
    );
    let folder = folder("several", &list);
    let sample = folder.done("sample policies.yaml");
    assert!(
        sample.contains("# POST  /v1/notes\n# DELETE  /v2/notes/{note_id}\n"),
        "{sample}"
    );
    folder.done("validate policies.yaml");
}

#[test]
fn the_matrix_shows_them_as_table_json_and_page() {
    let folder = folder("matrix", POLICIES);
    let table = folder.done("matrix policies.yaml");
    assert!(table.contains("|   GET /v1/notes/{note_id}"), "{table}");
    let page = folder.done("matrix policies.yaml --html");
    let cell = "<th>note:create<br><small>POST /v1/notes</small></th>";
    assert!(page.contains(cell), "{page}");
    let json = folder.json("matrix policies.yaml");
    assert_eq!(json[1]["policy"], "note:create");
    assert_eq!(json[1]["operations"][0]["path"], "/v1/notes");
    assert_eq!(json[3]["operations"].as_array().unwrap().len(), 0);
}

#[test]
fn a_converted_file_is_documented_with_them() {
    let folder = folder("convert", POLICIES);
    folder.write("policy.json", r#"{"note:create": "role:writer"}"#);
    let text = folder.done("convert policy.json --defaults policies.yaml");
    assert_eq!(
        text,
        "# Write a note.\n# POST  /v1/notes\n\"note:create\": \"role:writer\"\n"
    );
}

#[test]
fn a_file_that_fits_is_valid() {
    assert_eq!(validated("fits", POLICIES), (0, String::new()));
}

#[test]
fn operations_in_both_files_are_an_error_with_both_places() {
    let both = POLICIES.replace(
        "description: Write a note.",
        "operations: [{method: POST, path: /v1/notes}]",
    );
    let message = "error: policies.yaml:5:40: policy `note:create` lists `operations`, and \
                   specs/notes.yaml:6:15 has it for POST /v1/notes: remove `operations`\n";
    let folder = folder("both", &both);
    for command in ["validate", "sample", "matrix"] {
        let (code, _, stderr) = folder.run(&format!("{command} policies.yaml"));
        assert_eq!(stderr, message, "{command}");
        assert_eq!(code, if command == "validate" { 1 } else { 2 });
    }
}

#[test]
fn policies_and_operations_without_each_other_are_told() {
    let text = POLICIES
        .replace("\"note:create\"", "\"note:craete\"")
        .replace(", internal: true", "");
    let (code, stderr) = validated("without", &text);
    assert_eq!(code, 1);
    assert_eq!(
        stderr,
        "error: specs/notes.yaml:6:15: POST /v1/notes has policy `note:create`, which policies.yaml \
         does not declare; did you mean `note:craete`?\n\
         error: policies.yaml:5:3: policy `note:craete` is used by no operation; name it in one, \
         remove it, or write `internal: true`\n\
         error: policies.yaml:7:3: policy `note:expire` is used by no operation; name it in one, \
         remove it, or write `internal: true`\n"
    );
}

#[test]
fn an_internal_policy_of_an_operation_is_told() {
    let text = POLICIES.replace(
        "\"note:list\": \"\"",
        "\"note:list\": {check: \"\", internal: true}",
    );
    let (code, stderr) = validated("internal", &text);
    assert_eq!(code, 1);
    assert_eq!(
        stderr,
        "error: policies.yaml:4:3: policy `note:list` is `internal: true`, but specs/notes.yaml:5:13 \
         has it for GET /v1/notes: remove `internal`\n"
    );
}

#[test]
fn a_description_that_is_missing_or_broken_is_named() {
    let gone = POLICIES.replace("specs/notes.yaml", "specs/gone.yaml");
    let folder = folder("broken", &gone);
    let (code, _, stderr) = folder.run("sample policies.yaml");
    assert_eq!(code, 2);
    let missing = "error: policies.yaml:1:10: cannot read `specs/gone.yaml`: No such file";
    assert!(stderr.starts_with(missing), "{stderr}");
    let (code, _, stderr) = folder.run("validate policies.yaml");
    assert_eq!((code, stderr.starts_with(missing)), (1, true), "{stderr}");

    folder.write("policies.yaml", POLICIES);
    folder.write("specs/notes.yaml", "service: {type: notes}\nresorces: {}\n");
    let (code, _, stderr) = folder.run("matrix policies.yaml");
    assert_eq!(code, 2);
    assert!(stderr.contains("error: specs/notes.yaml:2:1"), "{stderr}");
}

#[test]
fn commands_that_show_no_operations_need_no_description() {
    let gone = POLICIES.replace("specs/notes.yaml", "specs/gone.yaml");
    let folder = folder("needless", &gone);
    folder.done("generate policies.yaml");
    folder.done("diff policies.yaml policies.yaml");
    folder.write("policy.yaml", "'note:create': 'role:writer'\n");
    folder.done("upgrade policy.yaml --defaults policies.yaml");
}
