// The shared file between a recorded process (libframelab-heap.so) and the framelab parent.
//
// One file per process image under the folder named by FRAMELAB_HEAP_RING:
//
//   0                          struct framelab_ring_header, one page
//   4096                       one 32-bit state per chunk
//   FRAMELAB_RING_DATA         chunks of FRAMELAB_RING_CHUNK bytes
//
// A thread owns one chunk at a time and appends records behind its header; `published` says how far
// the records are complete. A full chunk is sealed; the parent copies its events and frees it. No side
// ever waits for the other: a thread that finds no free chunk takes a new one.
//
// After the start neither a path nor a file descriptor is needed: programs change their root, their
// user and their limits, and close what they did not open.
#pragma once
#include <stdint.h>

enum {
    FRAMELAB_RING_VERSION = 2,
    FRAMELAB_RING_CHUNK = 64 * 1024,
    FRAMELAB_RING_CHUNKS = 65536,
    FRAMELAB_RING_STATES = 4096,
    FRAMELAB_RING_DATA = FRAMELAB_RING_STATES + 4 * FRAMELAB_RING_CHUNKS,
    // A thread seals its chunk when fewer bytes are left: the longest record, and the 8 bytes that a
    // store of its last field may reach beyond it.
    FRAMELAB_RING_SLACK = 40,
    FRAMELAB_RING_COUNTERS = 32,
};

static const uint64_t FRAMELAB_RING_MAGIC = 0x474E495241454846ULL;  // "FHEARING"

enum framelab_ring_state {
    // Without memory behind it: populate before use, so that a full /dev/shm is an error, not a SIGBUS.
    FRAMELAB_RING_EMPTY = 0,
    FRAMELAB_RING_OWNED = 1,
    FRAMELAB_RING_SEALED = 2,
    FRAMELAB_RING_FREE = 3,
};

// Why a process records nothing more.
enum framelab_ring_end {
    FRAMELAB_RING_GOES_ON = 0,
    FRAMELAB_RING_PARENT_ENDED = 1,   // it said so, or its lock is gone
    FRAMELAB_RING_PARENT_SILENT = 2,  // not heard of for `patience_ns`, and its lock is out of sight
};

enum framelab_ring_clock {
    FRAMELAB_CLOCK_UNKNOWN = 0,
    FRAMELAB_CLOCK_MONOTONIC = 1,
    FRAMELAB_CLOCK_TSC = 2,
};

// What the recorder saw. `before` and `after` say on which side of the real call the stamp was taken:
// memory is given back after its `before` and is handed out before its `after`, so that in the order
// of stamps no address is handed out twice.
enum framelab_ring_operation {
    FRAMELAB_RING_ALLOCATE = 1,         // address, size; after
    FRAMELAB_RING_ALLOCATE_ZEROED = 2,  // address, size; after
    FRAMELAB_RING_RELEASE = 3,          // address; before
    FRAMELAB_RING_REALLOC_BEGIN = 4,    // old address; before
    FRAMELAB_RING_REALLOC_END = 5,      // new address, size; after; the thread's next record
    FRAMELAB_RING_REALLOC_FAILED = 6,   // instead of the end: the old object stays
    FRAMELAB_RING_MAP = 7,              // address, size; after
    FRAMELAB_RING_UNMAP = 8,            // address, size; before
    FRAMELAB_RING_REMAP_BEGIN = 9,      // old address, old size; before
    FRAMELAB_RING_REMAP_END = 10,       // new address, new size; after; the thread's next record
    FRAMELAB_RING_RESERVE = 11,         // address, size: mapped without access; after
    FRAMELAB_RING_OPEN = 12,            // address, size: access granted by mprotect; after
};

// A record: this 16-bit head, then time (difference of stamps), size and address (zigzag difference
// of addresses >> 4) in as many little-endian bytes as the head says, then two bytes (log2 of the
// alignment, address & 15) if the head says so.
enum {
    FRAMELAB_HEAD_TIME_SHIFT = 4,
    FRAMELAB_HEAD_SIZE_SHIFT = 7,
    FRAMELAB_HEAD_ADDRESS_SHIFT = 10,
    FRAMELAB_HEAD_EXTRAS = 1 << 13,
};

// Events that found no room, or came after the recording had stopped. One per cache line, so that
// threads that lose events do not fight over it.
struct framelab_ring_counter {
    uint64_t lost;
    uint64_t reserved[7];
};

struct framelab_ring_header {
    uint64_t magic;
    uint32_t version;
    uint32_t pid;
    uint32_t parent_pid;
    uint32_t clock;        // enum framelab_ring_clock
    uint32_t stamp_shift;  // stamps are clock values >> this
    uint32_t ready;        // 1 once all of the above is written
    uint64_t start_stamp;
    uint64_t start_monotonic_ns;
    uint64_t program[2];   // name of the program as prctl(PR_GET_NAME) has it
    uint32_t is_fork;      // the image was forked, not executed: it began with objects of its parent
    // Below: changed while running, through the functions at the end alone.
    uint32_t chunk_count;   // chunks ever taken; may exceed FRAMELAB_RING_CHUNKS when all are taken
    uint32_t stream_count;  // threads ever seen
    uint32_t stop;          // set by the parent: record nothing more
    uint64_t nested;        // events inside an allocator or a recorder call, left out
    uint64_t heard_ns;      // CLOCK_MONOTONIC: the parent was here; 0 before its first visit
    uint64_t patience_ns;   // set by the parent: with no visit for so long it counts as silent
    uint64_t end_ns;        // CLOCK_MONOTONIC: when `end` was set
    uint32_t end;           // enum framelab_ring_end
    uint32_t reserved[3];
    struct framelab_ring_counter counters[FRAMELAB_RING_COUNTERS];
};

struct framelab_ring_chunk {
    uint32_t stream;    // dense number of the thread in this process
    uint32_t sequence;  // of this chunk in its stream, from 0
    uint64_t first_stamp;  // to which the first difference is added; the first address is against 0
    uint64_t published;    // bytes of complete records behind this header
    uint32_t thread_id;
    uint32_t reserved[9];
};

_Static_assert(sizeof(struct framelab_ring_chunk) == 64, "records begin on a cache line");
_Static_assert(__builtin_offsetof(struct framelab_ring_header, counters) % 64 == 0, "own lines");
_Static_assert(sizeof(struct framelab_ring_header) <= FRAMELAB_RING_STATES, "one page");

static inline uint32_t framelab_ring_load32(const uint32_t *value) {
    return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

static inline uint64_t framelab_ring_load64(const uint64_t *value) {
    return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

static inline void framelab_ring_store64(uint64_t *value, uint64_t next) {
    __atomic_store_n(value, next, __ATOMIC_RELEASE);
}

static inline uint64_t framelab_ring_lost(const struct framelab_ring_header *header) {
    uint64_t lost = 0;
    for (int index = 0; index < FRAMELAB_RING_COUNTERS; index++) {
        lost += framelab_ring_load64(&header->counters[index].lost);
    }
    return lost;
}

static inline void framelab_ring_store32(uint32_t *value, uint32_t next) {
    __atomic_store_n(value, next, __ATOMIC_RELEASE);
}

// Whether the state was `from` and is now `to`.
static inline int framelab_ring_exchange(uint32_t *state, uint32_t from, uint32_t to) {
    return __atomic_compare_exchange_n(state, &from, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

// Gives the memory behind a part of the file back; 0, or -1 where the file system cannot.
int framelab_ring_discard(int file, int64_t offset, int64_t size);
