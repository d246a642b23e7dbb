//! The house has floors, and an import may only go down (ARCHITECTURE.md).

use cargo_metadata::{DependencyKind, Metadata};

/// The floor of each crate. A new crate needs a line here, and so a place in the picture.
const FLOORS: [(&str, u8); 12] = [
    ("model", 0),
    ("ledger", 0),
    ("wire", 1),
    ("inspect", 1),
    ("vault", 1),
    ("detect", 1),
    ("store", 2),
    ("deliver", 2),
    ("server", 3),
    ("plainsight", 4),
    ("bench", 5),
    ("xtask", 5),
];

/// Every import that does not go down, every crate without a floor, and every crate whose folder
/// has another name.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let mut problems = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let folder = package.manifest_path.parent().and_then(|folder| folder.file_name());
        if folder != Some(name) {
            problems.push(format!("crate {name} does not lie in a folder of its name"));
        }
        let Some(floor) = floor(name) else {
            problems.push(format!("crate {name} has no floor"));
            continue;
        };
        let imports =
            package.dependencies.iter().filter(|import| import.kind == DependencyKind::Normal);
        for import in imports {
            if self::floor(&import.name).is_some_and(|below| below >= floor) {
                problems.push(format!("{name} imports {}, which is not below it", import.name));
            }
        }
    }
    problems
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}
