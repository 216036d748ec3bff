//! Marks the library as one that is never unmapped.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A runtime closes its libraries when a Worker ends, while threads of this one still run.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
