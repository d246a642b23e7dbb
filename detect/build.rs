//! Says that the shipped rules are part of the crate: a new file is a change, too.

fn main() {
    println!("cargo:rerun-if-changed=../rules");
    println!("cargo:rerun-if-changed=build.rs");
}
