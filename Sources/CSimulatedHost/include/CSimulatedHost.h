// What the process shows jemalloc in place of the host: the recording's clock, and places for arenas
// that are the same in every run. The executable that links this exports clock_gettime and mmap, and
// the dynamic linker binds the calls of its shared libraries to them (glibc's own calls stay inside).
#pragma once
#include <stdint.h>

/// From the first call on, CLOCK_MONOTONIC_COARSE of this process stands at `ns`: jemalloc 5.3 takes
/// the time for its decay from it and is the only one here that reads it. All other clocks stay the
/// host's, so that everybody else's waits and timeouts go on. Values must not decrease.
void framelab_set_simulated_clock(uint64_t ns);

/// From here on the calling thread's mmap of `bytes` bytes anywhere gets the address `*place`, which
/// grows by `bytes`; other sizes and other threads are served as ever. Null switches it off.
///
/// jemalloc seeds the jitter of an arena's decay with the address of the arena, which lies in the
/// first block of metadata that it maps while it makes the arena.
void framelab_set_map_place(uintptr_t *place, uint64_t bytes);
