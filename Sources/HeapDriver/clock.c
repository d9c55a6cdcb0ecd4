// The clock functions of the whole process. Allocators decay and purge by the clock; a replay runs
// faster than the recording did, so they are shown the recording's time. The executable comes first
// in the order in which the dynamic linker looks for symbols, before preloaded libraries and libc.
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

#define EXPORT __attribute__((visibility("default")))

// No allocator may see the time 0, which some take for "never": the recording starts at 10^6 s.
static const uint64_t epoch_ns = 1000000ull * 1000000000ull;
static _Atomic uint64_t recording_now;

void clock_set(uint64_t recording_ns) {
    atomic_store_explicit(&recording_now, recording_ns, memory_order_relaxed);
}

static uint64_t now(void) {
    return epoch_ns + atomic_load_explicit(&recording_now, memory_order_relaxed);
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *result) {
    (void)clock;
    uint64_t ns = now();
    result->tv_sec = (time_t)(ns / 1000000000u);
    result->tv_nsec = (long)(ns % 1000000000u);
    return 0;
}

EXPORT int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    (void)zone;
    uint64_t ns = now();
    result->tv_sec = (time_t)(ns / 1000000000u);
    result->tv_usec = (suseconds_t)(ns % 1000000000u / 1000);
    return 0;
}

EXPORT time_t time(time_t *result) {
    time_t seconds = (time_t)(now() / 1000000000u);
    if (result != NULL) *result = seconds;
    return seconds;
}

EXPORT clock_t clock(void) {
    return (clock_t)(now() / (1000000000u / CLOCKS_PER_SEC));
}

// The recording's clock does not wait for a sleeper, so a sleep is over at once.
EXPORT int nanosleep(const struct timespec *request, struct timespec *rest) {
    (void)request;
    if (rest != NULL) *rest = (struct timespec){0, 0};
    sched_yield();
    return 0;
}

static uint64_t real_ns(clockid_t clock) {
    struct timespec time = {0, 0};
    syscall(SYS_clock_gettime, clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t real_monotonic_ns(void) {
    return real_ns(CLOCK_MONOTONIC);
}

uint64_t real_thread_cpu_ns(void) {
    return real_ns(CLOCK_THREAD_CPUTIME_ID);
}
