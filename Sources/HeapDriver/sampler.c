// What a process holds, read from the kernel. The rule: resident bytes count when they lie in a
// private mapping without a file. That leaves out this program's own tables, the flat file, code and
// data of the program and its libraries (their zero-initialised data too), and the main stack.
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

enum { BLOCK_SHIFT = 21, PAGE_SHIFT = 12, BUFFER_BYTES = 1 << 20 };
static const uint64_t address_bits = 47;

static char *buffer;
static uint64_t *pages;
static int pagemap;
// For each 2 MiB block of the address space the number of the last sample that saw live data in it,
// or a resident page. Sparse: only where the heap lies is there memory behind it.
static uint32_t *live_stamp, *resident_stamp;
static uint32_t sample_number;

// Address ranges of the program and its libraries.
static struct { uint64_t start, end; } modules[256];
static size_t module_count;

static int add_module(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    uint64_t start = UINT64_MAX, end = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = info->dlpi_phdr + i;
        if (part->p_type != PT_LOAD) continue;
        if (info->dlpi_addr + part->p_vaddr < start) start = info->dlpi_addr + part->p_vaddr;
        uint64_t last = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        if (last > end) end = last;
    }
    if (module_count == sizeof modules / sizeof *modules) return 1;
    modules[module_count].start = start;
    modules[module_count++].end = end;
    return 0;
}

void sampler_begin(void) {
    buffer = own_memory(BUFFER_BYTES, true);
    pages = own_memory(BUFFER_BYTES, true);
    live_stamp = own_memory(sizeof(uint32_t) << (address_bits - BLOCK_SHIFT), false);
    resident_stamp = own_memory(sizeof(uint32_t) << (address_bits - BLOCK_SHIFT), false);
    pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0) fail(EXIT_HOST_LACKS, "/proc/self/pagemap cannot be opened", 0);
    dl_iterate_phdr(add_module, NULL);
}

static bool in_module(uint64_t address) {
    for (size_t i = 0; i < module_count; i++) {
        if (address >= modules[i].start && address < modules[i].end) return true;
    }
    return false;
}

static void count_live_blocks(struct resident *result) {
    uint64_t last = UINT64_MAX;
    for (uint64_t slot = 0; slot < heap.slot_count; slot++) {
        const struct object *object = heap.objects + slot;
        if (object->size == 0) continue;
        uint64_t block = (uintptr_t)object->start >> BLOCK_SHIFT;
        uint64_t end = ((uintptr_t)object->start + object->size - 1) >> BLOCK_SHIFT;
        if (block == last && block == end) continue;
        for (; block <= end; block++) {
            if (live_stamp[block] == sample_number) continue;
            live_stamp[block] = sample_number;
            result->live_blocks++;
        }
        last = end;
    }
}

// One entry of /proc/self/smaps.
struct mapping {
    uint64_t start, end, resident, huge;
    bool is_heap;
};

static void count_resident_blocks(const struct mapping *mapping, struct resident *result) {
    uint64_t page = mapping->start >> PAGE_SHIFT;
    uint64_t end = mapping->end >> PAGE_SHIFT;
    while (page < end) {
        uint64_t count = end - page;
        if (count > BUFFER_BYTES / sizeof *pages) count = BUFFER_BYTES / sizeof *pages;
        ssize_t got = pread(pagemap, pages, count * sizeof *pages, (off_t)(page * sizeof *pages));
        if (got <= 0) return;
        count = (uint64_t)got / sizeof *pages;
        for (uint64_t i = 0; i < count; i++) {
            // Bit 63: the page is in memory.
            if (pages[i] >> 63 == 0) continue;
            uint64_t block = (page + i) >> (BLOCK_SHIFT - PAGE_SHIFT);
            if (resident_stamp[block] == sample_number) continue;
            resident_stamp[block] = sample_number;
            result->blocks++;
            if (live_stamp[block] != sample_number) result->empty_blocks++;
        }
        page += count;
    }
}

static void finish_mapping(struct mapping *mapping, struct resident *result) {
    if (mapping->is_heap && mapping->resident > 0) {
        result->bytes += mapping->resident;
        result->huge_bytes += mapping->huge;
        count_resident_blocks(mapping, result);
    }
    mapping->is_heap = false;
}

static uint64_t number(const char **text, unsigned base) {
    uint64_t value = 0;
    for (;; (*text)++) {
        unsigned char digit = (unsigned char)**text;
        unsigned worth = digit >= '0' && digit <= '9' ? digit - '0'
            : digit >= 'a' && digit <= 'f'            ? digit - 'a' + 10u
                                                      : 99u;
        if (worth >= base) return value;
        value = value * base + worth;
    }
}

// `Rss:    12 kB`, the part behind the colon.
static uint64_t kilobytes(const char *text) {
    while (*text == ' ') text++;
    return number(&text, 10) << 10;
}

// START-END PERMISSIONS OFFSET DEVICE INODE    NAME
static void begin_mapping(const char *text, struct mapping *mapping) {
    *mapping = (struct mapping){0};
    mapping->start = number(&text, 16);
    text++;
    mapping->end = number(&text, 16);
    bool is_shared = text[4] == 's';
    for (int field = 0; field < 4; field++) {
        while (*text == ' ') text++;
        while (*text != ' ' && *text != 0) text++;
    }
    while (*text == ' ') text++;
    bool has_name = *text != 0;
    bool is_anonymous = !has_name || strncmp(text, "[heap]", 6) == 0
        || strncmp(text, "[anon", 5) == 0;
    mapping->is_heap = is_anonymous && !is_shared && !in_module(mapping->start);
}

static void read_line(const char *text, struct mapping *mapping, struct resident *result) {
    // Attributes begin with a capital letter, mappings with a hexadecimal address.
    if (*text < 'A' || *text > 'Z') {
        finish_mapping(mapping, result);
        begin_mapping(text, mapping);
    } else if (strncmp(text, "Rss:", 4) == 0) {
        mapping->resident = kilobytes(text + 4);
    } else if (strncmp(text, "AnonHugePages:", 14) == 0) {
        mapping->huge = kilobytes(text + 14);
    }
}

static void count_mappings(struct resident *result) {
    int file = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
    if (file < 0) fail(EXIT_HOST_LACKS, "/proc/self/smaps cannot be opened", 0);
    struct mapping mapping = {0};
    size_t kept = 0;
    ssize_t got;
    while ((got = read(file, buffer + kept, BUFFER_BYTES - kept)) > 0) {
        size_t filled = kept + (size_t)got;
        char *start = buffer, *end;
        while ((end = memchr(start, '\n', (size_t)(buffer + filled - start))) != NULL) {
            *end = 0;
            read_line(start, &mapping, result);
            start = end + 1;
        }
        kept = (size_t)(buffer + filled - start);
        memmove(buffer, start, kept);
    }
    finish_mapping(&mapping, result);
    close(file);
}

struct resident sampler_take(void) {
    struct resident result = {0};
    sample_number++;
    count_live_blocks(&result);
    count_mappings(&result);
    return result;
}
