//! User-defined functions: of one record, and the modules that they are in.

use std::time::Duration;

use aerospike_core as core;
use aerospike_core::{AdminPolicy, Client, ErrorKind, UdfLang, Value};

use super::Run;
use super::record::{effect_of_write, failure, in_turn};
use crate::completion::{Answer, Outcome};
use crate::driver::{Effect, Progress};
use crate::frame::UdfCall;
use crate::key::KeyRef;
use crate::operation;
use crate::particle::{self, Particle};
use crate::policy::{Policy, WriteBlock};

/// The arguments of a call as core takes them.
pub(super) fn arguments(list: Particle<'_>) -> core::errors::Result<Vec<Value>> {
    match operation::decode(list)? {
        Value::List(values) => Ok(values),
        _ => Err(core::Error::invalid_argument("the arguments are no list")),
    }
}

pub(super) async fn apply(
    run: Run,
    (policy, write): (Policy<'_>, WriteBlock),
    key: KeyRef<'_>,
    call: UdfCall<'_>,
) {
    let effect = effect_of_write(&policy);
    in_turn(run, effect, &Progress::new(), |cluster, left| async move {
        let client = cluster.core()?;
        match apply_on_core(client, (policy, write), left, key, call).await {
            Ok(value) => {
                let mut payload = Vec::new();
                particle::push(&mut payload, &value.unwrap_or(Value::Nil));
                Ok(Answer::Payload(payload))
            }
            Err(error) => Err(failure(&error, effect, client).await),
        }
    })
    .await;
}

async fn apply_on_core(
    client: &Client,
    (policy, write): (Policy<'_>, WriteBlock),
    left: Option<Duration>,
    key: KeyRef<'_>,
    call: UdfCall<'_>,
) -> core::errors::Result<Option<Value>> {
    let arguments = arguments(call.arguments)?;
    let (policy, key) = (policy.write(&write, left), key.to_core(write.send_key));
    client
        .execute_udf(&policy, &key, call.module, call.function, &arguments)
        .await
}

/// Nothing is in doubt: registering and removing again is what a caller would do anyway.
async fn done<T>(asked: core::errors::Result<T>, client: &Client) -> Outcome {
    match asked {
        Ok(_) => Ok(Answer::Payload(b"{}".to_vec())),
        Err(error) => {
            let mut failure = failure(&error, Effect::Read, client).await;
            // The code of what a server refuses is that of any error; its words say why.
            if matches!(error.kind(), ErrorKind::Server { .. }) {
                failure.message = error.base_message().into();
            }
            Err(failure)
        }
    }
}

pub(super) async fn register(client: &Client, timeout: u32, name: &str, source: &[u8]) -> Outcome {
    let policy = AdminPolicy { timeout };
    let asked = client.register_udf(&policy, source, name, UdfLang::Lua);
    done(asked.await, client).await
}

pub(super) async fn remove(client: &Client, timeout: u32, name: &str) -> Outcome {
    let policy = AdminPolicy { timeout };
    done(client.remove_udf(&policy, name).await, client).await
}
