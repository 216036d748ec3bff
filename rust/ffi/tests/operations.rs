//! Every function of core's that makes an operation on the inside of a bin is called. Those that there are, and all of
//! core's other commands, operations and expressions, are known to the tests in TypeScript.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

/// Core's modules of functions that make operations and expressions.
const SOURCES: [(&str, &str); 16] = [
    ("operations::scalar", "operations/scalar.rs"),
    ("operations::exp", "operations/exp.rs"),
    ("operations::lists", "operations/lists.rs"),
    ("operations::maps", "operations/maps.rs"),
    ("operations::bitwise", "operations/bitwise.rs"),
    ("operations::hll", "operations/hll.rs"),
    ("operations::string", "operations/string.rs"),
    ("operations::path", "operations/path.rs"),
    ("operations::cdt_context", "operations/cdt_context.rs"),
    ("expressions", "expressions/mod.rs"),
    ("expressions::lists", "expressions/lists.rs"),
    ("expressions::maps", "expressions/maps.rs"),
    ("expressions::bitwise", "expressions/bitwise.rs"),
    ("expressions::hll", "expressions/hll.rs"),
    ("expressions::string", "expressions/string.rs"),
    ("expressions::ael", "expressions/ael.rs"),
];

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

/// The names of the public functions that stand `indent` deep in a file.
fn functions<'a>(source: &'a str, indent: &str) -> Vec<&'a str> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix(indent)?.strip_prefix("pub "))
        .map(|line| line.strip_prefix("const ").unwrap_or(line))
        .map(|line| line.strip_prefix("async ").unwrap_or(line))
        .filter_map(|line| line.strip_prefix("fn ")?.split(['(', '<']).next())
        .collect()
}

/// What is between the braces of one `impl`.
fn implementation<'a>(source: &'a str, of: &str) -> &'a str {
    let (_, body) = source.split_once(&format!("\nimpl {of} {{\n")).expect(of);
    body.split_once("\n}\n").expect("it ends").0
}

/// Everything of core's that a command, an operation or an expression is made with, by where it is.
fn names(core: &Path) -> Value {
    let mut names = Map::new();
    let client = read(&core.join("src/client.rs"));
    names.insert(
        "Client".into(),
        functions(implementation(&client, "Client"), "    ").into(),
    );
    let batch = read(&core.join("src/batch/mod.rs"));
    // Those that make a row have its policy first; the others look at its answer.
    let rows = implementation(&batch, "BatchOperation").replace("(\n", "(");
    let makers = functions(&rows, "    ").into_iter().filter(|name| {
        let (_, parameters) = rows
            .split_once(&format!("fn {name}("))
            .expect("it is there");
        parameters.trim_start().starts_with("policy:")
    });
    names.insert("BatchOperation".into(), makers.collect());
    for (module, file) in SOURCES {
        let source = read(&core.join("src").join(file));
        names.insert(module.into(), functions(&source, "").into());
    }
    names.into()
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
    let list = here.join("../../tests/support/core-operations.json");
    let names = names(&core_folder());
    if std::env::var_os("UPDATE_OPERATIONS").is_some() {
        let text = serde_json::to_string_pretty(&names).expect("names are JSON");
        std::fs::write(&list, text + "\n").expect("the list can be written");
    }
    let known: Value = serde_json::from_str(&read(&list)).expect("the list is JSON");
    assert!(
        known == names,
        "the list is stale: run `UPDATE_OPERATIONS=1 cargo test --test operations`"
    );
    for (module, file) in MODULES {
        let ours = read(&here.join(format!("src/operation/{file}.rs")));
        let functions = &names[format!("operations::{module}")];
        for function in functions.as_array().expect("it is one of the modules") {
            let name = format!("{module}::{}", function.as_str().expect("a name"));
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
