#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "driver.h"

struct heap heap;

void heap_begin(const struct flat *flat, bool verify) {
    heap.slot_count = flat->header->slot_count;
    heap.objects = own_memory(heap.slot_count * sizeof *heap.objects, true);
    heap.touch_stride = flat->header->touch_stride;
    heap.touch_last = flat->header->touch_flags & FRAMELAB_TOUCH_LAST_BYTE;
    heap.verify = verify;
}

// Writes one byte at every multiple of the stride from FROM to the end, as the touch model says.
static void touch(volatile unsigned char *start, uint64_t from, uint64_t size) {
    if (size <= from) return;
    if (heap.touch_stride == 0) {
        if (from == 0) start[0] = 1;
        return;
    }
    uint64_t stride = heap.touch_stride;
    uint64_t first = from % stride == 0 ? from : from + stride - from % stride;
    for (uint64_t at = first; at < size; at += stride) start[at] = 1;
    if (heap.touch_last) {
        // The first new byte may lie in a page that no multiple of the stride reaches.
        start[from] = 1;
        start[size - 1] = 1;
    }
}

static unsigned char *request(const struct framelab_heap_record *record) {
    if (record->operation == FRAMELAB_HEAP_MAP) {
        void *start = mmap(
            NULL, record->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return start == MAP_FAILED ? NULL : start;
    }
    if (record->alignment_shift > 0) {
        uint64_t alignment = 1ull << record->alignment_shift;
        if (alignment < sizeof(void *)) alignment = sizeof(void *);
        void *start;
        return posix_memalign(&start, alignment, record->size) == 0 ? start : NULL;
    }
    if (record->operation == FRAMELAB_HEAP_ALLOCATE_ZEROED) return calloc(1, record->size);
    return malloc(record->size);
}

// An object that the allocator refuses is counted and then treated as one of size 0.
static uint64_t granted(const unsigned char *start, uint64_t size) {
    if (start != NULL) return size;
    if (size > 0) heap.failed++;
    return 0;
}

static void allocate(const struct framelab_heap_record *record, uint64_t index) {
    struct object *object = heap.objects + record->slot;
    object->start = request(record);
    object->size = granted(object->start, record->size);
    heap.live_bytes += object->size;
    heap.live_objects++;
    if (!heap.verify) {
        touch(object->start, 0, object->size);
        return;
    }
    uint64_t mask = (1ull << record->alignment_shift) - 1;
    if (((uintptr_t)object->start & mask) != 0) {
        fail(EXIT_HEAP_BROKEN, "record %: the object is not aligned as requested", index);
    }
    // No function gives memory that is both aligned and zeroed, so alignment goes first.
    bool is_zeroed = record->operation != FRAMELAB_HEAP_ALLOCATE && mask == 0;
    if (is_zeroed) pattern_check_zero(object, index);
    pattern_write(object, record->slot, 0);
}

static void release(const struct framelab_heap_record *record, uint64_t index) {
    struct object *object = heap.objects + record->slot;
    if (heap.verify) pattern_check(object, record->slot, object->size, index);
    if (record->operation == FRAMELAB_HEAP_FREE) free(object->start);
    else if (object->start != NULL) munmap(object->start, object->size);
    heap.live_bytes -= object->size;
    heap.live_objects--;
    *object = (struct object){NULL, 0};
}

static unsigned char *resized(
    const struct object *object, const struct framelab_heap_record *record) {
    if (record->operation == FRAMELAB_HEAP_REALLOCATE) {
        // Allocators differ in what a size of 0 means; one byte keeps the object alive in all.
        return realloc(object->start, record->size > 0 ? record->size : 1);
    }
    if (object->start == NULL || record->size == 0) return NULL;
    void *start = mremap(object->start, object->size, record->size, MREMAP_MAYMOVE);
    return start == MAP_FAILED ? NULL : start;
}

static void resize(const struct framelab_heap_record *record, uint64_t index) {
    struct object *object = heap.objects + record->slot;
    uint64_t kept = record->size < object->size ? record->size : object->size;
    if (heap.verify) pattern_check(object, record->slot, object->size, index);
    unsigned char *start = resized(object, record);
    if (start == NULL) {
        // The old object is still there, as it was.
        heap.failed++;
        return;
    }
    heap.live_bytes += record->size - object->size;
    *object = (struct object){start, record->size};
    if (!heap.verify) {
        touch(start, kept, record->size);
        return;
    }
    pattern_check(object, record->slot, kept, index);
    pattern_write(object, record->slot, kept);
}

void heap_apply(const struct framelab_heap_record *record, uint64_t index) {
    switch (record->operation) {
    case FRAMELAB_HEAP_ALLOCATE:
    case FRAMELAB_HEAP_ALLOCATE_ZEROED:
    case FRAMELAB_HEAP_MAP: allocate(record, index); break;
    case FRAMELAB_HEAP_FREE:
    case FRAMELAB_HEAP_UNMAP: release(record, index); break;
    default: resize(record, index); break;
    }
}
