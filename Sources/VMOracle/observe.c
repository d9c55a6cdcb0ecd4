// What a process can learn of itself without changing anything: areas, page-table entries, and the
// bytes of pages that are there.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "oracle.h"

// PROCMAP_QUERY of Linux 6.11: one area of /proc/PID/maps as a structure.
struct procmap_query {
    uint64_t size, query_flags, query_addr;
    uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset, inode;
    uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
    uint64_t vma_name_addr, build_id_addr;
};
enum { QUERY_COVERING_OR_NEXT = 0x10 };
#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)

// Bits of a word of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst).
#define PAGEMAP_FRAME ((1ull << 55) - 1)
#define PAGEMAP_EXCLUSIVE (1ull << 56)
#define PAGEMAP_FILE (1ull << 61)
#define PAGEMAP_SWAPPED (1ull << 62)
#define PAGEMAP_PRESENT (1ull << 63)

static int pagemap = -1, maps = -1;
static uint64_t zero_frame;  // 0 when this user may not know
// What the last observation of areas saw: which pages may be read.
static uint8_t readable[MAX_PAGES];

void observe_prepare(void)
{
    observe_begin();
    volatile char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) fail("no page");
    (void)page[0];
    uint64_t word = 0;
    if (pread(pagemap, &word, 8, (off_t)((uintptr_t)page / PAGE * 8)) != 8) fail("/proc/self/pagemap");
    zero_frame = word & PAGEMAP_FRAME;
    munmap((void *)page, PAGE);
}

void observe_begin(void)
{
    if (pagemap >= 0) close(pagemap);
    if (maps >= 0) close(maps);
    pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0 || maps < 0) fail("/proc/self");
}

static uint8_t file_number(const struct procmap_query *query)
{
    if (query->inode == 0) return 0;
    for (unsigned i = 0; i < FILES; i++)
        if (query->inode == identities[i].inode &&
            makedev(query->dev_major, query->dev_minor) == identities[i].device)
            return (uint8_t)(i + 1);
    return 255;
}

unsigned observe_areas(const struct sequence *sequence, struct area *areas)
{
    uint64_t end = sequence->base + (uint64_t)sequence->pages * PAGE;
    unsigned count = 0;
    memset(readable, 0, sequence->pages);
    for (uint64_t at = sequence->base; at < end;) {
        struct procmap_query query = {
            .size = sizeof query, .query_flags = QUERY_COVERING_OR_NEXT, .query_addr = at};
        if (ioctl(maps, PROCMAP_QUERY, &query) != 0 || query.vma_start >= end) break;
        areas[count++] = (struct area){
            .start = query.vma_start, .end = query.vma_end, .offset = query.vma_offset,
            .permissions = (uint8_t)(query.vma_flags & 15), .file = file_number(&query)};
        if ((query.vma_flags & 7) != 0) {
            uint64_t from = query.vma_start > at ? query.vma_start : at;
            uint64_t to = query.vma_end < end ? query.vma_end : end;
            memset(readable + (from - sequence->base) / PAGE, 1, (to - from) / PAGE);
        }
        at = query.vma_end;
    }
    return count;
}

unsigned observe_pages(const struct sequence *sequence, struct page *pages)
{
    uint64_t words[MAX_PAGES];
    unsigned count = sequence->pages;
    if (pread(pagemap, words, count * 8, (off_t)(sequence->base / PAGE * 8)) != (ssize_t)count * 8)
        fail("pagemap");
    for (unsigned i = 0; i < count; i++) {
        uint64_t word = words[i];
        struct page page = {0};
        if (word & PAGEMAP_SWAPPED) page.state |= PAGE_SWAPPED;
        if (word & PAGEMAP_PRESENT) {
            page.state |= PAGE_PRESENT;
            if (word & PAGEMAP_FILE) page.state |= PAGE_FILE;
            if (word & PAGEMAP_EXCLUSIVE) page.state |= PAGE_EXCLUSIVE;
            if (zero_frame && (word & PAGEMAP_FRAME) == zero_frame) page.state |= PAGE_ZERO;
            if (readable[i]) {
                const volatile uint8_t *bytes = (void *)(sequence->base + (uint64_t)i * PAGE);
                page.sampled = 1;
                for (unsigned j = 0; j < 4; j++) page.bytes[j] = bytes[sample_offsets[j]];
            }
        }
        pages[i] = page;
    }
    return count;
}
