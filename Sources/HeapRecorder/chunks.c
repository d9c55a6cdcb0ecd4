// The memory of chunks. Needs neither path nor descriptor where the kernel is 5.14 or later.
#define _GNU_SOURCE
#include "chunks.h"

#include <errno.h>

static uint8_t *chunk_addresses[FRAMELAB_RING_CHUNKS];
static uint32_t mapped_chunks;  // all chunk_addresses beyond are null

uint8_t *chunk_address(uint32_t index) { return chunk_addresses[index]; }

void chunks_forget(void) {
    for (uint32_t index = 0; index < mapped_chunks; index++) chunk_addresses[index] = NULL;
    mapped_chunks = 0;
}

static off_t chunk_offset(uint32_t index) {
    return FRAMELAB_RING_DATA + (off_t)index * FRAMELAB_RING_CHUNK;
}

// Maps chunk `index` from what is mapped already: mremap with an old size of 0 makes a second mapping of
// a shared page, and it may reach further into the file. The page is the one before the nearest chunk.
static void *map_from_neighbor(uint32_t index) {
    uint8_t *page = (uint8_t *)process->header + FRAMELAB_RING_DATA - 4096;
    uint32_t from = 0;
    for (uint32_t before = index; before > 0; before--) {
        uint8_t *chunk = __atomic_load_n(&chunk_addresses[before - 1], __ATOMIC_ACQUIRE);
        if (chunk != NULL) {
            page = chunk + FRAMELAB_RING_CHUNK - 4096;
            from = before;
            break;
        }
    }
    size_t before = 4096 + (size_t)(index - from) * FRAMELAB_RING_CHUNK;
    long result = syscall(SYS_mremap, page, (size_t)0, before + FRAMELAB_RING_CHUNK, MREMAP_MAYMOVE);
    if (result == -1) return MAP_FAILED;
    syscall(SYS_munmap, result, before);
    return (uint8_t *)result + before;
}

static void *map_from_file(uint32_t index) {
    int file = raw_open(ring_path, O_RDWR);
    if (file < 0) return MAP_FAILED;
    void *address = raw_map(FRAMELAB_RING_CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, file,
                            chunk_offset(index));
    raw_close(file);
    return address;
}

// Memory behind a chunk, or an error now rather than a SIGBUS later.
static int populate(uint32_t index) {
    if (syscall(SYS_madvise, chunk_addresses[index], (size_t)FRAMELAB_RING_CHUNK,
                MADV_POPULATE_WRITE) == 0) {
        return 1;
    }
    if (errno != EINVAL) return 0;
    // Kernels before 5.14, and emulators.
    int file = raw_open(ring_path, O_RDWR);
    if (file < 0) return 0;
    int populated = syscall(SYS_fallocate, file, 0, chunk_offset(index),
                            (off_t)FRAMELAB_RING_CHUNK) == 0;
    raw_close(file);
    return populated;
}

int chunk_provide(uint32_t index) {
    if (chunk_addresses[index] == NULL) {
        void *address = map_from_neighbor(index);
        if (address == MAP_FAILED) address = map_from_file(index);
        if (address == MAP_FAILED) return 0;
        syscall(SYS_madvise, address, (size_t)FRAMELAB_RING_CHUNK, MADV_DONTFORK);
        __atomic_store_n(&chunk_addresses[index], address, __ATOMIC_RELEASE);
        uint32_t seen = __atomic_load_n(&mapped_chunks, __ATOMIC_RELAXED);
        while (seen <= index &&
               !__atomic_compare_exchange_n(&mapped_chunks, &seen, index + 1, 0, __ATOMIC_RELAXED,
                                            __ATOMIC_RELAXED)) {
        }
    }
    return populate(index);
}
