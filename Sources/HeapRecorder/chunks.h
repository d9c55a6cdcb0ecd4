// Where the chunks of the ring are in this process, and the system calls that bring them there.
#pragma once
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ring.h"

// The ring's file, as it was called when the recording began.
extern HIDDEN char ring_path[192];

// Gives chunk `index`, which this thread owns, memory, and an address if it has none; 0 when it cannot.
HIDDEN int chunk_provide(uint32_t index);
HIDDEN uint8_t *chunk_address(uint32_t index);
// In a forked child: the chunks were its parent's.
HIDDEN void chunks_forget(void);

// The raw calls: the names of the library are interposed, by this library among others.
static inline void *raw_map(size_t bytes, int protection, int flags, int file, off_t offset) {
    long result = syscall(SYS_mmap, NULL, bytes, protection, flags, file, offset);
    return result == -1 ? MAP_FAILED : (void *)result;
}

static inline int raw_open(const char *path, int flags) {
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

static inline void raw_close(int file) { syscall(SYS_close, file); }
