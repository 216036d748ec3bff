//! Policy blocks, from the frame to core.

use std::time::Duration;

use aerospike_core as core;
use aerospike_wire::message::{Header, info2, info3};

use crate::frame::{Cursor, Malformed, Parsed};

/// How long a command may live on after its caller was answered by a time-out or an abort. The reply that comes in that
/// time is read, and the connection survives; dropping core's future at once would cost a connection each time.
pub(crate) const GRACE: Duration = Duration::from_millis(3000);

/// The base block: the policy of a read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Policy<'a> {
    socket_timeout: u32,
    total_timeout: u32,
    timeout_delay: u32,
    max_retries: u32,
    sleep_between_retries: u32,
    sleep_multiplier: f32,
    replica: u8,
    modes: ReadModes,
    read_touch_ttl: i8,
    compress: bool,
    core_only: bool,
    joins: bool,
    /// A packed expression that a record has to meet.
    pub(crate) filter: Option<&'a [u8]>,
}

/// Which copies a read may be answered from: of AP and of strongly consistent namespaces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReadModes {
    ap: u8,
    sc: u8,
}

impl ReadModes {
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parsed<Self> {
        Ok(Self {
            ap: up_to(cursor, 1)?,
            sc: up_to(cursor, 3)?,
        })
    }

    pub(crate) fn set(self, policy: &mut core::BasePolicy) {
        policy.read_mode_ap = if self.ap == 1 {
            core::ReadModeAp::All
        } else {
            core::ReadModeAp::One
        };
        policy.read_mode_sc = match self.sc {
            0 => core::ReadModeSc::Session,
            1 => core::ReadModeSc::Linearize,
            2 => core::ReadModeSc::AllowReplica,
            _ => core::ReadModeSc::AllowUnavailable,
        };
    }
}

/// The block that writes have on top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WriteBlock {
    record_exists: u8,
    generation_policy: u8,
    commit_level: u8,
    pub(crate) send_key: bool,
    durable_delete: bool,
    generation: u32,
    ttl: u32,
}

/// What a batch has on top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BatchOptions {
    allow_inline: bool,
    allow_inline_ssd: bool,
    respond_all_keys: bool,
    sequential: bool,
    pub(crate) retries: RowRetries,
}

/// How rows are sent again that failed for a reason that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowRetries {
    /// The most attempts of a row, the first included.
    pub(crate) attempts: u8,
    /// Also rows that may have taken place.
    pub(crate) in_doubt: bool,
    base_ms: u32,
    max_ms: u32,
}

impl RowRetries {
    fn parse(cursor: &mut Cursor<'_>) -> Parsed<Self> {
        let (attempts, in_doubt) = (cursor.u8()?, flag(cursor)?);
        cursor.zeros::<2>()?;
        Ok(Self {
            attempts,
            in_doubt,
            base_ms: cursor.u32()?,
            max_ms: cursor.u32()?,
        })
    }

    #[cfg(test)]
    pub(crate) const fn new(attempts: u8, in_doubt: bool, base_ms: u32, max_ms: u32) -> Self {
        Self {
            attempts,
            in_doubt,
            base_ms,
            max_ms,
        }
    }

    /// The longest pause after so many attempts; it doubles with each.
    pub(crate) fn longest_pause(&self, attempts: u8) -> Duration {
        let doublings = u32::from(attempts.saturating_sub(1)).min(31);
        let pause = u64::from(self.base_ms) << doublings;
        Duration::from_millis(pause.min(self.max_ms.into()))
    }
}

fn up_to(cursor: &mut Cursor<'_>, max: u8) -> Parsed<u8> {
    match cursor.u8()? {
        value if value <= max => Ok(value),
        _ => Err(Malformed),
    }
}

fn flag(cursor: &mut Cursor<'_>) -> Parsed<bool> {
    Ok(up_to(cursor, 1)? == 1)
}

/// Percent of the TTL below which a read renews it; 0 the server's default, -1 never.
pub(crate) fn read_touch_ttl(cursor: &mut Cursor<'_>) -> Parsed<i8> {
    match cursor.u8()? as i8 {
        percent @ -1..=100 => Ok(percent),
        _ => Err(Malformed),
    }
}

/// A bound as core takes it: 0 would be none.
pub(crate) fn core_timeout(bound: Duration) -> u32 {
    u32::try_from(bound.as_millis()).unwrap_or(u32::MAX).max(1)
}

pub(crate) fn core_read_touch_ttl(percent: i8) -> core::ReadTouchTtl {
    match percent {
        0 => core::ReadTouchTtl::ServerDefault,
        -1 => core::ReadTouchTtl::DontReset,
        percent => core::ReadTouchTtl::Percent(percent as u8),
    }
}

/// A packed expression: its length, then its bytes. The server judges what it says; core cannot send none at all.
pub(crate) fn expression<'a>(cursor: &mut Cursor<'a>) -> Parsed<&'a [u8]> {
    match cursor.u32()? {
        0 => Err(Malformed),
        length => cursor.take(length as usize),
    }
}

/// Core's form of a packed expression.
pub(crate) fn core_expression(packed: &[u8]) -> core::expressions::Expression {
    core::expressions::from_packed_bytes(packed.to_vec())
}

impl<'a> Policy<'a> {
    pub(crate) fn parse(cursor: &mut Cursor<'a>) -> Parsed<Self> {
        Self::parse_with(cursor, |_| Ok(())).map(|(policy, ())| policy)
    }

    /// The base block, `more` blocks behind it, and behind these the filter.
    pub(crate) fn parse_with<T>(
        cursor: &mut Cursor<'a>,
        more: impl FnOnce(&mut Cursor<'a>) -> Parsed<T>,
    ) -> Parsed<(Self, T)> {
        let mut policy = Self {
            socket_timeout: cursor.u32()?,
            total_timeout: cursor.u32()?,
            timeout_delay: cursor.u32()?,
            max_retries: cursor.u32()?,
            sleep_between_retries: cursor.u32()?,
            sleep_multiplier: f32::from_le_bytes(*cursor.array()?),
            replica: up_to(cursor, 4)?,
            modes: ReadModes::parse(cursor)?,
            read_touch_ttl: read_touch_ttl(cursor)?,
            compress: false,
            core_only: false,
            joins: false,
            filter: None,
        };
        let flags = up_to(cursor, 15)?;
        policy.compress = flags & 1 != 0;
        policy.core_only = flags & 2 != 0;
        policy.joins = flags & 4 != 0;
        cursor.zeros::<3>()?;
        let more = more(cursor)?;
        if flags & 8 != 0 {
            policy.filter = Some(expression(cursor)?);
        }
        Ok((policy, more))
    }

    /// Whether a command under this policy may take the direct path: it asks the master, in the way that is the default.
    pub(crate) fn may_be_direct(&self) -> bool {
        const MASTER: u8 = 0;
        const SEQUENCE: u8 = 2;
        !self.core_only
            && !self.compress
            && matches!(self.replica, MASTER | SEQUENCE)
            && (self.modes, self.read_touch_ttl) == (ReadModes::default(), 0)
    }

    /// Whether a read under this policy may become a row of a batch, with others of its burst.
    pub(crate) fn may_join(&self) -> bool {
        self.joins && self.may_be_direct()
    }

    /// How long one attempt may take, and whether the command's deadline is what bounds it.
    pub(crate) fn attempt(&self, left: Option<Duration>) -> Option<(Duration, bool)> {
        let socket =
            (self.socket_timeout > 0).then(|| Duration::from_millis(self.socket_timeout.into()));
        match (socket, left) {
            (Some(socket), Some(left)) if socket < left => Some((socket, false)),
            (_, Some(left)) => Some((left, true)),
            (Some(socket), None) => Some((socket, false)),
            // Nothing would ever end it.
            (None, None) => None,
        }
    }

    /// How long the server may work on a write, in milliseconds, as core tells it. 0: as long as it is configured for.
    pub(crate) fn server_timeout(&self, left: Option<Duration>) -> u32 {
        match (left, self.socket_timeout) {
            (None, _) => 0,
            (Some(left), 0) => core_timeout(left + GRACE),
            (Some(left), socket) => core_timeout(left + GRACE).min(socket),
        }
    }

    /// Whether a reply is awaited that comes after the attempt's own time-out.
    pub(crate) fn drains_late_replies(&self) -> bool {
        self.timeout_delay > 0
    }

    /// What is left of the policy after a first attempt.
    pub(crate) fn after_attempt(mut self) -> Self {
        self.max_retries = self.max_retries.saturating_sub(1);
        self
    }

    /// The pause before a second attempt.
    pub(crate) fn pause(&self) -> Duration {
        Duration::from_millis(self.sleep_between_retries.into())
    }

    /// Whether core may send the command twice.
    pub(crate) fn retries(&self) -> bool {
        self.max_retries > 0
    }

    /// Core's policy for a command that has `left` until its hard deadline.
    ///
    /// Our deadline answers the caller; core's comes [`GRACE`] later, so that a reply in between is still read and the
    /// connection kept. Not so for writes that may be retried: core must not send one again after the caller was told
    /// that it timed out, so they end with the deadline and core drains the connection in the background.
    fn base(&self, left: Option<Duration>, writes: bool) -> core::BasePolicy {
        let mut total = self.total_timeout;
        let mut timeout_delay = self.timeout_delay;
        if let Some(left) = left {
            let bound = if writes && self.retries() {
                timeout_delay = timeout_delay.max(GRACE.as_millis() as u32);
                left
            } else {
                left + GRACE
            };
            total = core_timeout(bound);
        }
        let mut policy = core::BasePolicy {
            replica: match self.replica {
                0 => core::Replica::Master,
                1 => core::Replica::MasterProles,
                2 => core::Replica::Sequence,
                3 => core::Replica::PreferRack,
                _ => core::Replica::Random,
            },
            socket_timeout: self.socket_timeout,
            total_timeout: total,
            timeout_delay,
            max_retries: self.max_retries as usize,
            sleep_between_retries: self.sleep_between_retries,
            sleep_multiplier: f64::from(self.sleep_multiplier),
            read_touch_ttl: core_read_touch_ttl(self.read_touch_ttl),
            use_compression: self.compress,
            ..core::BasePolicy::default()
        };
        self.modes.set(&mut policy);
        policy
    }

    /// The policy of a command on one record. Core would send that of a batch twice: each row has its own.
    fn filtered(&self, left: Option<Duration>, writes: bool) -> core::BasePolicy {
        core::BasePolicy {
            filter_expression: self.filter.map(core_expression),
            ..self.base(left, writes)
        }
    }

    pub(crate) fn read(&self, left: Option<Duration>) -> core::ReadPolicy {
        core::ReadPolicy {
            base_policy: self.filtered(left, false),
        }
    }

    pub(crate) fn write(&self, write: &WriteBlock, left: Option<Duration>) -> core::WritePolicy {
        core::WritePolicy {
            base_policy: self.filtered(left, true),
            record_exists_action: write.record_exists(),
            generation_policy: write.generation_policy(),
            commit_level: write.commit_level(),
            generation: write.generation,
            expiration: write.expiration(),
            send_key: write.send_key,
            durable_delete: write.durable_delete,
            ..core::WritePolicy::default()
        }
    }

    pub(crate) fn batch(
        &self,
        options: &BatchOptions,
        left: Option<Duration>,
        writes: bool,
    ) -> core::BatchPolicy {
        core::BatchPolicy {
            base_policy: self.base(left, writes),
            concurrency: if options.sequential {
                core::Concurrency::Sequential
            } else {
                core::Concurrency::Parallel
            },
            allow_inline: options.allow_inline,
            allow_inline_ssd: options.allow_inline_ssd,
            respond_all_keys: options.respond_all_keys,
        }
    }
}

impl WriteBlock {
    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parsed<Self> {
        match Self::parse_row(cursor)? {
            (block, None) => Ok(block),
            // A command's own filter belongs to its policy.
            (_, Some(_)) => Err(Malformed),
        }
    }

    /// The block of a batch's rows, and the filter that only they have.
    pub(crate) fn parse_row<'a>(cursor: &mut Cursor<'a>) -> Parsed<(Self, Option<&'a [u8]>)> {
        let record_exists = up_to(cursor, 4)?;
        let generation_policy = up_to(cursor, 2)?;
        let commit_level = up_to(cursor, 1)?;
        let flags = up_to(cursor, 7)?;
        let block = Self {
            record_exists,
            generation_policy,
            commit_level,
            send_key: flags & 1 != 0,
            durable_delete: flags & 2 != 0,
            generation: cursor.u32()?,
            ttl: cursor.u32()?,
        };
        cursor.zeros::<4>()?;
        let filter = (flags & 4 != 0).then(|| expression(cursor)).transpose()?;
        Ok((block, filter))
    }

    fn record_exists(&self) -> core::RecordExistsAction {
        match self.record_exists {
            0 => core::RecordExistsAction::Update,
            1 => core::RecordExistsAction::UpdateOnly,
            2 => core::RecordExistsAction::Replace,
            3 => core::RecordExistsAction::ReplaceOnly,
            _ => core::RecordExistsAction::CreateOnly,
        }
    }

    fn generation_policy(&self) -> core::GenerationPolicy {
        match self.generation_policy {
            0 => core::GenerationPolicy::None,
            1 => core::GenerationPolicy::ExpectGenEqual,
            _ => core::GenerationPolicy::ExpectGenGreater,
        }
    }

    fn commit_level(&self) -> core::CommitLevel {
        if self.commit_level == 1 {
            core::CommitLevel::CommitMaster
        } else {
            core::CommitLevel::CommitAll
        }
    }

    /// How the direct path writes; the bits that follow from what is written are not in it.
    pub(crate) fn header(&self) -> Header {
        let (exists2, exists3) = match self.record_exists() {
            core::RecordExistsAction::Update => (0, 0),
            core::RecordExistsAction::UpdateOnly => (0, info3::UPDATE_ONLY),
            core::RecordExistsAction::Replace => (0, info3::CREATE_OR_REPLACE),
            core::RecordExistsAction::ReplaceOnly => (0, info3::REPLACE_ONLY),
            core::RecordExistsAction::CreateOnly => (info2::CREATE_ONLY, 0),
        };
        let (generation2, generation) = match self.generation_policy() {
            core::GenerationPolicy::None => (0, 0),
            core::GenerationPolicy::ExpectGenEqual => (info2::GENERATION, self.generation),
            core::GenerationPolicy::ExpectGenGreater => (info2::GENERATION_GT, self.generation),
        };
        let durable = if self.durable_delete {
            info2::DURABLE_DELETE
        } else {
            0
        };
        let commit = match self.commit_level() {
            core::CommitLevel::CommitMaster => info3::COMMIT_MASTER,
            core::CommitLevel::CommitAll => 0,
        };
        Header {
            info2: info2::WRITE | exists2 | generation2 | durable,
            info3: exists3 | commit,
            generation,
            // The ABI has the server's numbers.
            ttl: self.ttl,
            ..Header::default()
        }
    }

    fn expiration(&self) -> core::Expiration {
        match self.ttl {
            0 => core::Expiration::NamespaceDefault,
            0xFFFF_FFFF => core::Expiration::Never,
            0xFFFF_FFFE => core::Expiration::DontUpdate,
            seconds => core::Expiration::Seconds(seconds),
        }
    }

    pub(crate) fn batch_write(&self, filter: Option<&[u8]>) -> core::BatchWritePolicy {
        core::BatchWritePolicy {
            record_exists_action: self.record_exists(),
            generation_policy: self.generation_policy(),
            commit_level: self.commit_level(),
            generation: self.generation,
            expiration: self.expiration(),
            send_key: self.send_key,
            durable_delete: self.durable_delete,
            filter_expression: filter.map(core_expression),
            ..core::BatchWritePolicy::default()
        }
    }

    pub(crate) fn batch_delete(&self, filter: Option<&[u8]>) -> core::BatchDeletePolicy {
        core::BatchDeletePolicy {
            generation_policy: self.generation_policy(),
            commit_level: self.commit_level(),
            generation: self.generation,
            send_key: self.send_key,
            durable_delete: self.durable_delete,
            filter_expression: filter.map(core_expression),
        }
    }

    pub(crate) fn batch_udf(&self, filter: Option<&[u8]>) -> core::BatchUdfPolicy {
        core::BatchUdfPolicy {
            commit_level: self.commit_level(),
            expiration: self.expiration(),
            send_key: self.send_key,
            durable_delete: self.durable_delete,
            filter_expression: filter.map(core_expression),
            ..core::BatchUdfPolicy::default()
        }
    }
}

impl BatchOptions {
    /// The flags of a batch message for the direct path, unless the options ask for something that only core does.
    pub(crate) fn direct_flags(&self) -> Option<u8> {
        use aerospike_wire::batch::{ALLOW_INLINE, ALLOW_INLINE_SSD, RESPOND_ALL_KEYS, ROW_ERRORS};
        let mut flags = RESPOND_ALL_KEYS | ROW_ERRORS;
        if self.allow_inline {
            flags |= ALLOW_INLINE;
        }
        if self.allow_inline_ssd {
            flags |= ALLOW_INLINE_SSD;
        }
        (self.respond_all_keys && !self.sequential).then_some(flags)
    }

    pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parsed<Self> {
        Ok(Self {
            allow_inline: flag(cursor)?,
            allow_inline_ssd: flag(cursor)?,
            respond_all_keys: flag(cursor)?,
            sequential: flag(cursor)?,
            retries: RowRetries::parse(cursor)?,
        })
    }
}
