// The flat replay file: what framelab writes for HeapDriver, which maps it and reads it as it is.
// The Swift twin of the record is TraceFormats' HeapRecord; a test compares every offset.
#pragma once
#include <stdint.h>

enum framelab_heap_operation {
    FRAMELAB_HEAP_ALLOCATE = 1,
    FRAMELAB_HEAP_ALLOCATE_ZEROED = 2,
    FRAMELAB_HEAP_REALLOCATE = 3,
    FRAMELAB_HEAP_FREE = 4,
    FRAMELAB_HEAP_MAP = 5,
    FRAMELAB_HEAP_UNMAP = 6,
    FRAMELAB_HEAP_REMAP = 7,
};

struct framelab_heap_record {
    uint64_t time_ns;
    uint64_t size;
    uint32_t slot;
    uint16_t thread;
    uint8_t operation;
    uint8_t alignment_shift;
};

_Static_assert(sizeof(struct framelab_heap_record) == 24, "one record is 24 bytes");

// The flat file: this header, then `sample_count` sampling times (uint64_t, ns, ascending) at
// `sample_offset`, then `record_count` records at `record_offset`; both offsets are multiples of 8.
// TraceFormats' FlatHeapTrace writes it; a test compares every offset with the Swift twin.
struct framelab_flat_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes;
    uint64_t record_count;
    uint64_t record_offset;
    uint64_t sample_count;
    uint64_t sample_offset;
    // All slots are below this number.
    uint64_t slot_count;
    // All threads are below this number; thread 0 is the driver's main thread.
    uint32_t thread_count;
    uint32_t touch_flags;
    // Distance between the touched bytes of an object; 0 touches its first byte alone.
    uint64_t touch_stride;
};

_Static_assert(sizeof(struct framelab_flat_header) == 72, "the header has no holes");

// "FLFLAT" and a line break that a text-mode transfer would break.
#define FRAMELAB_FLAT_MAGIC 0x0a0d54414c464c46ull
#define FRAMELAB_FLAT_VERSION 1u
// The last byte of every object is touched too, so that no page of it is left out.
#define FRAMELAB_TOUCH_LAST_BYTE 1u
