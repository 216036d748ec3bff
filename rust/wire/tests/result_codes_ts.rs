//! `src/result-codes.ts` is generated from the one table; this test says when it is stale.
//! `UPDATE_CODES=1 cargo test -p aerospike-wire --test result_codes_ts` rewrites it.

use std::fmt::Write as _;
use std::path::Path;

#[test]
fn typescript_table_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src/result-codes.ts");
    let expected = typescript();
    if std::env::var_os("UPDATE_CODES").is_some() {
        std::fs::write(&path, &expected).expect("src/result-codes.ts can be written");
    }
    let found = std::fs::read_to_string(&path).expect("src/result-codes.ts can be read");
    assert!(
        found == expected,
        "src/result-codes.ts is stale: run this test with UPDATE_CODES=1"
    );
}

fn typescript() -> String {
    let mut text = String::from(
        "// Generated from rust/wire/src/result_code.rs by rust/wire/tests/result_codes_ts.rs (UPDATE_CODES=1). Do not edit.\n\
         \n\
         /** Every known result code as `[code, name, description]`, in ascending order of the code. */\n\
         export const RESULT_CODES: readonly (readonly [number, string, string])[] = [\n",
    );
    for (code, name, description) in aerospike_wire::result_code::RESULT_CODES {
        // Debug's escapes of a string are JavaScript's as long as the table is plain ASCII.
        assert!(description.is_ascii(), "{name}");
        writeln!(text, "  [{code}, {name:?}, {description:?}],")
            .expect("a String takes everything");
    }
    text.push_str("];\n");
    text
}
