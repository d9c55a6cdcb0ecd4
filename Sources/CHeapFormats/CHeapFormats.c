#define _GNU_SOURCE
#include <fcntl.h>

#include "heap_record.h"
#include "heap_ring.h"

int framelab_ring_discard(int file, int64_t offset, int64_t size) {
    return fallocate(file, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, offset, size);
}
