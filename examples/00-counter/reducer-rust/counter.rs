//! The counter in Rust, without a crate: the module of the original's shape, whose entry returns two
//! numbers by a result pointer, on a stack of 1 MiB, with the allocator of the standard library.
//!
//! Malformed input panics, and a panic is a trap: nothing of the call remains.

/// One value of the input, as far as a counter meets them.
enum Value {
    Nil,
    Nat(u64),
    Bytes(Vec<u8>),
    Text(String),
    Map(Vec<(String, Value)>),
}

impl Value {
    /// One item, with or without the self-describe tag 55799 in front, and nothing after it.
    fn decode(bytes: &[u8]) -> Value {
        let mut rest = bytes.strip_prefix(&[0xd9, 0xd9, 0xf7]).unwrap_or(bytes);
        let value = read(&mut rest);
        assert!(rest.is_empty());
        value
    }

    /// The value under a key of a record, whatever the order of its keys.
    fn field(&self, name: &str) -> &Value {
        match self {
            Value::Map(fields) => &fields.iter().find(|(key, _)| key == name).unwrap().1,
            _ => panic!(),
        }
    }

    fn nat(&self) -> u64 {
        match self {
            Value::Nat(value) => *value,
            _ => panic!(),
        }
    }

    fn text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            _ => panic!(),
        }
    }

    /// The document inside a byte string; none for null.
    fn document(&self) -> Option<Value> {
        match self {
            Value::Nil => None,
            Value::Bytes(bytes) => Some(Value::decode(bytes)),
            _ => panic!(),
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], size: u64) -> &'a [u8] {
    let (taken, left) = rest.split_at(usize::try_from(size).unwrap());
    *rest = left;
    taken
}

/// Major type and argument of the next head.
fn head(rest: &mut &[u8]) -> (u8, u64) {
    let first = take(rest, 1)[0];
    let info = first & 31;
    let argument = match info {
        0..=23 => u64::from(info),
        24..=27 => take(rest, 1 << (info - 24))
            .iter()
            .fold(0, |argument, byte| argument << 8 | u64::from(*byte)),
        _ => panic!(),
    };
    (first >> 5, argument)
}

fn read(rest: &mut &[u8]) -> Value {
    if rest[0] == 0xf6 {
        take(rest, 1);
        return Value::Nil;
    }
    match head(rest) {
        (0, value) => Value::Nat(value),
        (2, size) => Value::Bytes(take(rest, size).to_vec()),
        (3, size) => Value::Text(String::from_utf8(take(rest, size).to_vec()).unwrap()),
        (5, count) => Value::Map((0..count).map(|_| entry(rest)).collect()),
        _ => panic!(),
    }
}

fn entry(rest: &mut &[u8]) -> (String, Value) {
    let key = read(rest);
    (key.text().to_owned(), read(rest))
}

/// The shortest head.
fn put_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let bytes = argument.to_be_bytes();
    let (info, size) = match argument {
        0..=23 => (argument as u8, 0),
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | info);
    out.extend_from_slice(&bytes[8 - size..]);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_head(out, 3, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

struct Counter {
    pc: &'static str,
    remaining: u64,
}

impl Counter {
    fn decode(state: Option<Value>) -> Counter {
        match state {
            None => Counter {
                pc: "Idle",
                remaining: 0,
            },
            Some(state) => {
                let tag = state.field("pc").field("$tag").text();
                let pc = ["Idle", "Counting", "Done"]
                    .into_iter()
                    .find(|phase| *phase == tag);
                Counter {
                    pc: pc.unwrap(),
                    remaining: state.field("remaining").nat(),
                }
            }
        }
    }

    fn start(&mut self, target: u64) {
        self.pc = if target == 0 { "Done" } else { "Counting" };
        self.remaining = target;
    }

    fn tick(&mut self) {
        if self.pc != "Counting" || self.remaining == 0 {
            return;
        }
        self.remaining -= 1;
        if self.remaining == 0 {
            self.pc = "Done";
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![0xd9, 0xd9, 0xf7, 0xa2];
        put_text(&mut out, "pc");
        out.push(0xa2);
        put_text(&mut out, "$tag");
        put_text(&mut out, self.pc);
        put_text(&mut out, "$value");
        out.push(0xf6);
        put_text(&mut out, "remaining");
        put_head(&mut out, 0, self.remaining);
        out
    }
}

fn reduce(counter: &mut Counter, event: &Value) {
    match event.field("$tag").text() {
        "Start" => counter.start(event.field("$value").field("target").nat()),
        "Tick" => counter.tick(),
        _ => panic!(),
    }
}

fn step_bytes(input: &[u8]) -> Vec<u8> {
    let input = Value::decode(input);
    assert_eq!(input.field("version").nat(), 1);
    let mut counter = Counter::decode(input.field("state").document());
    reduce(
        &mut counter,
        &input.field("event").field("value").document().unwrap(),
    );
    let state = counter.encode();
    let mut out = vec![0xa4];
    put_text(&mut out, "state");
    put_head(&mut out, 2, state.len() as u64);
    out.extend_from_slice(&state);
    put_text(&mut out, "domain_events");
    out.push(0x80);
    put_text(&mut out, "effects");
    out.push(0x80);
    put_text(&mut out, "ann");
    out.push(0xf6);
    out
}

/// Two fields, so that the compiler returns it through a result pointer.
#[repr(C)]
pub struct Output {
    address: u32,
    size: u32,
}

#[no_mangle]
pub extern "C" fn alloc(size: i32) -> *mut u8 {
    let mut bytes = Vec::<u8>::with_capacity(usize::try_from(size).unwrap());
    let address = bytes.as_mut_ptr();
    std::mem::forget(bytes);
    address
}

/// # Safety
/// `address` and `size` are a range that `alloc` gave and the caller has filled.
#[no_mangle]
pub unsafe extern "C" fn step(address: *const u8, size: usize) -> Output {
    let output = step_bytes(std::slice::from_raw_parts(address, size)).leak();
    Output {
        address: output.as_ptr() as u32,
        size: output.len() as u32,
    }
}
