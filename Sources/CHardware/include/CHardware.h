// What Swift lacks: instructions and system calls that have no Swift spelling, inline.
#pragma once
#include <stdint.h>

/// Time-stamp counter, cycles. Not ordered with the instructions around it.
static inline uint64_t framelab_cycles(void) { return __builtin_ia32_rdtsc(); }

/// Tells the core that this is a spin loop.
static inline void framelab_pause(void) { __builtin_ia32_pause(); }
