// SPDX-License-Identifier: MIT
//
// Compiles the C runtime for the target; the linker drops what is not used.
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("c/src is part of the crate") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().map_or(false, |end| end == "c") {
            found.push(path);
        }
    }
}

fn main() {
    let mut files = vec![PathBuf::from("c/layout.c")];
    sources(Path::new("c/src"), &mut files);
    files.sort();
    cc::Build::new()
        .include("c/include")
        .files(&files)
        .flag_if_supported("-ffunction-sections")
        .flag_if_supported("-fdata-sections")
        .compile("emlrt");
    println!("cargo:rerun-if-changed=c");
}
