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
