// Usage: heap-driver [--verify] FILE    replays the flat file FILE ("-": standard input)
//        heap-driver --identify         names the allocator in the process
//
// JSON lines on standard output: first {"start": ...}, then samples {"time_ns": ...} and heartbeats
// {"progress": records}, last {"end": records, ...}. Exit codes: 0 done; 2 bad input; 3 the host
// lacks a facility; 4 the allocator broke an object (--verify).
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

// When memory runs out, the kernel shall end this process and no other.
static void offer_to_be_killed(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t written = write(file, "1000", 4);
    (void)written;
    close(file);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--identify") == 0) {
        // An allocator may set itself up at the first call.
        free(malloc(1));
        line_begin("start", 0);
        statistics_identify();
        line_send();
        return 0;
    }
    bool verify = count == 3 && strcmp(arguments[1], "--verify") == 0;
    if (count != 2 + verify || (arguments[count - 1][0] == '-' && arguments[count - 1][1] != 0)) {
        fail(EXIT_BAD_INPUT, "usage: heap-driver [--verify] FILE, or heap-driver --identify", 0);
    }
    offer_to_be_killed();
    struct flat flat = flat_open(arguments[count - 1]);
    heap_begin(&flat, verify);
    sampler_begin();
    // What the process holds before the first event: the C runtime's and the allocator's own start.
    struct resident resident = sampler_take();
    line_begin("start", flat.header->record_count);
    statistics_identify();
    line_number("resident_bytes", resident.bytes);
    line_send();
    replay(&flat);
    return 0;
}
