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
