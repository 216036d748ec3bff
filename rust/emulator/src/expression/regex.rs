//! POSIX regular expressions, basic and extended, in the syntax of the `regex` crate.
//!
//! A condition only asks whether there is a match, so that which of several matches is the longest makes no difference.
//! Left out are back-references, which that crate does not have: a pattern with one is refused. Bytes that are no valid
//! text match as bytes; a server's locale is the same.

use regex::bytes::{Regex, RegexBuilder};

/// Extended syntax.
const EXTENDED: i64 = 1;
/// Upper and lower case are one.
const IGNORE_CASE: i64 = 2;
/// Lines are matched one by one.
const NEWLINE: i64 = 4;

/// Names of classes in brackets.
const CLASSES: [&str; 12] = [
    "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "xdigit",
];

/// Largest compiled pattern, in bytes.
const SIZE_LIMIT: usize = 1 << 24;

/// The compiled pattern, unless it is none.
pub(crate) fn compile(pattern: &[u8], flags: i64) -> Option<Regex> {
    let lines = flags & NEWLINE != 0;
    // A pattern ends at a zero.
    let pattern = pattern.split(|byte| *byte == 0).next()?;
    let mut translator = Translator {
        rest: pattern,
        out: String::new(),
        extended: flags & EXTENDED != 0,
        lines,
        groups: Vec::new(),
        atom: 0,
        repeatable: false,
        start: true,
    };
    translator.translate()?;
    RegexBuilder::new(&translator.out)
        .unicode(false)
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(lines)
        .dot_matches_new_line(!lines)
        .size_limit(SIZE_LIMIT)
        .build()
        .ok()
}

struct Translator<'a> {
    rest: &'a [u8],
    out: String,
    extended: bool,
    lines: bool,
    /// Where the open groups start in what is written.
    groups: Vec<usize>,
    /// Where that which a repetition would be about starts.
    atom: usize,
    /// Something that a repetition can be about comes before.
    repeatable: bool,
    /// Nothing of the group or alternative comes before.
    start: bool,
}

impl Translator<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn skip(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn translate(&mut self) -> Option<()> {
        while let Some(byte) = self.next() {
            let is_special = self.extended && b"()|{+?*".contains(&byte);
            match byte {
                b'[' => self.bracket()?,
                b'.' => self.atom("."),
                b'*' if !self.extended && self.repeatable => self.repeat("*"),
                b'^' if self.extended || self.start => self.anchor("^"),
                b'$' if self.extended || self.ends_here() => self.anchor("$"),
                b'\\' => self.escaped()?,
                _ if is_special => self.special(byte)?,
                _ => self.literal(byte),
            }
        }
        self.groups.is_empty().then_some(())
    }

    /// In a basic pattern `$` is an anchor only at the end of the pattern, a group or an alternative.
    fn ends_here(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with(b"\\)") || self.rest.starts_with(b"\\|")
    }

    fn escaped(&mut self) -> Option<()> {
        let byte = self.next()?;
        let is_special = !self.extended && b"(){|+?".contains(&byte);
        match byte {
            _ if is_special => self.special(byte)?,
            b'1'..=b'9' => return None,
            b'w' => self.atom("[0-9A-Za-z_]"),
            b'W' => self.atom("[^0-9A-Za-z_]"),
            b's' => self.atom(r"[\t-\r ]"),
            b'S' => self.atom(r"[^\t-\r ]"),
            b'b' => self.anchor(r"\b"),
            b'B' => self.anchor(r"\B"),
            b'<' => self.anchor(r"\b{start}"),
            b'>' => self.anchor(r"\b{end}"),
            b'`' => self.anchor(r"\A"),
            b'\'' => self.anchor(r"\z"),
            _ => self.literal(byte),
        }
        Some(())
    }

    /// A group, an alternative or a repetition.
    fn special(&mut self, byte: u8) -> Option<()> {
        match byte {
            b'(' => {
                self.groups.push(self.out.len());
                self.out.push_str("(?:");
                (self.start, self.repeatable) = (true, false);
            }
            b')' if self.groups.is_empty() && self.extended => self.literal(byte),
            b')' => {
                let start = self.groups.pop()?;
                self.atom(")");
                self.atom = start;
            }
            b'|' => {
                self.out.push('|');
                (self.start, self.repeatable) = (true, false);
            }
            b'{' if self.repeatable => self.bounds()?,
            b'+' if self.repeatable => self.repeat("+"),
            b'?' if self.repeatable => self.repeat("?"),
            b'*' if self.repeatable => self.repeat("*"),
            b'+' | b'?' if !self.extended => self.literal(byte),
            // There is nothing to repeat.
            _ => return None,
        }
        Some(())
    }

    fn bounds(&mut self) -> Option<()> {
        let close: &[u8] = if self.extended { b"}" } else { b"\\}" };
        let len = self
            .rest
            .windows(close.len())
            .position(|window| window == close)?;
        let bounds = std::str::from_utf8(&self.rest[..len]).ok()?;
        self.rest = &self.rest[len + close.len()..];
        let (low, high) = bounds.split_once(',').unwrap_or((bounds, bounds));
        let number = |text: &str, open: u16| match text {
            "" => Some(open),
            text => text.parse().ok().filter(|number| *number <= 0x7fff),
        };
        let (low, high_number) = (number(low, 0)?, number(high, u16::MAX)?);
        if low > high_number {
            return None;
        }
        let repetition = if high.is_empty() {
            format!("{{{low},}}")
        } else {
            format!("{{{low},{high_number}}}")
        };
        self.repeat(&repetition);
        Some(())
    }

    /// A bracket expression, as a class of bytes.
    fn bracket(&mut self) -> Option<()> {
        let negated = self.skip(b"^");
        let mut class = String::new();
        let mut first = true;
        loop {
            if !first && self.skip(b"]") {
                break;
            }
            first = false;
            if self.skip(b"[:") {
                let len = self.rest.windows(2).position(|window| window == b":]")?;
                let name = std::str::from_utf8(&self.rest[..len]).ok()?;
                if !CLASSES.contains(&name) {
                    return None;
                }
                class.push_str(&format!("[:{name}:]"));
                self.rest = &self.rest[len + 2..];
                continue;
            }
            let low = self.bracket_byte()?;
            if self.rest.first() == Some(&b'-')
                && self.rest.get(1).is_some_and(|next| *next != b']')
            {
                self.next();
                let high = self.bracket_byte()?;
                if high < low {
                    return None;
                }
                class.push_str(&format!(r"\x{low:02x}-\x{high:02x}"));
            } else {
                class.push_str(&format!(r"\x{low:02x}"));
            }
        }
        if negated && self.lines {
            class.push_str(r"\n");
        }
        let negation = if negated { "^" } else { "" };
        self.atom(&format!("[{negation}{class}]"));
        Some(())
    }

    fn bracket_byte(&mut self) -> Option<u8> {
        for (open, close) in [(b"[.", b".]"), (b"[=", b"=]")] {
            if self.skip(open) {
                let byte = self.next()?;
                return self.skip(close).then_some(byte);
            }
        }
        self.next()
    }

    fn atom(&mut self, text: &str) {
        self.atom = self.out.len();
        self.out.push_str(text);
        (self.start, self.repeatable) = (false, true);
    }

    fn literal(&mut self, byte: u8) {
        self.atom(&format!(r"\x{byte:02x}"));
    }

    fn anchor(&mut self, text: &str) {
        self.out.push_str(text);
        self.repeatable = false;
        self.start &= text == "^";
    }

    /// Repeats what comes before, as a group, since it may be repeated already.
    fn repeat(&mut self, text: &str) {
        self.out.insert_str(self.atom, "(?:");
        self.out.push(')');
        self.out.push_str(text);
        (self.start, self.repeatable) = (false, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, flags: i64, text: &str) -> Option<bool> {
        compile(pattern.as_bytes(), flags).map(|regex| regex.is_match(text.as_bytes()))
    }

    #[test]
    fn basic_patterns_keep_operators_for_escapes() {
        assert_eq!(matches("a+", 0, "a+"), Some(true));
        assert_eq!(matches("a+", 0, "aa"), Some(false));
        assert_eq!(matches(r"^a\+$", 0, "aa"), Some(true));
        assert_eq!(matches(r"^\(ab\)*$", 0, "abab"), Some(true));
        assert_eq!(matches(r"^a\{2\}$", 0, "aa"), Some(true));
        assert_eq!(matches("a^b$c", 0, "a^b$c"), Some(true));
        assert_eq!(matches("*a", 0, "*a"), Some(true));
    }

    #[test]
    fn extended_patterns() {
        assert_eq!(matches("^(ab|cd)+$", EXTENDED, "abcd"), Some(true));
        assert_eq!(matches("^a{2,3}$", EXTENDED, "aaaa"), Some(false));
        assert_eq!(matches("[[:digit:]]+x", EXTENDED, "12x"), Some(true));
        assert_eq!(matches("[]a]", EXTENDED, "]"), Some(true));
        assert_eq!(matches("[^]a]", EXTENDED, "]"), Some(false));
        assert_eq!(matches("(a", EXTENDED, "(a"), None);
        assert_eq!(matches("[a", EXTENDED, "[a"), None);
        assert_eq!(matches("a{3,2}", EXTENDED, "a"), None);
    }

    #[test]
    fn flags_change_case_and_lines() {
        assert_eq!(matches("ABC", IGNORE_CASE, "xabcx"), Some(true));
        assert_eq!(matches("^b", 0, "a\nb"), Some(false));
        assert_eq!(matches("^b", NEWLINE, "a\nb"), Some(true));
        assert_eq!(matches("a.b", 0, "a\nb"), Some(true));
        assert_eq!(matches("a.b", NEWLINE, "a\nb"), Some(false));
        assert_eq!(matches("a[^x]b", NEWLINE, "a\nb"), Some(false));
    }
}
