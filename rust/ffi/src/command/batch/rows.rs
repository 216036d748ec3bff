//! The rows of a batch on their way to core.

use std::sync::Arc;

use aerospike_core as core;

use crate::command::udf;
use crate::error::{Failure, plain};
use crate::frame::{BatchBody, ReadTerms, Template};
use crate::operation::{Operations, Plan, Send};
use crate::particle::Particle;
use crate::policy::{ReadModes, core_expression, core_read_touch_ttl};

/// A row on its way: what core executes, and how its answer is to be read.
pub(super) struct Row {
    /// Its place in the batch.
    pub(super) at: u32,
    pub(super) operation: core::BatchOperation,
    pub(super) answer: Answer,
    pub(super) writes: bool,
    /// Those of the batch where there are none.
    pub(super) modes: Option<ReadModes>,
}

/// What core's record of a row is.
pub(super) enum Answer {
    Bins,
    Results(Arc<Plan>),
    /// What a function returned, in a bin that says so.
    Returned,
}

/// A template, ready to be applied to keys.
enum Prepared<'a> {
    Bins(core::BatchReadPolicy, core::Bins),
    Operations(core::BatchReadPolicy, Arc<Plan>),
    Write(core::BatchWritePolicy),
    Remove(core::BatchDeletePolicy),
    Apply(core::BatchUdfPolicy, &'a str, &'a str),
}

fn prepare<'a>(
    body: &BatchBody<'a>,
    number: usize,
    template: Template<'a>,
) -> Result<Prepared<'a>, Failure> {
    let filter = template.filter().or(body.policy.filter);
    let policy = |terms: ReadTerms<'_>| core::BatchReadPolicy {
        read_touch_ttl: core_read_touch_ttl(terms.read_touch_ttl),
        filter_expression: filter.map(core_expression),
    };
    Ok(match template {
        Template::Bins(terms, bins) => Prepared::Bins(policy(terms), bins.to_core()),
        Template::Operations(_, operations) if operations.len() == 0 || operations.writes() => {
            return Err(Failure::invalid(
                "the operations of a row that reads must be reads, and at least one",
            ));
        }
        Template::Operations(terms, operations) => {
            let plan = operations.to_core().map_err(|refused| {
                let mut rows = (0..).zip(body.rows());
                let first = rows.find(|(_, row)| usize::from(row.template) == number);
                refused_in(first.map_or(0, |(at, _)| at), refused)
            })?;
            Prepared::Operations(policy(terms), Arc::new(plan))
        }
        Template::Write(write, _) => Prepared::Write(write.batch_write(filter)),
        Template::Remove(write, _) => Prepared::Remove(write.batch_delete(filter)),
        Template::Apply(write, _, function) => {
            Prepared::Apply(write.batch_udf(filter), function.module, function.name)
        }
    })
}

/// Says which row it is of.
fn refused_in(at: u32, refused: impl Into<Failure>) -> Failure {
    let failure: Failure = refused.into();
    Failure::invalid(format!("rows[{at}].{}", failure.message))
}

/// What the last row was made of: rows that are alike share it, and core then sends it once.
#[derive(Default)]
struct Last<'a> {
    operations: Option<(Operations<'a>, Arc<Plan>)>,
    arguments: Option<(Particle<'a>, Vec<core::Value>)>,
}

impl<'a> Last<'a> {
    fn plan(&mut self, at: u32, operations: Option<Operations<'a>>) -> Result<Arc<Plan>, Failure> {
        let operations = operations
            .filter(Operations::writes)
            .ok_or_else(|| refused_in(at, Failure::invalid("operations must include a write")))?;
        if let Some((same, plan)) = &self.operations
            && *same == operations
        {
            return Ok(Arc::clone(plan));
        }
        let plan = operations.to_core();
        let plan = Arc::new(plan.map_err(|refused| refused_in(at, refused))?);
        self.operations = Some((operations, Arc::clone(&plan)));
        Ok(plan)
    }

    fn arguments(
        &mut self,
        at: u32,
        particle: Option<Particle<'a>>,
    ) -> Result<Vec<core::Value>, Failure> {
        let particle = particle.ok_or_else(|| Failure::internal("a call without arguments"))?;
        if let Some((same, values)) = &self.arguments
            && *same == particle
        {
            return Ok(values.clone());
        }
        let values = udf::arguments(particle).map_err(|error| {
            Failure::invalid(format!("rows[{at}].args: {}", plain(&error.base_message())))
        })?;
        self.arguments = Some((particle, values.clone()));
        Ok(values)
    }
}

/// The rows at `only`, which is in order, or all of them.
pub(super) fn build(body: &BatchBody<'_>, only: Option<&[u32]>) -> Result<Vec<Row>, Failure> {
    let spaces: Vec<_> = body.spaces().collect();
    let templates: Vec<_> = body.templates().collect();
    let prepared = templates
        .iter()
        .enumerate()
        .map(|(number, template)| prepare(body, number, *template))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::with_capacity(only.map_or(body.rows as usize, <[u32]>::len));
    let mut wanted = only.map(|only| only.iter().peekable());
    let mut last = Last::default();
    for (at, row) in (0u32..).zip(body.rows()) {
        if let Some(wanted) = &mut wanted
            && wanted.next_if_eq(&&at).is_none()
        {
            continue;
        }
        let number = usize::from(row.template);
        let template = &templates[number];
        let sends_key = template.write().is_some_and(|write| write.send_key);
        let (namespace, set) = spaces[usize::from(row.space)];
        let key = row.value.to_core(namespace, set, sends_key);
        let (operation, answer) = match &prepared[number] {
            Prepared::Bins(policy, bins) => {
                let operation = core::BatchOperation::read(policy, key, bins.clone());
                (operation, Answer::Bins)
            }
            Prepared::Operations(policy, plan) => {
                let operation = match &plan.send {
                    Send::Header => core::BatchOperation::read(policy, key, core::Bins::None),
                    Send::Operations(sent) => {
                        core::BatchOperation::read_ops(policy, key, sent.clone())
                    }
                };
                (operation, Answer::Results(Arc::clone(plan)))
            }
            Prepared::Write(policy) => {
                let plan = last.plan(at, row.operations)?;
                let Send::Operations(sent) = &plan.send else {
                    return Err(Failure::internal("a write without operations"));
                };
                let operation = core::BatchOperation::write(policy, key, sent.clone());
                (operation, Answer::Results(plan))
            }
            Prepared::Remove(policy) => {
                let operation = core::BatchOperation::delete(policy, key);
                (operation, Answer::Bins)
            }
            Prepared::Apply(policy, module, function) => {
                let arguments = last.arguments(at, row.arguments)?;
                let operation =
                    core::BatchOperation::udf(policy, key, *module, *function, arguments);
                (operation, Answer::Returned)
            }
        };
        rows.push(Row {
            at,
            operation,
            answer,
            writes: template.write().is_some(),
            modes: template.modes(),
        });
    }
    Ok(rows)
}
