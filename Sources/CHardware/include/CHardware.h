// What Swift lacks: instructions and system calls that have no Swift spelling. Instructions are
// inline; system calls sit in CHardware.c, so that no Swift target sees a system header.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Time-stamp counter, cycles. Not ordered with the instructions around it.
static inline uint64_t framelab_cycles(void) { return __builtin_ia32_rdtsc(); }

/// Tells the core that this is a spin loop.
static inline void framelab_pause(void) { __builtin_ia32_pause(); }

/// Brings the line of an address near, if there is one; never faults.
static inline void framelab_prefetch(const void *address) { __builtin_prefetch(address); }

/// Keeps the compiler, and nothing else, from moving memory accesses across this point.
static inline void framelab_compiler_barrier(void) { __asm__ volatile("" ::: "memory"); }

/// The same value, of which the compiler knows nothing any more.
static inline uintptr_t framelab_opaque(uintptr_t value) {
  __asm__ volatile("" : "+r"(value));
  return value;
}

// Searches over rows of 16-bit lanes, eight at a time (SSE2, which every x86-64 has). `lanes` is a
// positive multiple of 8, and the row is aligned to 16 bytes. Rows of up to 24 lanes are unrolled.
typedef int16_t framelab_lanes __attribute__((vector_size(16)));
typedef char framelab_bytes __attribute__((vector_size(16)));

/// One bit per lane of a comparison.
static inline uint64_t framelab_lane_bits(framelab_lanes equal) {
  const framelab_lanes none = {0};
  return (unsigned)__builtin_ia32_pmovmskb128(
      (framelab_bytes)__builtin_ia32_packsswb128(equal, none));
}

/// One bit for each of the first 64 lanes, at most, that equals `tag`.
static inline uint64_t framelab_matching_lanes(const uint16_t *row, int64_t lanes, uint16_t tag) {
  const framelab_lanes *vector = (const framelab_lanes *)row;
  const int16_t t = (int16_t)tag;
  const framelab_lanes wanted = {t, t, t, t, t, t, t, t};
  if (lanes == 24) {
    uint64_t low = (unsigned)__builtin_ia32_pmovmskb128((framelab_bytes)
        __builtin_ia32_packsswb128(vector[0] == wanted, vector[1] == wanted));
    return low | framelab_lane_bits(vector[2] == wanted) << 16;
  }
  uint64_t mask = 0;
  int64_t n = lanes < 64 ? lanes >> 3 : 8;
  for (int64_t v = 0; v < n; v++) mask |= framelab_lane_bits(vector[v] == wanted) << (v << 3);
  return mask;
}

// States of frames, from 64 descriptors of 32 bytes at once (SSE2), which lie on 64 bytes.
typedef int32_t framelab_words __attribute__((vector_size(16)));

/// The first 32 bits of four descriptors.
static inline framelab_words framelab_first_words(const framelab_words *half) {
  framelab_words low = __builtin_shufflevector(half[0], half[2], 0, 4, 1, 5);
  framelab_words high = __builtin_shufflevector(half[4], half[6], 0, 4, 1, 5);
  return __builtin_shufflevector(low, high, 0, 1, 4, 5);
}

/// The last 32 bits of four descriptors.
static inline framelab_words framelab_last_words(const framelab_words *half) {
  framelab_words low = __builtin_shufflevector(half[1], half[3], 2, 6, 3, 7);
  framelab_words high = __builtin_shufflevector(half[5], half[7], 2, 6, 3, 7);
  return __builtin_shufflevector(low, high, 2, 3, 6, 7);
}

/// Sixteen words, each 0...255, as bytes.
static inline framelab_bytes framelab_packed(const framelab_words *words) {
  return (framelab_bytes)__builtin_ia32_packuswb128(
      __builtin_ia32_packssdw128(words[0], words[1]),
      __builtin_ia32_packssdw128(words[2], words[3]));
}

/// A bit of each of sixteen bytes.
static inline uint64_t framelab_bit(framelab_bytes bytes, int bit) {
  framelab_lanes lanes = (framelab_lanes)bytes << (7 - bit);
  return (unsigned)__builtin_ia32_pmovmskb128((framelab_bytes)lanes);
}

/// Whether a block was met that a core holds, or a free one of eight frames and more.
#define FRAMELAB_LARGE_BLOCKS 1
/// Whether a folio of 2^8 frames and more was met.
#define FRAMELAB_LARGE_FOLIOS 2

/// Bits 0...3 of the state of each of 64 frames: bit i of `planes[2 * k]` is bit k of frame i's.
///
/// The state is the first byte of a descriptor; it is `clean` where the word that it begins is `file`
/// but for bits outside `kept`; and it is 1 in free blocks of orders 0...2, which the last byte
/// marks: 1...3. Bit 7 there: allocated, bits 7 and 6: held by a core, 4...15 without bit 7: larger and
/// free. The last byte but one is the folio's order. Returns which of the things above were met, that
/// the planes lack.
static inline int framelab_read_states(
    const void *descriptors, uint64_t *planes, uint32_t kept, uint32_t file, uint32_t clean) {
  uint64_t bits[4] = {0, 0, 0, 0};
  uint64_t allocated = 0, one = 0, two = 0;
  framelab_words folios = {0};
  framelab_bytes marked = {0};
  const framelab_words each = {1, 1, 1, 1};
  const framelab_bytes single = (framelab_bytes)(each * 0x01010101);
#pragma clang loop unroll(full)
  for (int part = 0; part < 4; part++) {
    const framelab_words *first = (const framelab_words *)descriptors + part * 32;
    framelab_words states[4], cleans[4], marks[4];
    for (int four = 0; four < 4; four++) {
      framelab_words flags = framelab_first_words(first + four * 8);
      framelab_words ends = framelab_last_words(first + four * 8);
      cleans[four] = (flags & each * (int32_t)(kept | 0xff)) == each * (int32_t)file;
      states[four] = flags & each * 0xff;
      marks[four] = (framelab_words)((__attribute__((vector_size(16))) uint32_t)ends >> 24);
      folios |= ends;
    }
    framelab_bytes isClean = (framelab_bytes)__builtin_ia32_packsswb128(
        __builtin_ia32_packssdw128(cleans[0], cleans[1]),
        __builtin_ia32_packssdw128(cleans[2], cleans[3]));
    framelab_bytes state = framelab_packed(states) ^ (isClean & single * (char)(file ^ clean));
    framelab_bytes mark = framelab_packed(marks);
    for (int k = 0; k < 4; k++) bits[k] |= framelab_bit(state, k) << (part * 16);
    allocated |= framelab_bit(mark, 7) << (part * 16);
    one |= framelab_bit(mark, 0) << (part * 16);
    two |= framelab_bit(mark, 1) << (part * 16);
    framelab_lanes wide = (framelab_lanes)mark;
    marked |= (framelab_bytes)((wide & wide << 1) | ((wide << 4 | wide << 5) & ~wide));
  }
  one &= ~allocated;
  two &= ~allocated;
  uint64_t four = one & two;
  uint64_t free = one | two | two << 1 | four << 2 | four << 3;
  planes[0] = bits[0] | free;
  for (int k = 1; k < 4; k++) planes[2 * k] = bits[k] & ~free;
  folios = folios << 8;
  framelab_words large = (folios & each * (int32_t)0xf8000000) == each * 0;
  int met = __builtin_ia32_pmovmskb128((framelab_bytes)large) == 0xffff ? 0 : FRAMELAB_LARGE_FOLIOS;
  return met | (__builtin_ia32_pmovmskb128(marked) ? FRAMELAB_LARGE_BLOCKS : 0);
}

/// Folds bytes, from the first on, into 16 that have the same CRC-32 (that of gzip) when it begins at a
/// register of 0, as zlib's does for a crc of 0xffffffff. Returns how many bytes went into them: a
/// multiple of 16, or 0 where that does not pay or the processor lacks carry-less multiplication.
size_t framelab_crc32_fold(const uint8_t *bytes, size_t count, uint8_t folded[16]);

/// Prepares `framelab_barrier_all`; once per process is enough, more is allowed.
void framelab_barrier_register(void);

/// A full memory barrier in every running thread of this process (membarrier, about 0.4 us; where a
/// sandbox forbids it, a page's protection is changed, which interrupts the same cores). The other
/// side of a plain store followed by a plain load.
void framelab_barrier_all(void);

/// Gives the processor to another thread.
void framelab_yield(void);

/// Maps `bytes` of zeros, page-aligned, that cost host memory only where they are written: no swap
/// is reserved, and they stay out of core dumps. `huge` asks for huge pages behind them.
/// Null when the address space does not hold them.
void *framelab_map_sparse(size_t bytes, int huge);

/// Gives back what `framelab_map_sparse` returned.
void framelab_unmap(void *start, size_t bytes);

/// Makes whole pages of such a mapping zero again and gives their host memory back.
void framelab_discard(void *start, size_t bytes);

/// Gives whole pages of such a mapping host memory at once, which costs less than a fault for each; what
/// they hold stays. Without effect on kernels before 5.14.
void framelab_provide(void *start, size_t bytes);

/// How many processors this thread may run on.
int framelab_allowed_processors(void);

/// Binds the calling thread to the n-th (from 0) of the processors that it may run on; without effect
/// when there is none, or the kernel refuses.
void framelab_pin_thread(int n);

/// Ends the process by SIGABRT after writing one line to standard error:
/// `framelab: WHAT: frame FRAME, order ORDER`. Allocates nothing, so that it also serves processes
/// whose heap is broken.
_Noreturn void framelab_frame_fault(const uint8_t *what, uint64_t frame, uint64_t order);
