//! The checked-in C header is the one that the sources give.

use std::path::Path;

#[test]
fn header_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    // One file is the whole ABI: its sources are parsed one by one, so that no build is needed.
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_src(root.join("src/pointer.rs"))
        .with_src(root.join("src/api.rs"))
        .generate()
        .expect("the exports can be said in C");
    let mut generated = Vec::new();
    bindings.write(&mut generated);
    let generated = String::from_utf8(generated).expect("UTF-8");
    let path = root.join("include/aerospike_ffi.h");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(&path, &generated).expect("the header can be written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == generated,
        "the header is stale: run `UPDATE_HEADER=1 cargo test --test header`"
    );
}
