//! The emulator as the official Rust client sees it.

use aerospike_core::operations;
use aerospike_core::{
    AdminPolicy, BatchDeletePolicy, BatchOperation, BatchPolicy, BatchReadPolicy, BatchUdfPolicy,
    BatchWritePolicy, Bin, Bins, Client, ClientPolicy, Expiration, GenerationPolicy, Key,
    ReadPolicy, RecordExistsAction, ResultCode, UdfLang, Value, WritePolicy, as_bin, as_key,
    as_val,
};
use aerospike_emulator::{Config, Fault, Server};
use std::time::Duration;

struct Harness {
    server: Server,
    client: Client,
}

async fn harness() -> Harness {
    let server = Server::start(&Config::default()).unwrap();
    let client = Client::new(&ClientPolicy::default(), &server.address().to_string())
        .await
        .unwrap();
    Harness { server, client }
}

fn key(name: &str) -> Key {
    as_key!("test", "users", name)
}

fn code<T>(result: Result<T, aerospike_core::Error>) -> i32 {
    result.err().map_or(0, |error| error.result_code())
}

#[tokio::test]
async fn put_get_exists_delete() {
    let Harness { client, server } = harness().await;
    let (read, write) = (ReadPolicy::default(), WritePolicy::default());
    let bins = [
        as_bin!("i", 1),
        as_bin!("s", "hé"),
        as_bin!("f", 1.5),
        as_bin!("l", Value::List(vec![Value::Int(1), Value::Nil])),
    ];
    client.put(&write, &key("a"), &bins).await.unwrap();
    let record = client.get(&read, &key("a"), Bins::All).await.unwrap();
    assert_eq!(record.generation, 1);
    assert_eq!(record.bins.len(), 4);
    assert_eq!(record.bins["s"], Value::from("hé"));
    assert_eq!(record.time_to_live(), None);
    let record = client
        .get(&read, &key("a"), Bins::from(["i", "none"]))
        .await
        .unwrap();
    assert_eq!(record.bins.len(), 1);
    assert!(client.exists(&read, &key("a")).await.unwrap());
    assert!(!client.exists(&read, &key("b")).await.unwrap());
    assert_eq!(code(client.get(&read, &key("b"), Bins::All).await), 2);
    client
        .put(&write, &key("a"), &[Bin::new("i", Value::Nil)])
        .await
        .unwrap();
    assert_eq!(
        client
            .get(&read, &key("a"), Bins::All)
            .await
            .unwrap()
            .bins
            .len(),
        3
    );
    assert!(client.delete(&write, &key("a")).await.unwrap());
    assert!(!client.delete(&write, &key("a")).await.unwrap());
    assert_eq!(server.stats().records, 0);
}

#[tokio::test]
async fn exists_actions_and_generations() {
    let Harness {
        client,
        server: _server,
    } = harness().await;
    let with = |action| WritePolicy {
        record_exists_action: action,
        ..WritePolicy::default()
    };
    let put = async |policy: WritePolicy, name: &str| {
        code(client.put(&policy, &key("k"), &[as_bin!(name, 1)]).await)
    };
    assert_eq!(put(with(RecordExistsAction::UpdateOnly), "a").await, 2);
    assert_eq!(put(with(RecordExistsAction::ReplaceOnly), "a").await, 2);
    assert_eq!(put(with(RecordExistsAction::CreateOnly), "a").await, 0);
    assert_eq!(put(with(RecordExistsAction::CreateOnly), "a").await, 5);
    assert_eq!(put(with(RecordExistsAction::Update), "b").await, 0);
    assert_eq!(put(with(RecordExistsAction::Replace), "c").await, 0);
    let record = client
        .get(&ReadPolicy::default(), &key("k"), Bins::All)
        .await
        .unwrap();
    assert_eq!((record.generation, record.bins.len()), (3, 1));
    let generation = |generation_policy, generation| WritePolicy {
        generation_policy,
        generation,
        ..WritePolicy::default()
    };
    assert_eq!(
        put(generation(GenerationPolicy::ExpectGenEqual, 2), "a").await,
        3
    );
    assert_eq!(
        put(generation(GenerationPolicy::ExpectGenEqual, 3), "a").await,
        0
    );
    assert_eq!(
        put(generation(GenerationPolicy::ExpectGenGreater, 4), "a").await,
        3
    );
    assert_eq!(
        put(generation(GenerationPolicy::ExpectGenGreater, 5), "a").await,
        0
    );
}

#[tokio::test]
async fn time_to_live_follows_the_emulators_clock() {
    let Harness { client, server } = harness().await;
    let ttl = |expiration| WritePolicy {
        expiration,
        ..WritePolicy::default()
    };
    let read = ReadPolicy::default();
    client
        .put(
            &ttl(Expiration::Seconds(100)),
            &key("k"),
            &[as_bin!("a", 1)],
        )
        .await
        .unwrap();
    client
        .put(&ttl(Expiration::DontUpdate), &key("k"), &[as_bin!("a", 2)])
        .await
        .unwrap();
    server.advance(60.0);
    assert!(client.exists(&read, &key("k")).await.unwrap());
    client
        .touch(&ttl(Expiration::Seconds(100)), &key("k"))
        .await
        .unwrap();
    server.advance(60.0);
    assert!(client.exists(&read, &key("k")).await.unwrap());
    server.advance(42.0);
    assert!(!client.exists(&read, &key("k")).await.unwrap());
    client
        .put(&ttl(Expiration::Seconds(5)), &key("k"), &[as_bin!("a", 1)])
        .await
        .unwrap();
    client
        .put(&ttl(Expiration::Never), &key("k"), &[as_bin!("a", 1)])
        .await
        .unwrap();
    server.advance(1e9);
    assert!(client.exists(&read, &key("k")).await.unwrap());
    server.reset();
    assert!(!client.exists(&read, &key("k")).await.unwrap());
}

#[tokio::test]
async fn operate_answers_by_position() {
    let Harness {
        client,
        server: _server,
    } = harness().await;
    let write = WritePolicy::default();
    let text = as_bin!("s", "b");
    let one = as_bin!("i", 1);
    let ops = [
        operations::put(&one),
        operations::get_bin("i"),
        operations::add(&one),
        operations::get_bin("i"),
        operations::append(&text),
        operations::prepend(&as_bin!("s", "a")),
        operations::get_bin("s"),
        operations::get_bin("none"),
    ];
    let record = client.operate(&write, &key("k"), &ops).await.unwrap();
    let results = record.results.unwrap();
    assert_eq!(results.len(), ops.len());
    assert_eq!(
        (&results[1], &results[3], &results[6]),
        (&Value::Int(1), &Value::Int(2), &Value::from("ab"))
    );
    assert_eq!(results[7], Value::Nil);
    let all = client
        .operate(&write, &key("k"), &[operations::get()])
        .await
        .unwrap();
    assert_eq!(all.bins.len(), 2);
    assert_eq!(
        code(client.add(&write, &key("k"), &[as_bin!("s", 1)]).await),
        12
    );
    client
        .operate(&write, &key("k"), &[operations::delete()])
        .await
        .unwrap();
    assert!(
        !client
            .exists(&ReadPolicy::default(), &key("k"))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn refusals_have_a_servers_codes() {
    let Harness {
        client,
        server: _server,
    } = harness().await;
    let write = WritePolicy::default();
    let bins = [as_bin!("a", 1)];
    assert_eq!(
        code(
            client
                .put(
                    &write,
                    &key("k"),
                    &[as_bin!("a", Value::Blob(vec![0; 2 << 20]))]
                )
                .await
        ),
        13
    );
    client.put(&write, &key("k"), &bins).await.unwrap();
    let durable = WritePolicy {
        durable_delete: true,
        ..WritePolicy::default()
    };
    assert_eq!(code(client.delete(&durable, &key("k")).await), 25);
    let long = as_key!("test", "s".repeat(64), 1);
    assert_eq!(code(client.put(&write, &long, &bins).await), 4);
    assert_eq!(
        code(client.execute_udf(&write, &key("k"), "m", "f", &[]).await),
        100
    );
}

#[tokio::test]
async fn functions_run_alone_and_in_rows_of_batches() {
    let Harness {
        client,
        server: _server,
    } = harness().await;
    let source = b"function add(rec, by)
  rec.n = (rec.n or 0) + by
  if aerospike:exists(rec) then aerospike:update(rec) else aerospike:create(rec) end
  return list{rec.n}
end
function fail(rec) error('no') end";
    let admin = AdminPolicy::default();
    client
        .register_udf(&admin, source, "counter.lua", UdfLang::Lua)
        .await
        .unwrap();
    let write = WritePolicy::default();
    let alone = client
        .execute_udf(&write, &key("a"), "counter", "add", &[as_val!(2)])
        .await;
    assert_eq!(alone.unwrap(), Some(Value::List(vec![as_val!(2)])));
    let conditional = WritePolicy {
        record_exists_action: RecordExistsAction::CreateOnly,
        ..WritePolicy::default()
    };
    let refused = client
        .execute_udf(&conditional, &key("c"), "counter", "add", &[as_val!(2)])
        .await;
    assert_eq!(code(refused), 4);
    let policy = BatchUdfPolicy::default();
    let call = |name: &str, module: &str, function: &str| {
        BatchOperation::udf(&policy, key(name), module, function, vec![as_val!(3)])
    };
    let mut rows = [
        call("a", "counter", "add"),
        call("b", "counter", "add"),
        call("a", "counter", "fail"),
        call("a", "none", "add"),
        BatchOperation::read(&BatchReadPolicy::default(), key("b"), Bins::All),
    ];
    client
        .batch(&BatchPolicy::default(), &mut rows)
        .await
        .unwrap();
    let bin = |row: usize, name: &str| rows[row].record().unwrap().bins.get(name).cloned();
    assert_eq!(bin(0, "SUCCESS"), Some(Value::List(vec![as_val!(5)])));
    assert_eq!(bin(1, "SUCCESS"), Some(Value::List(vec![as_val!(3)])));
    let failed = bin(2, "FAILURE").unwrap().to_string();
    assert!(failed.ends_with("counter.lua:6: no"), "{failed}");
    assert_eq!(bin(3, "FAILURE"), Some(as_val!("UDF: Execution Error 1")));
    assert_eq!(bin(4, "n"), Some(as_val!(3)));
    client.remove_udf(&admin, "counter.lua").await.unwrap();
    let gone = client
        .execute_udf(&write, &key("a"), "counter", "add", &[as_val!(2)])
        .await;
    assert_eq!(code(gone), 100);
}

#[tokio::test]
async fn batches_mix_reads_writes_and_removals() {
    let Harness {
        client,
        server: _server,
    } = harness().await;
    for name in ["a", "b"] {
        client
            .put(
                &WritePolicy::default(),
                &key(name),
                &[as_bin!("n", 1), as_bin!("m", 2)],
            )
            .await
            .unwrap();
    }
    let one = as_bin!("n", 1);
    let (read, write, delete) = (
        BatchReadPolicy::default(),
        BatchWritePolicy::default(),
        BatchDeletePolicy::default(),
    );
    let create = BatchWritePolicy {
        record_exists_action: RecordExistsAction::CreateOnly,
        ..BatchWritePolicy::default()
    };
    let mut rows = vec![
        BatchOperation::read(&read, key("a"), Bins::All),
        BatchOperation::read(&read, key("none"), Bins::All),
        BatchOperation::read(&read, key("a"), Bins::from(["m"])),
        BatchOperation::read(&read, key("a"), Bins::None),
        BatchOperation::write(
            &write,
            key("a"),
            vec![operations::add(&one), operations::get_bin("n")],
        ),
        BatchOperation::write(&create, key("a"), vec![operations::put(&one)]),
        BatchOperation::delete(&delete, key("b")),
        BatchOperation::delete(&delete, key("none")),
        BatchOperation::write(
            &write,
            as_key!("bar", "other", 5),
            vec![operations::put(&one)],
        ),
    ];
    client
        .batch(&BatchPolicy::default(), &mut rows)
        .await
        .unwrap();
    let codes: Vec<_> = rows
        .iter()
        .map(|row| row.result_code().unwrap_or(ResultCode::Ok))
        .map(u8::from)
        .collect();
    assert_eq!(codes, [0, 2, 0, 0, 0, 5, 0, 2, 0]);
    let bins = |row: usize| rows[row].record().unwrap().bins.len();
    assert_eq!((bins(0), bins(2), bins(3)), (2, 1, 0));
}

#[tokio::test]
async fn large_batches_are_streamed() {
    const ROWS: usize = 20_000;
    let Harness { client, server } = harness().await;
    for row in 0..ROWS / 2 {
        let bins = [
            &[1, 0, 1, b'a', 1, 8, 0, 0, 0][..],
            &(row as i64).to_be_bytes(),
        ]
        .concat();
        let id = (row as i64).to_be_bytes();
        let key = aerospike_emulator::LoadedKey::User(1, &id);
        let record = aerospike_emulator::Loaded {
            key,
            bins: &bins,
            ttl: None,
            generation: None,
            store_key: false,
        };
        server.load("test", "users", &record).unwrap();
    }
    let policy = BatchPolicy {
        base_policy: aerospike_core::BasePolicy {
            total_timeout: 20_000,
            ..Default::default()
        },
        ..BatchPolicy::default()
    };
    let read = BatchReadPolicy::default();
    let mut rows: Vec<_> = (0..ROWS)
        .map(|row| BatchOperation::read(&read, as_key!("test", "users", row as i64), Bins::All))
        .collect();
    client.batch(&policy, &mut rows).await.unwrap();
    for (row, answer) in rows.iter().enumerate() {
        match answer.record() {
            Some(record) => assert_eq!(record.bins["a"], Value::Int(row as i64)),
            None => assert!(row >= ROWS / 2),
        }
    }
}

#[tokio::test]
async fn faults_come_and_go() {
    let Harness { client, server } = harness().await;
    let read = ReadPolicy {
        base_policy: aerospike_core::BasePolicy {
            total_timeout: 300,
            max_retries: 0,
            ..Default::default()
        },
    };
    client
        .put(&WritePolicy::default(), &key("k"), &[as_bin!("a", 1)])
        .await
        .unwrap();
    let quiet = Fault {
        silence: true,
        data_only: true,
        ..Fault::default()
    };
    let late = Fault {
        delay: Duration::from_millis(900),
        data_only: true,
        ..Fault::default()
    };
    let cut = Fault {
        truncate: 1,
        data_only: true,
        ..Fault::default()
    };
    for fault in [quiet, late, cut] {
        server.fault(fault);
        assert!(client.get(&read, &key("k"), Bins::All).await.is_err());
    }
    server.fault(Fault::default());
    server.pause();
    assert!(client.get(&read, &key("k"), Bins::All).await.is_err());
    server.resume().unwrap();
    tokio::time::timeout(Duration::from_secs(10), async {
        while client.get(&read, &key("k"), Bins::All).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    let stats = server.stats();
    assert!(stats.connections_open <= stats.connections_opened);
}

#[tokio::test]
async fn the_journal_says_what_was_sent() {
    let Harness { client, server } = harness().await;
    server.record_commands(3);
    client
        .put(&WritePolicy::default(), &key("k"), &[as_bin!("a", 1)])
        .await
        .unwrap();
    client
        .exists(&ReadPolicy::default(), &key("k"))
        .await
        .unwrap();
    client
        .get(&ReadPolicy::default(), &key("k"), Bins::from(["a", "b"]))
        .await
        .unwrap();
    client
        .delete(&WritePolicy::default(), &key("k"))
        .await
        .unwrap();
    let commands = server.commands();
    let kinds: Vec<_> = commands.iter().map(|command| command.kind).collect();
    assert_eq!(kinds, ["exists", "read", "remove"]);
    assert_eq!(commands[1].bins, ["a", "b"]);
    assert_eq!(
        (commands[1].namespace.as_str(), commands[1].set.as_str()),
        ("test", "users")
    );
    assert_eq!(commands[1].digest.len(), 40);
}
