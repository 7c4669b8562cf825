/*
 * The counter in freestanding C: no libc, no imports, and the same bytes as the one next door.
 *
 * 1. Inputs are read in place; every length is compared with what is left before it is used.
 * 2. Malformed input traps. There is no way to report it, and nothing of the call remains.
 * 3. The output is canonical: shortest heads, keys in order.
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { NAT, NEGATIVE, BYTES, TEXT, LIST, MAP, TAG, SIMPLE };
enum { NIL = 0xf6, FLOAT_FIRST = 0xf9, FLOAT_LAST = 0xfb, MAX_DEPTH = 128, PAGE = 65536 };

/* Bytes of one well-formed item, or of the content of a string. */
typedef struct {
  const u8 *at;
  const u8 *end;
} Span;

/* ---- memory: taken and never given back, an instance lives for one call */

extern u8 __heap_base;
static u32 next_free;

__attribute__((export_name("alloc"))) u8 *alloc(u32 size) {
  if (next_free == 0) next_free = (u32)&__heap_base;
  u64 end = ((u64)next_free + size + 7) & ~7ull;
  u64 pages = (end + PAGE - 1) / PAGE, have = __builtin_wasm_memory_size(0);
  if (pages > have && __builtin_wasm_memory_grow(0, pages - have) == (u32)-1) __builtin_trap();
  u8 *at = (u8 *)next_free;
  next_free = (u32)end;
  return at;
}

/* ---- reading */

static u64 head(Span *in, u8 major) {
  if (in->at >= in->end || *in->at >> 5 != major) __builtin_trap();
  u8 info = *in->at++ & 31;
  if (info < 24) return info;
  u32 size = 1u << (info - 24);
  if (info > 27 || (u32)(in->end - in->at) < size) __builtin_trap();
  u64 argument = 0;
  while (size--) argument = argument << 8 | *in->at++;
  return argument;
}

static Span string(Span *in, u8 major) {
  u64 size = head(in, major);
  if (size > (u64)(in->end - in->at)) __builtin_trap();
  Span content = {in->at, in->at + size};
  in->at = content.end;
  return content;
}

static void skip(Span *in, int depth) {
  if (in->at >= in->end || depth > MAX_DEPTH) __builtin_trap();
  u8 first = *in->at, major = first >> 5;
  if (major == BYTES || major == TEXT) {
    string(in, major);
    return;
  }
  if (major == SIMPLE && (first < 0xf4 || first > NIL) &&
      (first < FLOAT_FIRST || first > FLOAT_LAST)) __builtin_trap();
  u64 items = head(in, major == TAG ? SIMPLE : major);
  if (major < LIST || major > MAP) return;
  if (items > (u64)(in->end - in->at)) __builtin_trap();
  for (items <<= major == MAP; items--;) skip(in, depth + 1);
}

/* One item, with or without the self-describe tag 55799 in front, and nothing after it. */
static Span document(Span bytes) {
  const u8 *at = bytes.at;
  if (bytes.end - at > 3 && at[0] == 0xd9 && at[1] == 0xd9 && at[2] == 0xf7) bytes.at += 3;
  Span rest = bytes;
  skip(&rest, 0);
  if (rest.at != rest.end) __builtin_trap();
  return bytes;
}

static int is(Span text, const char *word) {
  while (text.at < text.end && *word && *text.at == (u8)*word) text.at++, word++;
  return text.at == text.end && !*word;
}

/* The value under a key of a record. Records are read in any order; a missing field traps. */
static Span field(Span record, const char *name) {
  for (u64 left = head(&record, MAP); left--;) {
    int found = is(string(&record, TEXT), name);
    Span value = record;
    skip(&record, 0);
    value.end = record.at;
    if (found) return value;
  }
  __builtin_trap();
}

static Span tag_of(Span variant) {
  Span tag = field(variant, "$tag");
  return string(&tag, TEXT);
}

static u64 nat(Span value) {
  return head(&value, NAT);
}

/* ---- writing: outputs are smaller than this, whatever the counter says */

static u8 output[160];
static u8 *out;

static void put(const char *bytes, u32 size) {
  while (size--) *out++ = (u8)*bytes++;
}

#define PUT(literal) put(literal, sizeof literal - 1)

static void put_head(u8 major, u64 argument) {
  int size = argument < 24 ? 0 : argument < 256 ? 1 : argument < 65536 ? 2 : argument >> 32 ? 8 : 4;
  u8 info = size == 0 ? (u8)argument : size == 8 ? 27 : size == 4 ? 26 : (u8)(23 + size);
  *out++ = (u8)(major << 5 | info);
  while (size--) *out++ = (u8)(argument >> 8 * size);
}

/* ---- the counter */

typedef enum { IDLE, COUNTING, DONE } Phase;
static const char *const PHASES[] = {"Idle", "Counting", "Done"};

typedef struct {
  Phase pc;
  u64 remaining;
} Counter;

static Counter read_state(Span state) {
  Counter counter = {IDLE, 0};
  if (*state.at == NIL) return counter;
  Span record = document(string(&state, BYTES)), pc = tag_of(field(record, "pc"));
  while (!is(pc, PHASES[counter.pc])) if (++counter.pc > DONE) __builtin_trap();
  counter.remaining = nat(field(record, "remaining"));
  return counter;
}

static void start(Counter *counter, u64 target) {
  counter->pc = target ? COUNTING : DONE;
  counter->remaining = target;
}

static void tick(Counter *counter) {
  if (counter->pc != COUNTING || counter->remaining == 0) return;
  if (--counter->remaining == 0) counter->pc = DONE;
}

static void reduce(Counter *counter, Span event) {
  Span tag = tag_of(event);
  if (is(tag, "Start")) start(counter, nat(field(field(event, "$value"), "target")));
  else if (is(tag, "Tick")) tick(counter);
  else __builtin_trap();
}

static void put_state(Counter counter) {
  const char *phase = PHASES[counter.pc];
  u32 size = 0;
  while (phase[size]) size++;
  PUT("\xd9\xd9\xf7\xa2\x62pc\xa2\x64$tag");
  put_head(TEXT, size);
  put(phase, size);
  PUT("\x66$value\xf6\x69remaining");
  put_head(NAT, counter.remaining);
}

/* Address and size of the output are written at `result`, two little-endian u32. */
__attribute__((export_name("step"))) void step(u32 *result, const u8 *input, u32 size) {
  Span envelope = document((Span){input, input + size}), event = field(envelope, "event");
  if (nat(field(envelope, "version")) != 1) __builtin_trap();
  Span value = field(event, "value");
  Counter counter = read_state(field(envelope, "state"));
  reduce(&counter, document(string(&value, BYTES)));

  out = output + 16;
  put_state(counter);
  u32 state_size = (u32)(out - output - 16);
  out = output;
  PUT("\xa4\x65state");
  put_head(BYTES, state_size);
  u8 *from = output + 16;
  while (state_size--) *out++ = *from++;
  PUT("\x6d" "domain_events\x80\x67" "effects\x80\x63" "ann\xf6");
  result[0] = (u32)output;
  result[1] = (u32)(out - output);
}
