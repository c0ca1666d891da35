//! All three clients speak to the service, and do what the README shows.

const README: &str = include_str!("../README.md");

#[tokio::test]
async fn the_readme_shows_what_is_printed() {
    let told = generate_client::run().await.unwrap();
    let shown = README
        .split_once("```text\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(shown, _)| shown);
    assert_eq!(shown, Some(told.as_str()));
}

#[test]
fn the_three_clients_have_the_same_operations() {
    let names = |operations: &[keystone_sdk::client::Operation]| {
        let lines = operations.iter();
        lines
            .map(|operation| format!("{operation:?}"))
            .collect::<Vec<_>>()
    };
    let first = names(generate_client::checked_in::OPERATIONS);
    assert_eq!(first, names(generate_client::built::OPERATIONS));
    assert_eq!(first, names(generate_client::expanded::OPERATIONS));
    assert_eq!(first.len(), 6);
}
