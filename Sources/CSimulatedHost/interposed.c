#define _GNU_SOURCE
#include "CSimulatedHost.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// UINT64_MAX: not set, the host's clock shows.
static _Atomic uint64_t simulated_ns = UINT64_MAX;
static _Thread_local uintptr_t *map_place;
static _Thread_local uint64_t map_bytes;

void framelab_set_simulated_clock(uint64_t ns) {
    atomic_store_explicit(&simulated_ns, ns, memory_order_relaxed);
}

void framelab_set_map_place(uintptr_t *place, uint64_t bytes) {
    map_place = place;
    map_bytes = bytes;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    uint64_t ns = atomic_load_explicit(&simulated_ns, memory_order_relaxed);
    if (clock == CLOCK_MONOTONIC_COARSE && ns != UINT64_MAX) {
        time->tv_sec = (time_t)(ns / 1000000000);
        time->tv_nsec = (long)(ns % 1000000000);
        return 0;
    }
    // Past the vDSO, which is reached through glibc's function of this name only.
    return (int)syscall(SYS_clock_gettime, clock, time);
}

void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) {
    if (map_place && !address && bytes == map_bytes) {
        address = (void *)*map_place;
        flags |= MAP_FIXED_NOREPLACE;
        *map_place += bytes;
    }
    return (void *)syscall(SYS_mmap, address, bytes, protection, flags, file, offset);
}
