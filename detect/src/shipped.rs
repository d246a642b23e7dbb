//! The rules that come with the program, from the folder `rules/`.

use include_dir::{Dir, DirEntry, include_dir};

static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../rules");

/// Name and text of every shipped rule file, in the order of the names.
pub fn shipped() -> Vec<(&'static str, &'static str)> {
    let mut files = Vec::new();
    collect(&RULES, &mut files);
    files.sort_unstable();
    files
}

fn collect(folder: &'static Dir<'_>, files: &mut Vec<(&'static str, &'static str)>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => collect(folder, files),
            DirEntry::File(file) => {
                let is_rule = file.path().extension().is_some_and(|end| end == "yml");
                let name = file.path().to_str().filter(|_| is_rule);
                if let (Some(name), Some(text)) = (name, file.contents_utf8()) {
                    files.push((name, text));
                }
            }
        }
    }
}
