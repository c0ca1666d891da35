//! Twins of mistakes in descriptions of APIs and in `client!`.

mod notes {
    keystone_sdk::client!("twins/notes.yaml");
}

// Twin of client_of_a_broken_spec, client_of_a_spec_that_is_not_there.
// Twin of client_of_a_spec_that_is_not_utf8.
#[test]
fn a_description_becomes_a_client() {
    let paths: Vec<&str> = notes::OPERATIONS
        .iter()
        .map(|operation| operation.path)
        .collect();
    assert_eq!(paths, ["/v1/notes", "/v1/notes/{note_id}/seal"]);
    let methods = |client: &notes::Client| (client.notes().list(), client.notes().seal("n1"));
    let _: fn(&notes::Client) -> _ = methods;
}
