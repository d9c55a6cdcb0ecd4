#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"

static const void *map_file(const char *path, uint64_t *bytes) {
    int file = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(EXIT_BAD_INPUT, "the flat file cannot be opened", 0);
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        fail(EXIT_BAD_INPUT, "expected a regular file with the recording", 0);
    }
    *bytes = (uint64_t)status.st_size;
    if (*bytes < sizeof(struct framelab_flat_header)) {
        fail(EXIT_BAD_INPUT, "the flat file has % bytes, less than its header", *bytes);
    }
    void *start = mmap(NULL, *bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (start == MAP_FAILED) fail(EXIT_BAD_INPUT, "the flat file cannot be mapped", 0);
    if (file != STDIN_FILENO) close(file);
    return start;
}

// Whether COUNT items of SIZE bytes at OFFSET lie in a file of BYTES bytes.
static bool fits(uint64_t offset, uint64_t count, uint64_t size, uint64_t bytes) {
    return offset % 8 == 0 && offset <= bytes && count <= (bytes - offset) / size;
}

static void check_header(const struct framelab_flat_header *header, uint64_t bytes) {
    if (header->magic != FRAMELAB_FLAT_MAGIC) {
        fail(EXIT_BAD_INPUT, "offset 0: not a flat replay file", 0);
    }
    if (header->version != FRAMELAB_FLAT_VERSION || header->header_bytes != sizeof *header) {
        fail(EXIT_BAD_INPUT, "offset 8: version % is not the driver's", header->version);
    }
    if (!fits(header->sample_offset, header->sample_count, sizeof(uint64_t), bytes)) {
        fail(EXIT_BAD_INPUT, "offset 40: % sampling times do not fit the file",
            header->sample_count);
    }
    if (!fits(header->record_offset, header->record_count, sizeof(struct framelab_heap_record),
            bytes)) {
        fail(EXIT_BAD_INPUT, "offset 24: % records do not fit the file", header->record_count);
    }
    if (header->thread_count == 0 || header->thread_count > UINT16_MAX + 1u) {
        fail(EXIT_BAD_INPUT, "offset 56: % threads; expected 1 to 65536", header->thread_count);
    }
    if (header->slot_count > UINT32_MAX + 1ull) {
        fail(EXIT_BAD_INPUT, "offset 48: % slots; expected at most 2^32", header->slot_count);
    }
}

// One pass over all records: what the replay relies on is checked here and not again there. FULL is
// one byte per slot.
static void check_records(const struct flat *flat, unsigned char *full) {
    uint64_t time = 0;
    for (uint64_t i = 0; i < flat->header->record_count; i++) {
        const struct framelab_heap_record *record = flat->records + i;
        if (record->time_ns < time) fail(EXIT_BAD_INPUT, "record %: goes back in time", i);
        time = record->time_ns;
        if (record->slot >= flat->header->slot_count) {
            fail(EXIT_BAD_INPUT, "record %: its slot is above the slot count", i);
        }
        if (record->thread >= flat->header->thread_count) {
            fail(EXIT_BAD_INPUT, "record %: its thread is above the thread count", i);
        }
        if (record->alignment_shift > 46 || record->size >= 1ull << 47) {
            fail(EXIT_BAD_INPUT, "record %: no address space has that size or alignment", i);
        }
        // 0 empty, 1 a heap object, 2 a mapping.
        unsigned char *state = full + record->slot;
        unsigned char before, after;
        switch (record->operation) {
        case FRAMELAB_HEAP_ALLOCATE:
        case FRAMELAB_HEAP_ALLOCATE_ZEROED: before = 0; after = 1; break;
        case FRAMELAB_HEAP_REALLOCATE: before = 1; after = 1; break;
        case FRAMELAB_HEAP_FREE: before = 1; after = 0; break;
        case FRAMELAB_HEAP_MAP: before = 0; after = 2; break;
        case FRAMELAB_HEAP_UNMAP: before = 2; after = 0; break;
        case FRAMELAB_HEAP_REMAP: before = 2; after = 2; break;
        default: fail(EXIT_BAD_INPUT, "record %: unknown operation", i);
        }
        if (*state != before) {
            fail(EXIT_BAD_INPUT, "record %: its slot does not hold what the operation needs", i);
        }
        *state = after;
        flat->last_record[record->thread] = i;
    }
}

struct flat flat_open(const char *path) {
    uint64_t bytes;
    struct flat flat;
    flat.header = map_file(path, &bytes);
    check_header(flat.header, bytes);
    flat.records = (const void *)((const char *)flat.header + flat.header->record_offset);
    flat.sample_times = (const void *)((const char *)flat.header + flat.header->sample_offset);
    for (uint64_t i = 1; i < flat.header->sample_count; i++) {
        if (flat.sample_times[i] < flat.sample_times[i - 1]) {
            fail(EXIT_BAD_INPUT, "sampling time % lies before the one ahead of it", i);
        }
    }
    flat.last_record = own_memory(flat.header->thread_count * sizeof(uint64_t), true);
    memset(flat.last_record, 0xff, flat.header->thread_count * sizeof(uint64_t));
    unsigned char *full = own_memory(flat.header->slot_count, true);
    check_records(&flat, full);
    munmap(full, flat.header->slot_count);
    return flat;
}
