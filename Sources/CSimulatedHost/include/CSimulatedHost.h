// What the process shows jemalloc in place of the host: the recording's clock, threads that one
// thread acts for, and addresses and random numbers that are the same in every run. The executable that links
// this exports clock_gettime and mmap, and the dynamic linker binds the calls of its shared libraries
// to them (glibc's own calls stay inside).
#pragma once
#include <stddef.h>
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

/// Starts a thread that sleeps for ever and returns its thread pointer, 0 on failure. `prepare` is
/// called on it first, with `context`.
uintptr_t framelab_start_sleeper(void (*prepare)(void *context), void *context);

/// Gives the calling thread's random numbers in jemalloc a new seed. To be called after the thread's
/// first call of jemalloc and before it draws any: jemalloc 5.3 starts with the address of the
/// thread's own data, which lies at the start of its thread-local block, and that is the only word of
/// the block that holds it. Returns how many such words there were; with any number but 1, nothing
/// was changed.
int framelab_seed_jemalloc_thread(uint64_t seed);

/// The calling thread's own thread pointer.
uintptr_t framelab_thread_data(void);

/// Makes the thread-local data of another thread, which must be asleep, that of the calling one, and
/// returns the thread pointer to go back with. The compiler may keep addresses of thread-local data
/// across this, so nothing but one call into a library belongs between the two switches.
uintptr_t framelab_switch_thread_data(uintptr_t thread_pointer);
