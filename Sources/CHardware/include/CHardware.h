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
