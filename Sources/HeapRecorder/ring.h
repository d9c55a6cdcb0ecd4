// The thread's side of the ring: appending one record.
#pragma once
#include <stdint.h>
#include <x86intrin.h>

#include "../CHeapFormats/include/heap_ring.h"

#define HIDDEN __attribute__((visibility("hidden")))
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

// What a thread knows. All zero in a new thread, which sends its first record the slow way.
struct thread_state {
    uint8_t *cursor;
    uint8_t *limit;
    struct framelab_ring_chunk *chunk;
    uint64_t last_stamp;
    uint64_t last_address;
    uint64_t generation;
    uint32_t chunk_index;
    uint32_t sequence;
    uint32_t stream;
    // Set while a real call or the recorder itself is at work: what an allocator maps for itself, and
    // what a signal handler allocates in the middle of a record, is left out and counted.
    uint32_t busy;
    // Without a chunk: the stamp from which on another one is looked for.
    uint64_t retry_stamp;
};

// What a process knows, in a page that the kernel zeroes in a forked child. So a child made in any way
// finds generation 0 and begins a recording of its own; nothing has to run at the fork.
struct process_state {
    uint64_t generation;
    uint32_t initializing;
    uint32_t off;
    uint32_t counts_lost;  // while off: the parent may still read how much is missing
    uint32_t clock;
    uint32_t shift;
    struct framelab_ring_header *header;
    uint32_t has_reservations;
};

// Initial-exec: no call to __tls_get_addr, which may allocate.
extern HIDDEN __thread struct thread_state thread_state
    __attribute__((tls_model("initial-exec")));
extern HIDDEN struct process_state *process;

// Makes room for the record of an event at `stamp`; 0 when there is none, and the event is counted.
HIDDEN int ring_make_room(struct thread_state *thread, uint64_t stamp);
HIDDEN void ring_count_nested(void);
// The stamp where the cycle counter is not the clock; begins the recording where it has not begun.
HIDDEN uint64_t ring_other_stamp(void);

static inline uint64_t ring_stamp(void) {
    // Also where the clock is not chosen yet: in a new process, or after a fork.
    if (UNLIKELY(process->clock != FRAMELAB_CLOCK_TSC)) return ring_other_stamp();
    return __rdtsc() >> process->shift;
}

// Bytes of `value` without its leading zeroes, 0 for 0.
static inline unsigned ring_width(uint64_t value) {
    unsigned bits = 63u - (unsigned)__builtin_clzll(value << 1 | 1);
    return (bits + 7) >> 3;
}

static inline void ring_store(uint8_t *at, uint64_t value) { __builtin_memcpy(at, &value, 8); }

// Appends one record. The thread is busy, so no signal handler can come between the stores.
static inline void ring_append(struct thread_state *thread, unsigned operation, uint64_t stamp,
                               uint64_t address, uint64_t size, unsigned alignment_shift) {
    // Also true in a new thread, whose cursor and limit are 0, and after a fork.
    if (UNLIKELY((uint64_t)(thread->limit - thread->cursor) < FRAMELAB_RING_SLACK ||
                 thread->generation != process->generation)) {
        if (!ring_make_room(thread, stamp)) return;
    }
    uint8_t *at = thread->cursor;
    // Counters of different cores may differ by a little: a thread that was moved stands still instead.
    uint64_t time = stamp > thread->last_stamp ? stamp - thread->last_stamp : 0;
    // Sizes of 2^56 and more are refused by every allocator.
    uint64_t bytes = size & 0x00FFFFFFFFFFFFFFu;
    uint64_t unit = address >> 4;
    int64_t move = (int64_t)(unit - thread->last_address);
    uint64_t distance = ((uint64_t)move << 1) ^ (uint64_t)(move >> 63);
    unsigned time_width = ring_width(time);
    unsigned size_width = ring_width(bytes);
    unsigned address_width = ring_width(distance);
    unsigned head = operation | time_width << FRAMELAB_HEAD_TIME_SHIFT |
                    size_width << FRAMELAB_HEAD_SIZE_SHIFT |
                    address_width << FRAMELAB_HEAD_ADDRESS_SHIFT;
    thread->last_stamp += time;
    thread->last_address = unit;
    uint8_t *end = at + 2;
    ring_store(end, time);
    end += time_width;
    ring_store(end, bytes);
    end += size_width;
    ring_store(end, distance);
    end += address_width;
    if (UNLIKELY(alignment_shift != 0 || (address & 15) != 0)) {
        head |= FRAMELAB_HEAD_EXTRAS;
        end[0] = (uint8_t)alignment_shift;
        end[1] = (uint8_t)(address & 15);
        end += 2;
    }
    at[0] = (uint8_t)head;
    at[1] = (uint8_t)(head >> 8);
    thread->cursor = end;
    __atomic_store_n(&thread->chunk->published,
                     (uint64_t)(end - (uint8_t *)thread->chunk) - sizeof(struct framelab_ring_chunk),
                     __ATOMIC_RELEASE);
}
