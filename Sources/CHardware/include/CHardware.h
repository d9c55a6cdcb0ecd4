// What Swift lacks: instructions and system calls that have no Swift spelling. Instructions are
// inline; system calls sit in CHardware.c, so that no Swift target sees a system header.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Time-stamp counter, cycles. Not ordered with the instructions around it.
static inline uint64_t framelab_cycles(void) { return __builtin_ia32_rdtsc(); }

/// Tells the core that this is a spin loop.
static inline void framelab_pause(void) { __builtin_ia32_pause(); }

/// Keeps the compiler, and nothing else, from moving memory accesses across this point.
static inline void framelab_compiler_barrier(void) { __asm__ volatile("" ::: "memory"); }

/// The same value, of which the compiler knows nothing any more.
static inline uintptr_t framelab_opaque(uintptr_t value) {
  __asm__ volatile("" : "+r"(value));
  return value;
}

// Searches over rows of 16-bit lanes, eight at a time (SSE2, which every x86-64 has). `lanes` is a
// positive multiple of 8, and the row is aligned to 16 bytes.
typedef int16_t framelab_lanes __attribute__((vector_size(16)));

/// The first lane from `from` on that equals `tag`; -1 when there is none.
static inline int64_t framelab_find_lane(
    const uint16_t *row, int64_t from, int64_t lanes, uint16_t tag) {
  typedef char bytes __attribute__((vector_size(16)));
  const framelab_lanes *vector = (const framelab_lanes *)row;
  const int16_t t = (int16_t)tag;
  const framelab_lanes wanted = {t, t, t, t, t, t, t, t};
  int64_t n = lanes >> 3, v = from >> 3;
  if (from & 7) {
    int mask = __builtin_ia32_pmovmskb128((bytes)(vector[v] == wanted));
    mask &= -1 << ((from & 7) << 1);
    if (mask) return (v << 3) + (__builtin_ctz((unsigned)mask) >> 1);
    v++;
  }
  // Three vectors per branch: most rows hold no such tag.
  for (; v + 3 <= n; v += 3) {
    framelab_lanes a = vector[v] == wanted, b = vector[v + 1] == wanted, c = vector[v + 2] == wanted;
    if (!__builtin_ia32_pmovmskb128((bytes)(a | b | c))) continue;
    uint64_t mask = (unsigned)__builtin_ia32_pmovmskb128((bytes)a);
    mask |= (uint64_t)(unsigned)__builtin_ia32_pmovmskb128((bytes)b) << 16;
    mask |= (uint64_t)(unsigned)__builtin_ia32_pmovmskb128((bytes)c) << 32;
    return (v << 3) + (__builtin_ctzll(mask) >> 1);
  }
  for (; v < n; v++) {
    int mask = __builtin_ia32_pmovmskb128((bytes)(vector[v] == wanted));
    if (mask) return (v << 3) + (__builtin_ctz((unsigned)mask) >> 1);
  }
  return -1;
}

/// The first lane with the smallest value.
static inline int64_t framelab_smallest_lane(const int16_t *row, int64_t lanes) {
  typedef char bytes __attribute__((vector_size(16)));
  const framelab_lanes *vector = (const framelab_lanes *)row;
  int64_t n = lanes >> 3;
  framelab_lanes least = vector[0];
  for (int64_t v = 1; v < n; v++) least = __builtin_elementwise_min(least, vector[v]);
  least = __builtin_elementwise_min(least, __builtin_shufflevector(least, least, 4, 5, 6, 7, 0, 1, 2, 3));
  least = __builtin_elementwise_min(least, __builtin_shufflevector(least, least, 2, 3, 0, 1, 6, 7, 4, 5));
  least = __builtin_elementwise_min(least, __builtin_shufflevector(least, least, 1, 0, 3, 2, 5, 4, 7, 6));
  for (int64_t v = 0; v < n; v++) {
    int mask = __builtin_ia32_pmovmskb128((bytes)(vector[v] == least));
    if (mask) return (v << 3) + (__builtin_ctz((unsigned)mask) >> 1);
  }
  __builtin_unreachable();
}

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

/// How many processors this thread may run on.
int framelab_allowed_processors(void);

/// Binds the calling thread to the n-th (from 0) of the processors that it may run on; without effect
/// when there is none, or the kernel refuses.
void framelab_pin_thread(int n);

/// Ends the process by SIGABRT after writing one line to standard error:
/// `framelab: WHAT: frame FRAME, order ORDER`. Allocates nothing, so that it also serves processes
/// whose heap is broken.
_Noreturn void framelab_frame_fault(const uint8_t *what, uint64_t frame, uint64_t order);
