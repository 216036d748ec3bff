//! The C ABI of the library: one call that takes JSON and yields JSON.
//!
//! ```c
//! uint32_t aee_abi_version(void);                                        // 1
//! uint32_t aee_call(const uint8_t *request, uint32_t len);               // handle of a result, 0 when out of handles
//! uint32_t aee_result_len(uint32_t result);                              // 0 for an unknown handle
//! int32_t  aee_result_copy(uint32_t result, uint8_t *dst, uint32_t len); // length, -1 unknown, -2 dst too small
//! ```
//!
//! A result is `{"ok": ...}` or `{"error": "..."}` and stays until it was copied. The calls are described in `calls.rs`.
//! Every function may be called from every thread; none panics or unwinds.

use crate::{calls, slices};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

const VERSION: u32 = 1;

#[derive(Default)]
struct Results {
    last: u32,
    waiting: Option<HashMap<u32, Vec<u8>>>,
}

static RESULTS: Mutex<Results> = Mutex::new(Results {
    last: 0,
    waiting: None,
});

impl Results {
    fn insert(&mut self, result: Vec<u8>) -> u32 {
        let waiting = self.waiting.get_or_insert_default();
        // Handles wrap around after four billion calls and skip 0 and those in use.
        for _ in 0..=waiting.len() + 1 {
            self.last = self.last.checked_add(1).unwrap_or(1);
            if let Entry::Vacant(vacant) = waiting.entry(self.last) {
                vacant.insert(result);
                return self.last;
            }
        }
        0
    }
}

/// Version of this ABI.
#[unsafe(no_mangle)]
pub extern "C" fn aee_abi_version() -> u32 {
    VERSION
}

/// Runs a request of `len` bytes of JSON and returns a handle for its result.
///
/// # Safety
/// `request` must be valid for reads of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aee_call(request: *const u8, len: u32) -> u32 {
    // SAFETY: the caller's promise is that of `slices::read`.
    let request = unsafe { slices::read(request, len) };
    let result = catch_unwind(AssertUnwindSafe(|| calls::run(request)))
        .unwrap_or_else(|_| br#"{"error":"internal error: the emulator panicked"}"#.to_vec());
    RESULTS.lock().insert(result)
}

/// Length of a result, 0 for an unknown handle.
#[unsafe(no_mangle)]
pub extern "C" fn aee_result_len(result: u32) -> u32 {
    let results = RESULTS.lock();
    let len = results
        .waiting
        .as_ref()
        .and_then(|waiting| waiting.get(&result))
        .map_or(0, Vec::len);
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Copies a result to `dst` and frees it. Returns its length, -1 for an unknown handle, -2 when `len` is too small.
///
/// # Safety
/// `dst` must be valid for writes of `len` bytes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aee_result_copy(result: u32, dst: *mut u8, len: u32) -> i32 {
    // SAFETY: the caller's promise is that of `slices::write`.
    let dst = unsafe { slices::write(dst, len) };
    let mut results = RESULTS.lock();
    let Some(waiting) = &mut results.waiting else {
        return -1;
    };
    let Some(bytes) = waiting.get(&result) else {
        return -1;
    };
    let Some(dst) = dst.get_mut(..bytes.len()) else {
        return -2;
    };
    dst.copy_from_slice(bytes);
    let len = bytes.len() as i32;
    waiting.remove(&result);
    len
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn call(request: &Value) -> Value {
        let request = request.to_string();
        // SAFETY: the pointers are those of live vectors.
        unsafe {
            let handle = aee_call(request.as_ptr(), request.len() as u32);
            let mut bytes = vec![0; aee_result_len(handle) as usize];
            assert_eq!(aee_result_copy(handle, bytes.as_mut_ptr(), 1), -2);
            assert_eq!(
                aee_result_copy(handle, bytes.as_mut_ptr(), bytes.len() as u32),
                bytes.len() as i32
            );
            assert_eq!(
                aee_result_copy(handle, bytes.as_mut_ptr(), bytes.len() as u32),
                -1
            );
            serde_json::from_slice(&bytes).unwrap()
        }
    }

    #[test]
    fn a_server_lives_from_start_to_stop() {
        let started = call(&json!({"call": "start", "config": {"namespaces": ["n"]}}));
        let server = &started["ok"]["server"];
        assert_ne!(started["ok"]["port"], 0);
        // One bin, `a`, with the integer 1.
        let bins = "AQABYQEIAAAAAAAAAAAAAAE=";
        let records = json!([{"key": {"string": "k"}, "bins": bins}, {"key": {"integer": "-1"}, "bins": bins, "ttl": 5}]);
        let loaded = call(
            &json!({"call": "load", "server": server, "namespace": "n", "set": "s", "records": records}),
        );
        assert_eq!(loaded, json!({"ok": {"records": 2}}));
        assert_eq!(
            call(&json!({"call": "stats", "server": server}))["ok"]["records"],
            2
        );
        call(&json!({"call": "advance", "server": server, "seconds": 7}));
        assert_eq!(
            call(&json!({"call": "stats", "server": server}))["ok"]["records"],
            1
        );
        assert_eq!(
            call(&json!({"call": "stop", "server": server})),
            json!({"ok": {}})
        );
        assert!(call(&json!({"call": "stats", "server": server}))["error"].is_string());
    }

    #[test]
    fn nodes_come_and_go_by_number() {
        let started = call(&json!({"call": "start", "config": {"nodes": 2, "namespaces": ["n"]}}));
        let server = &started["ok"]["server"];
        let states = || {
            let nodes = call(&json!({"call": "nodes", "server": server}));
            [0, 1].map(|node| nodes["ok"][node]["state"].as_str().map(str::to_owned))
        };
        let [up, stopped] = ["up", "stopped"].map(|state| Some(state.to_owned()));
        assert_eq!(states(), [up.clone(), up.clone()]);
        call(&json!({"call": "stopNode", "server": server, "node": 1}));
        assert_eq!(states(), [up.clone(), stopped]);
        for request in [
            json!({"call": "stopNode", "server": server, "node": 2}),
            json!({"call": "startNode", "server": server, "node": "1"}),
            json!({"call": "movePartitions", "server": server, "move": {"to": 1}}),
            json!({"call": "movePartitions", "server": server, "move": {"partitions": [4096]}}),
            json!({"call": "movePartitions", "server": server, "move": {"namespace": "m"}}),
            json!({"call": "movePartitions", "server": server, "move": {"form": 1}}),
            json!({"call": "fault", "server": server, "fault": {"node": 2}}),
            json!({"call": "fault", "server": server, "fault": {"code": 256}}),
        ] {
            assert!(call(&request)["error"].is_string(), "{request}");
        }
        call(&json!({"call": "startNode", "server": server, "node": 1}));
        assert_eq!(states(), [up.clone(), up]);
        let one = json!({"call": "movePartitions", "server": server, "move": {"to": 1}});
        assert!(call(&one)["ok"]["moved"].as_u64() > Some(1_500));
        assert_eq!(call(&one)["ok"]["moved"], 0);
        call(&json!({"call": "stop", "server": server}));
    }

    #[test]
    fn bad_requests_are_errors() {
        for request in [
            json!(null),
            json!({"call": "nope"}),
            json!({"call": "start", "config": {"prot": 1}}),
            json!({"call": "start", "config": {"port": 70000}}),
            json!({"call": "start", "config": {"namespaces": []}}),
            json!({"call": "start", "config": {"nodes": 0}}),
            json!({"call": "start", "config": {"nodes": 17}}),
            json!({"call": "start", "config": {"nodes": 3, "port": 65534}}),
            json!({"call": "start", "config": {"replicationFactor": 0}}),
            json!({"call": "advance", "server": 12345, "seconds": 1}),
        ] {
            assert!(call(&request)["error"].is_string(), "{request}");
        }
    }
}
