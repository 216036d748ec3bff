/// Appends MessagePack to a vector, in the shortest form of every value.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Appends to `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// A nil.
    pub fn nil(&mut self) {
        self.out.push(0xc0);
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) {
        self.out.push(if value { 0xc3 } else { 0xc2 });
    }

    /// An integer.
    pub fn integer(&mut self, value: i64) {
        if value >= 0 {
            self.unsigned(value as u64);
        } else if value >= -32 {
            self.out.push(value as u8);
        } else if let Ok(short) = i8::try_from(value) {
            self.tagged(0xd0, &short.to_be_bytes());
        } else if let Ok(short) = i16::try_from(value) {
            self.tagged(0xd1, &short.to_be_bytes());
        } else if let Ok(short) = i32::try_from(value) {
            self.tagged(0xd2, &short.to_be_bytes());
        } else {
            self.tagged(0xd3, &value.to_be_bytes());
        }
    }

    /// An integer that may exceed the signed range.
    pub fn unsigned(&mut self, value: u64) {
        if value < 128 {
            self.out.push(value as u8);
        } else if let Ok(short) = u8::try_from(value) {
            self.tagged(0xcc, &short.to_be_bytes());
        } else if let Ok(short) = u16::try_from(value) {
            self.tagged(0xcd, &short.to_be_bytes());
        } else if let Ok(short) = u32::try_from(value) {
            self.tagged(0xce, &short.to_be_bytes());
        } else {
            self.tagged(0xcf, &value.to_be_bytes());
        }
    }

    /// A double.
    pub fn float(&mut self, value: f64) {
        self.tagged(0xcb, &value.to_be_bytes());
    }

    /// A float of single precision.
    pub fn single(&mut self, value: f32) {
        self.tagged(0xca, &value.to_be_bytes());
    }

    /// Text with its particle type under a `str` header, as clients write strings and GeoJSON.
    pub fn text(&mut self, particle: u8, value: &[u8]) {
        match value.len() + 1 {
            len @ 0..32 => self.out.push(0xa0 | len as u8),
            len @ 32..256 => self.tagged(0xd9, &[len as u8]),
            len @ 256..65_536 => self.tagged(0xda, &(len as u16).to_be_bytes()),
            len => self.tagged(0xdb, &(len as u32).to_be_bytes()),
        }
        self.tagged(particle, value);
    }

    /// Bytes with their particle type under a `bin` header.
    pub fn bytes(&mut self, particle: u8, value: &[u8]) {
        match value.len() + 1 {
            len @ 0..256 => self.tagged(0xc4, &[len as u8]),
            len @ 256..65_536 => self.tagged(0xc5, &(len as u16).to_be_bytes()),
            len => self.tagged(0xc6, &(len as u32).to_be_bytes()),
        }
        self.tagged(particle, value);
    }

    /// Header of a list.
    pub fn list(&mut self, len: u32) {
        match len {
            0..16 => self.out.push(0x90 | len as u8),
            16..65_536 => self.tagged(0xdc, &(len as u16).to_be_bytes()),
            _ => self.tagged(0xdd, &len.to_be_bytes()),
        }
    }

    /// Header of a map.
    pub fn map(&mut self, len: u32) {
        match len {
            0..16 => self.out.push(0x80 | len as u8),
            16..65_536 => self.tagged(0xde, &(len as u16).to_be_bytes()),
            _ => self.tagged(0xdf, &len.to_be_bytes()),
        }
    }

    /// An order marker; in a map a nil must follow as its value.
    pub fn order(&mut self, flags: u8) {
        self.out.extend_from_slice(&[0xc7, 0, flags]);
    }

    /// A value that is packed already.
    pub fn packed(&mut self, value: &[u8]) {
        self.out.extend_from_slice(value);
    }

    fn tagged(&mut self, tag: u8, data: &[u8]) {
        self.out.push(tag);
        self.out.extend_from_slice(data);
    }
}
