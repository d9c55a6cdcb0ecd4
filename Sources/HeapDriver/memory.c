#define _GNU_SOURCE
#include <sys/mman.h>

#include "driver.h"

// Shared, so that the kernel never merges it with a private mapping of the allocator's, and so that
// smaps shows it as a file, which the sampler leaves out.
void *own_memory(size_t bytes, bool populate) {
    if (bytes == 0) bytes = 1;
    void *start = mmap(
        NULL, bytes, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | (populate ? MAP_POPULATE : 0), -1, 0);
    if (start == MAP_FAILED) fail(EXIT_HOST_LACKS, "no memory for a table of % bytes", bytes);
    return start;
}
