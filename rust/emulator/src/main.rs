//! The emulator as a program.

use aerospike_emulator::{Config, Server};
use std::process::ExitCode;

const USAGE: &str = "\
usage: aerospike-emulator [options]

An in-memory emulator of an Aerospike server for tests and demos. It is not a product database: nothing is stored on
disk, and there is no security.

  --port N             port to listen on; 0 picks a free one (default 3000)
  --nodes N            nodes of the cluster, 1 to 16; they listen on the ports that follow (default 1)
  --replication-factor N
                       copies of each record, as far as there are nodes (default 2)
  --host ADDRESS       address to listen on (default 127.0.0.1); others than loopback expose it to the network
  --namespace NAME     a namespace; may be repeated (default: test and bar)
  --workers N          threads that serve connections (default 2)
  --default-ttl N      seconds that a record lives when a command does not say it; 0 is for ever (default 0)
  --cluster-name NAME  name of the cluster (default: none)
  --quiet              print the address only
  --help               print this
";

fn main() -> ExitCode {
    match options(std::env::args().skip(1)) {
        Ok(Some((config, quiet))) => serve(&config, quiet),
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("aerospike-emulator: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// The configuration and whether to be quiet; nothing when help was asked for.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<(Config, bool)>, String> {
    let mut config = Config {
        port: 3000,
        ..Config::default()
    };
    let mut namespaces = Vec::new();
    let mut quiet = false;
    while let Some(argument) = arguments.next() {
        let (flag, inline) = match argument.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || {
            inline
                .clone()
                .or_else(|| arguments.next())
                .ok_or(format!("{flag} needs a value"))
        };
        match flag.as_str() {
            "--port" => config.port = number(&flag, &value()?)?,
            "--nodes" => config.nodes = number(&flag, &value()?)?,
            "--replication-factor" => config.replication_factor = number(&flag, &value()?)?,
            "--host" => config.host = value()?,
            "--namespace" => namespaces.push(value()?),
            "--workers" => config.workers = number(&flag, &value()?)?,
            "--default-ttl" => config.default_ttl = number(&flag, &value()?)?,
            "--cluster-name" => config.cluster_name = Some(value()?),
            "--quiet" => quiet = true,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("unknown option {flag}")),
        }
    }
    if !namespaces.is_empty() {
        config.namespaces = namespaces;
    }
    Ok(Some((config, quiet)))
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{flag} does not take {value:?}"))
}

fn serve(config: &Config, quiet: bool) -> ExitCode {
    let server = match Server::start(config) {
        Ok(server) => server,
        Err(error) => {
            eprintln!("aerospike-emulator: {error}");
            return ExitCode::FAILURE;
        }
    };
    let address = server.address();
    let nodes = server.nodes();
    let addresses: Vec<_> = nodes.iter().map(|node| node.address.to_string()).collect();
    println!("listening on {}", addresses.join(", "));
    if !quiet {
        eprintln!(
            "in-memory emulator, not a product database; namespaces: {}",
            config.namespaces.join(", ")
        );
        if !address.ip().is_loopback() {
            eprintln!(
                "warning: {address} is no loopback address, so whoever reaches it can read and write"
            );
        }
    }
    let ended = wait_for_signal();
    drop(server);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aerospike-emulator: cannot wait for signals: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wait_for_signal() -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            #[cfg(unix)]
            {
                use tokio::signal::unix::{SignalKind, signal};
                let mut terminate = signal(SignalKind::terminate())?;
                tokio::select! {
                    interrupted = tokio::signal::ctrl_c() => interrupted,
                    _ = terminate.recv() => Ok(()),
                }
            }
            #[cfg(not(unix))]
            tokio::signal::ctrl_c().await
        })
}
