//! The elements of columns, and which numbers become which of them.

use half::f16;

use super::Reason;
use crate::frame::{Malformed, Parsed};

/// The type of a column's elements. The numbers are the ABI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F64,
    F32,
    F16,
    I64,
    I32,
    U32,
    I16,
    U16,
    I8,
    U8,
    Bool,
    Text,
    Blob,
}

/// Runs an expression with `$N` as the Rust type of a numeric element, or gives `$other`.
macro_rules! with_number {
    ($element:expr, $N:ident => $body:expr, $other:expr) => {{
        use $crate::columns::element::{Bool, Element};
        match $element {
            Element::F64 => {
                type $N = f64;
                $body
            }
            Element::F32 => {
                type $N = f32;
                $body
            }
            Element::F16 => {
                type $N = half::f16;
                $body
            }
            Element::I64 => {
                type $N = i64;
                $body
            }
            Element::I32 => {
                type $N = i32;
                $body
            }
            Element::U32 => {
                type $N = u32;
                $body
            }
            Element::I16 => {
                type $N = i16;
                $body
            }
            Element::U16 => {
                type $N = u16;
                $body
            }
            Element::I8 => {
                type $N = i8;
                $body
            }
            Element::U8 => {
                type $N = u8;
                $body
            }
            Element::Bool => {
                type $N = Bool;
                $body
            }
            Element::Text | Element::Blob => $other,
        }
    }};
}
pub(super) use with_number;

impl Element {
    pub(super) fn parse(number: u8) -> Parsed<Self> {
        Ok(match number {
            1 => Self::F64,
            2 => Self::F32,
            3 => Self::F16,
            4 => Self::I64,
            5 => Self::I32,
            6 => Self::U32,
            7 => Self::I16,
            8 => Self::U16,
            9 => Self::I8,
            10 => Self::U8,
            11 => Self::Bool,
            12 => Self::Text,
            13 => Self::Blob,
            _ => return Err(Malformed),
        })
    }

    /// Its bytes; `None` where they differ from cell to cell.
    pub(super) fn size(self) -> Option<usize> {
        with_number!(self, N => Some(<N as Number>::SIZE), None)
    }
}

/// A number that a column may hold.
pub(super) trait Number: Sized {
    const SIZE: usize;
    /// What a cell without a value holds.
    const DEFAULT: Self;

    fn from_integer(value: i64) -> Result<Self, Reason>;
    fn from_double(value: f64) -> Result<Self, Reason>;
    fn from_boolean(_: bool) -> Result<Self, Reason> {
        Err(Reason::WrongType)
    }
    /// Writes it little-endian.
    fn put(self, out: &mut [u8]);
    /// Whether bytes of a blob are elements.
    fn check(_: &[u8]) -> Result<(), Reason> {
        Ok(())
    }
}

macro_rules! float {
    ($type:ty, $nan:expr, $integer:expr, $double:expr) => {
        impl Number for $type {
            const SIZE: usize = size_of::<$type>();
            const DEFAULT: Self = $nan;

            fn from_integer(value: i64) -> Result<Self, Reason> {
                finite($integer(value))
            }

            fn from_double(value: f64) -> Result<Self, Reason> {
                let converted: Self = $double(value);
                if value.is_finite() {
                    finite(converted)
                } else {
                    Ok(converted)
                }
            }

            fn put(self, out: &mut [u8]) {
                out.copy_from_slice(&self.to_le_bytes());
            }
        }
    };
}

/// What was finite must not have become infinite: rounding is normal, an overflow is not.
fn finite<T: Copy + Into<f64>>(value: T) -> Result<T, Reason> {
    if value.into().is_finite() {
        Ok(value)
    } else {
        Err(Reason::OutOfRange)
    }
}

float!(f64, f64::NAN, |value| value as f64, |value| value);
float!(f32, f32::NAN, |value| value as f32, |value| value as f32);
float!(
    f16,
    f16::NAN,
    |value| f16::from_f64(value as f64),
    f16::from_f64
);

/// The bounds of i64 as doubles; the upper one is the first that is too large.
const I64_BOUNDS: std::ops::Range<f64> = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;

/// The integer that a double is.
fn integral(value: f64) -> Result<i64, Reason> {
    if value.is_infinite() {
        Err(Reason::OutOfRange)
    } else if value.fract() != 0.0 || value.is_nan() {
        Err(Reason::NotIntegral)
    } else if I64_BOUNDS.contains(&value) {
        Ok(value as i64)
    } else {
        Err(Reason::OutOfRange)
    }
}

macro_rules! integer {
    ($($type:ty)*) => {$(
        impl Number for $type {
            const SIZE: usize = size_of::<$type>();
            const DEFAULT: Self = 0;

            fn from_integer(value: i64) -> Result<Self, Reason> {
                Self::try_from(value).map_err(|_| Reason::OutOfRange)
            }

            fn from_double(value: f64) -> Result<Self, Reason> {
                Self::from_integer(integral(value)?)
            }

            fn put(self, out: &mut [u8]) {
                out.copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

integer!(i64 i32 u32 i16 u16 i8 u8);

/// A boolean, one byte.
pub(super) struct Bool(bool);

impl Number for Bool {
    const SIZE: usize = 1;
    const DEFAULT: Self = Self(false);

    fn from_integer(value: i64) -> Result<Self, Reason> {
        match value {
            0 | 1 => Ok(Self(value == 1)),
            _ => Err(Reason::OutOfRange),
        }
    }

    fn from_double(_: f64) -> Result<Self, Reason> {
        Err(Reason::WrongType)
    }

    fn from_boolean(value: bool) -> Result<Self, Reason> {
        Ok(Self(value))
    }

    fn put(self, out: &mut [u8]) {
        out.copy_from_slice(&[u8::from(self.0)]);
    }

    fn check(bytes: &[u8]) -> Result<(), Reason> {
        if bytes.iter().all(|byte| *byte <= 1) {
            Ok(())
        } else {
            Err(Reason::OutOfRange)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reason::{NotIntegral, OutOfRange, WrongType};

    #[test]
    fn floats_round_but_do_not_overflow() {
        assert_eq!(f32::from_double(0.1), Ok(0.1f32));
        assert_eq!(f32::from_double(1e-60), Ok(0.0));
        assert_eq!(f32::from_double(f64::from(f32::MAX)), Ok(f32::MAX));
        assert_eq!(f32::from_double(3.5e38), Err(OutOfRange));
        assert_eq!(f32::from_double(f64::MAX), Err(OutOfRange));
        assert_eq!(f32::from_double(-3.5e38), Err(OutOfRange));
        assert_eq!(f32::from_double(f64::NEG_INFINITY), Ok(f32::NEG_INFINITY));
        assert!(f32::from_double(f64::NAN).unwrap().is_nan());
        assert_eq!(f32::from_integer(16_777_217), Ok(16_777_216.0));
        assert_eq!(f32::from_integer(i64::MIN), Ok(-9.223_372e18));
        assert_eq!(f64::from_integer(i64::MAX), Ok(9.223_372_036_854_776e18));
        assert_eq!(f64::from_double(f64::MAX), Ok(f64::MAX));
        assert_eq!(f16::from_double(65_504.0), Ok(f16::MAX));
        assert_eq!(f16::from_double(65_519.0), Ok(f16::MAX));
        assert_eq!(f16::from_double(65_520.0), Err(OutOfRange));
        assert_eq!(f16::from_integer(70_000), Err(OutOfRange));
        assert_eq!(f16::from_integer(-2048), Ok(f16::from_f32(-2048.0)));
        assert_eq!(f16::from_double(f64::INFINITY), Ok(f16::INFINITY));
        assert_eq!(f32::from_boolean(true), Err(WrongType));
    }

    #[test]
    fn integers_are_exact() {
        assert_eq!(u8::from_integer(255), Ok(255));
        assert_eq!(u8::from_integer(256), Err(OutOfRange));
        assert_eq!(u8::from_integer(-1), Err(OutOfRange));
        assert_eq!(i8::from_integer(-128), Ok(-128));
        assert_eq!(i8::from_integer(128), Err(OutOfRange));
        assert_eq!(u16::from_integer(65_536), Err(OutOfRange));
        assert_eq!(i16::from_integer(-32_769), Err(OutOfRange));
        assert_eq!(u32::from_integer(4_294_967_295), Ok(u32::MAX));
        assert_eq!(u32::from_integer(4_294_967_296), Err(OutOfRange));
        assert_eq!(i32::from_integer(2_147_483_648), Err(OutOfRange));
        assert_eq!(i32::from_double(-3.0), Ok(-3));
        assert_eq!(i32::from_double(-0.0), Ok(0));
        assert_eq!(i32::from_double(0.5), Err(NotIntegral));
        assert_eq!(i32::from_double(f64::NAN), Err(NotIntegral));
        assert_eq!(i32::from_double(f64::INFINITY), Err(OutOfRange));
        assert_eq!(i64::from_double(-9_223_372_036_854_775_808.0), Ok(i64::MIN));
        assert_eq!(
            i64::from_double(9_223_372_036_854_775_808.0),
            Err(OutOfRange)
        );
        assert_eq!(i64::from_double(1e300), Err(OutOfRange));
        assert_eq!(u8::from_double(300.0), Err(OutOfRange));
        assert_eq!(i64::from_boolean(true), Err(WrongType));
    }

    #[test]
    fn booleans_are_booleans_zero_or_one() {
        let value = |result: Result<Bool, Reason>| result.map(|Bool(value)| value);
        assert_eq!(value(Bool::from_integer(1)), Ok(true));
        assert_eq!(value(Bool::from_integer(2)), Err(OutOfRange));
        assert_eq!(value(Bool::from_double(1.0)), Err(WrongType));
        assert_eq!(value(Bool::from_boolean(false)), Ok(false));
        assert_eq!(Bool::check(&[0, 1]), Ok(()));
        assert_eq!(Bool::check(&[0, 2]), Err(OutOfRange));
    }
}
