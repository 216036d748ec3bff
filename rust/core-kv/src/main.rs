//! The limit that the `kv` benchmark measures against: aerospike-core driven from Rust, without JavaScript. It speaks
//! the protocol of the other workers (`bench/workers`), one line of JSON for one line of JSON, and makes the same
//! records as `bench/records.mjs`.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aerospike_core::{
    BatchOperation, BatchPolicy, BatchReadPolicy, Bin, Bins, Client, ClientPolicy, Key, ReadPolicy,
    Record, Value, WritePolicy,
};
use serde_json::{Map, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const RECORDS: usize = 18_000;
const KEYS_PER_SET: usize = 200;
const SETS: usize = 9;
const PUT_SET: &str = "bench-put";
const PUT_KEYS: usize = 4_096;
const LOAD_IN_FLIGHT: usize = 64;
const STRIDE: usize = 7_919;
const CONNECTIONS: usize = 256;
const TIMEOUT_MS: u32 = 10_000;
/// As many as the native library starts, so that the two differ by JavaScript alone.
const WORKERS: usize = 2;
const CITIES: [&str; 8] = [
    "Lisbon", "Zürich", "Oslo", "Kyoto", "Quito", "Accra", "Perth", "Turin",
];

fn bins_of(i: usize) -> Vec<Bin> {
    let int = |value: i64| Value::Int(value);
    let n = i as i64;
    vec![
        Bin::new("id", int(n)),
        Bin::new("views", int((n * 7_919) % 1_000_003)),
        Bin::new("stock", int(n % 1_000)),
        Bin::new("balance", int(5 - n * 1_000_000_007)),
        Bin::new("score", Value::from((i % 97) as f64 + 0.25)),
        Bin::new("rating", Value::from((i % 5) as f64 + 0.5)),
        Bin::new("weight", Value::from(i as f64 + 0.75)),
        Bin::new("name", Value::from(format!("record {i}"))),
        Bin::new("city", Value::from(CITIES[i % CITIES.len()])),
        Bin::new(
            "note",
            Value::from(format!("The quick brown fox jumps over the lazy dog {i}")),
        ),
    ]
}

/// What a lane of commands shares with the others.
struct Bench {
    client: Client,
    namespace: String,
    read: ReadPolicy,
    write: WritePolicy,
    batch: BatchPolicy,
    batch_read: BatchReadPolicy,
}

/// One case: what a single call does.
#[derive(Clone)]
enum Case {
    Get,
    Put { prefix: String },
    Batch { keys: usize },
    Load,
}

impl Bench {
    fn key(&self, i: usize) -> Result<Key, Failure> {
        let set = format!("bench-{}", i / KEYS_PER_SET % SETS);
        Ok(Key::new(
            self.namespace.as_str(),
            set,
            Value::from(format!("user:{i}")),
        )?)
    }

    async fn call(&self, case: &Case, n: usize) -> Result<(), Failure> {
        match case {
            Case::Get => {
                let i = n * STRIDE % RECORDS;
                check(
                    &self
                        .client
                        .get(&self.read, &self.key(i)?, Bins::All)
                        .await?,
                    i,
                )
            }
            Case::Put { prefix } => {
                let i = n % PUT_KEYS;
                let key = Key::new(
                    self.namespace.as_str(),
                    PUT_SET,
                    Value::from(format!("{prefix}:{i}")),
                )?;
                Ok(self.client.put(&self.write, &key, &bins_of(i)).await?)
            }
            Case::Batch { keys } => {
                let start = n * STRIDE % (RECORDS / keys) * keys;
                let rows = self.rows(start..start + keys).await?;
                for (i, row) in rows.iter().enumerate() {
                    check(row.record().ok_or("a row without a record")?, start + i)?;
                }
                Ok(())
            }
            Case::Load => Ok(self
                .client
                .put(&self.write, &self.key(n)?, &bins_of(n))
                .await?),
        }
    }

    async fn rows(
        &self,
        records: impl Iterator<Item = usize>,
    ) -> Result<Vec<BatchOperation>, Failure> {
        let mut rows = records
            .map(|i| {
                Ok(BatchOperation::read(
                    &self.batch_read,
                    self.key(i)?,
                    Bins::All,
                ))
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        self.client.batch(&self.batch, &mut rows).await?;
        Ok(rows)
    }
}

fn check(record: &Record, i: usize) -> Result<(), Failure> {
    match record.bins.get("id") {
        Some(Value::Int(id)) if *id == i as i64 => Ok(()),
        other => Err(format!("record {i} was read with id {other:?}").into()),
    }
}

/// Keeps `in_flight` calls going until the time is over or `limit` calls were begun; gives the time of each call.
async fn sustain(
    bench: &Arc<Bench>,
    case: &Case,
    in_flight: usize,
    time: Duration,
    limit: usize,
) -> Result<Vec<f64>, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let end = Instant::now() + time;
    let lanes: Vec<_> = (0..in_flight)
        .map(|_| {
            let (bench, case, next) = (Arc::clone(bench), case.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let mut times = Vec::with_capacity(1 << 14);
                let mut now = Instant::now();
                while now < end {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= limit {
                        break;
                    }
                    bench.call(&case, n).await?;
                    let then = now;
                    now = Instant::now();
                    times.push((now - then).as_secs_f64() * 1e3);
                }
                Ok::<_, Failure>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for lane in lanes {
        times.extend(lane.await??);
    }
    Ok(times)
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
}

/// CPU time of this process. `clock` counts microseconds on every POSIX system, and needs no crate.
fn cpu_seconds() -> f64 {
    unsafe extern "C" {
        safe fn clock() -> std::ffi::c_long;
    }
    clock() as f64 / 1e6
}

fn plain(record: &Record) -> serde_json::Value {
    let bins = record.bins.iter().map(|(name, value)| {
        let value = match value {
            Value::Int(int) => json!(int),
            Value::Float(float) => json!(f64::from(float)),
            Value::String(text) => json!(text),
            other => json!(format!("{other:?}")),
        };
        (name.clone(), value)
    });
    serde_json::Value::Object(bins.collect::<Map<_, _>>())
}

async fn answer(
    bench: &Arc<Bench>,
    request: &serde_json::Value,
) -> Result<serde_json::Value, Failure> {
    let number = |name: &str| request[name].as_u64().unwrap_or(0) as usize;
    let case = match request["case"].as_str() {
        Some("load") => {
            sustain(
                bench,
                &Case::Load,
                LOAD_IN_FLIGHT,
                Duration::from_secs(600),
                RECORDS,
            )
            .await?;
            return Ok(json!({}));
        }
        Some("sample") => {
            let records: Vec<usize> = serde_json::from_value(request["records"].clone())?;
            let one = bench
                .client
                .get(&bench.read, &bench.key(records[0])?, Bins::All)
                .await?;
            let rows = bench.rows(records.into_iter()).await?;
            let rows: Vec<_> = rows.iter().map(|row| row.record().map(plain)).collect();
            return Ok(json!({ "gets": [plain(&one)], "rows": rows }));
        }
        Some("get") => Case::Get,
        Some("put") => Case::Put {
            prefix: request["prefix"].as_str().unwrap_or("core").to_owned(),
        },
        Some("batch") => Case::Batch {
            keys: number("keys").max(1),
        },
        other => return Err(format!("no such case: {other:?}").into()),
    };
    let time = Duration::from_secs_f64(request["seconds"].as_f64().unwrap_or(1.0));
    let (cpu, started) = (cpu_seconds(), Instant::now());
    let mut times = sustain(bench, &case, number("inFlight").max(1), time, usize::MAX).await?;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    times.sort_unstable_by(f64::total_cmp);
    Ok(json!({
        "operations": times.len(),
        "seconds": seconds,
        "cpuSeconds": cpu,
        // There is no event loop, and no one thread that does the work.
        "threadSeconds": null,
        "lagP99": null,
        "p50": percentile(&times, 0.5),
        "p99": percentile(&times, 0.99),
    }))
}

async fn serve() -> Result<(), Failure> {
    let hosts = std::env::var("AEROSPIKE_HOSTS")?;
    let policy = ClientPolicy {
        max_conns_per_node: CONNECTIONS,
        ..ClientPolicy::default()
    };
    let client = Client::new(&policy, &hosts).await?;
    let mut bench = Bench {
        client,
        namespace: std::env::var("BENCH_NAMESPACE").unwrap_or_else(|_| "test".to_owned()),
        read: ReadPolicy::default(),
        write: WritePolicy::default(),
        batch: BatchPolicy::default(),
        batch_read: BatchReadPolicy::default(),
    };
    bench.read.base_policy.total_timeout = TIMEOUT_MS;
    bench.write.base_policy.total_timeout = TIMEOUT_MS;
    bench.batch.base_policy.total_timeout = TIMEOUT_MS;
    let bench = Arc::new(bench);
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{}",
        json!({ "version": "aerospike-core 3.0.0, 2 runtime workers" })
    )?;
    // Blocking reads: there is nothing else to do on this thread between requests.
    for line in std::io::stdin().lock().lines() {
        let request: serde_json::Value = serde_json::from_str(&line?)?;
        let said = match answer(&bench, &request).await {
            Ok(said) => said,
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(out, "{said}")?;
    }
    Ok(bench.client.close().await?)
}

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    // On a worker of its own a blocking read would take one of the two away; `block_on` runs it on this thread.
    runtime.block_on(serve())
}
