//! Every function of core's that makes an operation on the inside of a bin is called, and those that there are, are known
//! to the tests in TypeScript.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const MODULES: [(&str, &str); 6] = [
    ("lists", "list"),
    ("maps", "map"),
    ("bitwise", "bit"),
    ("hll", "hll"),
    ("string", "string"),
    ("path", "path"),
];

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// Where the crate is that this one is built with.
fn core_folder() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let version = cargo(&["-vV"]);
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("cargo names its host");
    // What only other platforms need is not there without a network.
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--format-version",
        "1",
        "--filter-platform",
        host,
        "--manifest-path",
        manifest,
    ]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let core = packages
        .iter()
        .find(|package| package["name"] == "aerospike-core")
        .expect("core is among them");
    let manifest = Path::new(core["manifest_path"].as_str().expect("it has a manifest"));
    manifest.parent().expect("which is in a folder").to_owned()
}

fn functions(source: &str) -> Vec<&str> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix("pub fn "))
        .filter_map(|line| line.split(['(', '<']).next())
        .collect()
}

/// The functions that make a step of the way into lists and maps, and not those that read steps from bytes.
fn steps(source: &str) -> Vec<&str> {
    let names = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub ")?.split("fn ctx_").nth(1))
        .filter_map(|line| line.split(['(', '<']).next());
    names.filter(|name| !name.starts_with("from_")).collect()
}

/// Whether `name` stands in `source`, and not only at the start of a longer one.
fn mentions(source: &str, name: &str) -> bool {
    source.match_indices(name).any(|(at, _)| {
        let next = source[at + name.len()..].chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}

#[test]
fn every_function_of_core_is_called_and_known() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known: Value = serde_json::from_str(&read(
        &here.join("../../tests/support/core-operations.json"),
    ))
    .expect("the list is JSON");
    let core = core_folder();
    for (module, file) in MODULES {
        let source = read(&core.join(format!("src/operations/{module}.rs")));
        let functions = functions(&source);
        assert_eq!(
            Value::from(functions.clone()),
            known[module],
            "tests/support/core-operations.json has core's functions of {module}"
        );
        let ours = read(&here.join(format!("src/operation/{file}.rs")));
        for function in functions {
            let name = format!("{module}::{function}");
            assert!(mentions(&ours, &name), "{name} is not called");
        }
    }
}

#[test]
fn every_step_of_core_is_made() {
    let source = read(&core_folder().join("src/operations/cdt_context.rs"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours = read(&here.join("src/operation/context.rs"));
    let steps = steps(&source);
    assert!(steps.len() > 12, "{steps:?}");
    for step in steps {
        assert!(
            mentions(&ours, &format!("ctx::ctx_{step}")),
            "{step} is not made"
        );
    }
}
