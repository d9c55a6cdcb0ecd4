// A sequence whose answers are known, in both directions: what works, and what must fail.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "oracle.h"

#define BASE 0x1000000000ull
#define FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)
#define AT(page) (BASE + (page) * PAGE)

struct expectation {
    struct operation operation;
    int64_t value;
    uint8_t signal, areas, refused;
    const char *pages;  // p present, z the zero page, . absent; NULL: not looked at
};

static const struct expectation script[] = {
    {{.kind = KIND_MMAP, .protection = 3, .flags = FIXED, .address = AT(0), .length = 4 * PAGE},
     AT(0), 0, 1, 0, "........"},
    {{.kind = KIND_WRITE, .flags = 7, .address = AT(0) + 1000}, 0, 0, 1, 0, "p......."},
    {{.kind = KIND_READ, .address = AT(1)}, 0, 0, 1, 0, "pz......"},
    {{.kind = KIND_READ, .address = AT(5) + 3}, AT(5) + 3, SIGSEGV, 1, 0, "pz......"},
    {{.kind = KIND_MPROTECT, .protection = 1, .address = AT(2), .length = PAGE}, 0, 0, 3, 0, "pz......"},
    {{.kind = KIND_WRITE, .flags = 7, .address = AT(2)}, AT(2), SIGSEGV, 3, 0, "pz......"},
    {{.kind = KIND_MUNMAP, .address = AT(0) + 1, .length = PAGE}, -EINVAL, 0, 3, 0, "pz......"},
    {{.kind = KIND_FORK, .other = 1}, 0, 0, 3, 0, "pz......"},
    {{.kind = KIND_WRITE, .process = 1, .flags = 9, .address = AT(0) + 1000}, 0, 0, 3, 0, "pz......"},
    {{.kind = KIND_READ, .address = AT(0) + 1000}, 7, 0, 3, 0, "pz......"},
    {{.kind = KIND_END, .other = 1}, 0, 0, 3, 0, "pz......"},
    {{.kind = KIND_MMAP, .protection = 1, .flags = MAP_SHARED | MAP_FIXED, .file = 2, .address = AT(7),
      .length = PAGE},
     AT(7), 0, 4, 0, "pz......"},
    {{.kind = KIND_READ, .address = AT(7) + 5}, 1 + (5 * 7 + 101) % 255, 0, 4, 0, "pz.....p"},
    {{.kind = KIND_MUNMAP, .address = 0x400000, .length = PAGE}, 0, 0, 4, 1, "pz.....p"},
    {{.kind = KIND_TRUNCATE, .file = 2, .length = 0}, 0, 0, 4, 0, "pz......"},
    {{.kind = KIND_READ, .address = AT(7)}, AT(7), SIGBUS, 4, 0, "pz......"},
    {{.kind = KIND_BRK, .address = AT(5) + 9}, AT(5) + 9, 0, 5, 0, "pz......"},
    {{.kind = KIND_WRITE, .address = AT(5)}, 0, 0, 5, 0, "pz...p.."},
};

int self_test(void)
{
    enum { COUNT = sizeof script / sizeof *script };
    struct operation operations[COUNT];
    for (unsigned i = 0; i < COUNT; i++) operations[i] = script[i].operation;
    struct sequence sequence = {.base = BASE, .pages = 8, .operations = COUNT,
        .observe = OBSERVE_AREAS | OBSERVE_PAGES, .file_bytes = {PAGE, 10}, .heap = AT(4) + 100};
    shared->used = 0;
    serve(&sequence, operations);
    const struct sequence_result *header = (void *)shared->data;
    const uint8_t *at = (void *)(header + 1);
    unsigned wrong = header->outcome != OUTCOME_COMPLETE || header->results != COUNT;
    for (unsigned i = 0; i < header->results; i++) {
        const struct result *result = (const void *)at;
        const struct page *pages = (const void *)(result + 1);
        const struct expectation *want = &script[i];
        bool right = result->value == want->value && result->signal == want->signal
            && result->areas == want->areas && result->refused == want->refused;
        for (unsigned p = 0; right && p < 8; p++) {
            uint8_t state = pages[p].state;
            char seen = !(state & PAGE_PRESENT) ? '.' : state & PAGE_ZERO ? 'z' : 'p';
            // A user without the right to see frame numbers cannot tell the zero page.
            right = seen == want->pages[p] || (seen == 'p' && want->pages[p] == 'z');
        }
        if (!right) {
            wrong++;
            printf("operation %u: value %lld, signal %u, %u areas\n", i, (long long)result->value,
                result->signal, result->areas);
        }
        at += sizeof *result + ((result->pages * sizeof *pages + 7) & ~7ull)
            + result->areas * sizeof(struct area);
    }
    printf("vm-oracle: %u of %u answers as expected\n", header->results - wrong, COUNT);
    return wrong != 0;
}
