//! What is looked at whether anything uses it or not.

use super::node_ref::NodeRef;
use super::reader::Reader;

/// Values under these keys are data.
const DATA: &[&str] = &["example", "examples", "default", "enum", "const"];

/// Follows every reference of every document once.
pub(super) fn references(reader: &mut Reader<'_>) {
    for root in reader.roots() {
        let mut open = vec![(root, false)];
        while let Some((place, free)) = open.pop() {
            let reference = place.node.get("$ref");
            // Where names are free, `$ref` may be one.
            if !free && reference.is_some_and(|one| one.text().is_some()) {
                reader.resolve(&place);
            }
            for (key, child) in place.entries() {
                let key = key.text().unwrap_or_default();
                if free || !(DATA.contains(&key) || key.starts_with("x-")) {
                    let names = ["properties", "schemas", "patternProperties", "mapping"];
                    open.push((child, !free && names.contains(&key)));
                }
            }
            open.extend(place.items().map(|child| (child, false)));
        }
    }
}

/// The schemas among the components, which may be made of each other.
pub(super) fn schemas<'a>(reader: &Reader<'a>) -> Vec<NodeRef<'a>> {
    let mut found = Vec::new();
    for root in reader.roots() {
        let components = root.get("components").and_then(|one| one.get("schemas"));
        found.extend(
            components
                .iter()
                .flat_map(NodeRef::entries)
                .map(|(_, place)| place),
        );
    }
    found
}
