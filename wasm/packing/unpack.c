// Unpacks the engine that a single file carries: LZMA written in ASCII. It is a module of its own, for
// script would take ten times as long, and DecompressionStream gives its bytes too late for who needs the
// engine at once (js/api/unpack.js).
//
// LZMA as its specification has it (lzma-specification.txt of the LZMA SDK), with lc=3, lp=0, pb=2 and
// neither header nor end marker. tools/build/packing.mjs writes both layers. The input is the package's own: what
// is damaged gives other bytes, which are no module, and reads nothing but this module's memory.

#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

typedef uint16_t Probability;  // of a bit that is 0, in 1/2048

enum { kLiteralContexts = 1 << 3, kPositionStates = 1 << 2, kStates = 12 };
enum { kPageSize = 65536 };
// Engines compile a function anew once it has been called often, not while it runs.
enum { kBytesPerStep = 8192 };

typedef struct {
  Probability isLong, isVeryLong;
  Probability low[kPositionStates][8], middle[kPositionStates][8], high[256];
} LengthCoder;

static struct {
  Probability literals[kLiteralContexts][0x300];
  Probability isMatch[kStates][kPositionStates];
  Probability isRepeated[kStates], isNotLast[kStates], isNotSecond[kStates], isNotThird[kStates];
  Probability isLongLast[kStates][kPositionStates];
  Probability slots[4][64], distances[128], aligned[16];
  LengthCoder matches, repeats;
} model;

static const uint8_t* text;
static uint8_t* output;
static uint32_t size, written;
static uint32_t word, wordBytes;
static uint32_t range, code;
static uint32_t state, last[4];

extern uint8_t __heap_base;

// Five digits of base 85 are four bytes, the first digit the highest. Digits are consecutive characters from '(' on
// but for three that a script or a page would have to escape.
static uint32_t digit(uint8_t character) {
  switch (character) {
    case '!':
      return '<' - '(';
    case '#':
      return '\\' - '(';
    case '~':
      return '`' - '(';
    default:
      return character - '(';
  }
}

static uint32_t nextByte(void) {
  if (wordBytes == 0) {
    word = 0;
    for (int i = 0; i < 5; i++) word = 85 * word + digit(*text++);
    wordBytes = 4;
  }
  return word >> 8 * --wordBytes & 255;
}

static void normalise(void) {
  if (range >= 1u << 24) return;
  range <<= 8;
  code = code << 8 | nextByte();
}

static uint32_t bit(Probability* probability) {
  const uint32_t bound = (range >> 11) * *probability;
  const uint32_t isOne = code >= bound;
  if (isOne) {
    range -= bound;
    code -= bound;
    *probability -= *probability >> 5;
  } else {
    range = bound;
    *probability += (2048 - *probability) >> 5;
  }
  normalise();
  return isOne;
}

static uint32_t bitsAsTheyAre(int count) {
  uint32_t value = 0;
  while (count-- > 0) {
    range >>= 1;
    const uint32_t isOne = code >= range;
    if (isOne) code -= range;
    value = value << 1 | isOne;
    normalise();
  }
  return value;
}

static uint32_t tree(Probability* probabilities, int bits) {
  uint32_t node = 1;
  for (int i = 0; i < bits; i++) node = node << 1 | bit(probabilities + node);
  return node - (1u << bits);
}

static uint32_t reverseTree(Probability* probabilities, int bits) {
  uint32_t node = 1, value = 0;
  for (int i = 0; i < bits; i++) {
    const uint32_t one = bit(probabilities + node);
    node = node << 1 | one;
    value |= one << i;
  }
  return value;
}

static uint32_t length(LengthCoder* coder, uint32_t position) {
  if (!bit(&coder->isLong)) return 2 + tree(coder->low[position], 3);
  if (!bit(&coder->isVeryLong)) return 10 + tree(coder->middle[position], 3);
  return 18 + tree(coder->high, 8);
}

static uint32_t distance(uint32_t length) {
  const uint32_t slot = tree(model.slots[length < 6 ? length - 2 : 3], 6);
  if (slot < 4) return slot;
  const int bits = (int)(slot >> 1) - 1;
  const uint32_t base = (2 | (slot & 1)) << bits;
  if (slot < 14) return base + reverseTree(model.distances + base - slot, bits);
  const uint32_t high = bitsAsTheyAre(bits - 4) << 4;
  return base + high + reverseTree(model.aligned, 4);
}

static void literal(void) {
  Probability* probabilities = model.literals[written > 0 ? output[written - 1] >> 5 : 0];
  uint32_t node = 1;
  if (state >= 7 && written > last[0]) {
    // After a match the byte differs from the one that the match would have gone on with.
    uint32_t expected = output[written - last[0] - 1];
    while (node < 0x100) {
      const uint32_t wanted = expected >> 7 & 1;
      expected <<= 1;
      const uint32_t one = bit(probabilities + ((1 + wanted) << 8) + node);
      node = node << 1 | one;
      if (one != wanted) break;
    }
  }
  while (node < 0x100) node = node << 1 | bit(probabilities + node);
  output[written++] = (uint8_t)node;
  state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

static void copy(uint32_t count) {
  if (last[0] >= written) return;
  for (; count > 0 && written < size; count--, written++) {
    output[written] = output[written - last[0] - 1];
  }
}

// Moves the distance at `index` to the front.
static void reuse(int index) {
  const uint32_t chosen = last[index];
  for (; index > 0; index--) last[index] = last[index - 1];
  last[0] = chosen;
}

static void match(uint32_t position) {
  if (!bit(&model.isRepeated[state])) {
    const uint32_t count = length(&model.matches, position);
    reuse(3);
    last[0] = distance(count);
    state = state < 7 ? 7 : 10;
    copy(count);
    return;
  }
  if (!bit(&model.isNotLast[state])) {
    if (!bit(&model.isLongLast[state][position])) {
      state = state < 7 ? 9 : 11;
      copy(1);
      return;
    }
  } else if (!bit(&model.isNotSecond[state])) {
    reuse(1);
  } else {
    reuse(bit(&model.isNotThird[state]) ? 3 : 2);
  }
  const uint32_t count = length(&model.repeats, position);
  state = state < 7 ? 8 : 11;
  copy(count);
}

// Makes room for `characters` of text and for what they unpack to, `bytes` long. The text is to be written to
// where this returns, and what comes of it stands at output().
EXPORT("begin") uint8_t* begin(uint32_t characters, uint32_t bytes) {
  uint8_t* start = &__heap_base;
  const uint32_t needed = (uint32_t)(uintptr_t)start + characters + bytes;
  const uint32_t pages = (needed + kPageSize - 1) / kPageSize;
  const uint32_t present = (uint32_t)__builtin_wasm_memory_size(0);
  if (pages > present) __builtin_wasm_memory_grow(0, pages - present);
  Probability* all = (Probability*)&model;
  for (uint32_t i = 0; i < sizeof(model) / sizeof(Probability); i++) all[i] = 1024;
  text = start;
  output = start + characters;
  size = bytes;
  range = 0xffffffffu;
  return start;
}

EXPORT("output") uint8_t* unpacked(void) { return output; }

// Unpacks some more, and says how much of the output is there.
EXPORT("step") uint32_t step(void) {
  if (written == 0) {
    nextByte();  // always 0
    for (int i = 0; i < 4; i++) code = code << 8 | nextByte();
  }
  const uint32_t end = written + kBytesPerStep < size ? written + kBytesPerStep : size;
  while (written < end) {
    const uint32_t position = written & (kPositionStates - 1);
    if (!bit(&model.isMatch[state][position])) {
      literal();
    } else {
      match(position);
    }
  }
  return written;
}
