// vm-oracle: does memory operations on this host's kernel and says what came of them, so that a
// simulated machine can be compared with the real one.
//
// It reads batches of sequences from standard input and writes their results to standard output, both
// as the structures below, little-endian, without padding of their own. Each sequence runs in a fresh
// process in which the pages [base, base + pages) and far around them hold nothing else; whatever it
// does there, the oracle itself lies elsewhere and goes on. A sequence may fork: operation by operation
// the processes take turns, in the order of the sequence.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REQUEST_MAGIC = 0x51524d56,   // "VMRQ"
    RESPONSE_MAGIC = 0x53524d56,  // "VMRS"
    PROTOCOL_VERSION = 1,
    FILES = 2,
    MAX_PROCESSES = 8,
    MAX_PAGES = 256,
    MAX_OPERATIONS = 65536,
    PAGE = 4096,
};

// Where in a page operations touch it and a result shows it: four bytes stand for the page until a
// sweep reads all of it.
static const uint16_t sample_offsets[4] = {0, 1000, 2048, 4095};

// Before the sequences of a batch.
struct request {
    uint32_t magic, version;
    uint32_t sequences;
    uint32_t reserved;
    uint64_t bytes;  // of what follows
};

// One sequence; its operations follow.
struct sequence {
    uint64_t base;       // address of the first page of the range
    uint32_t pages;      // of the range
    uint32_t operations;
    uint32_t observe;    // enum observation, or-ed: what every result shows
    uint32_t reserved;
    uint64_t file_bytes[FILES];  // byte B of file F is file_byte(F, B)
    uint64_t heap;       // where the heap begins, which is empty then; 0 for no heap in the range
};

enum observation { OBSERVE_AREAS = 1, OBSERVE_PAGES = 2 };

enum kind {
    KIND_NOTHING,     // only observes
    KIND_MMAP,        // address, length, protection, flags, file (0 none, else its number), offset = other
    KIND_MUNMAP,      // address, length
    KIND_MPROTECT,    // address, length, protection
    KIND_MREMAP,      // address, length (old), flags, other = new address, other_length = new length
    KIND_MADVISE,     // address, length, flags = advice
    KIND_MLOCK,       // address, length, flags = those of mlock2
    KIND_MUNLOCK,     // address, length
    KIND_MSYNC,       // address, length, flags
    KIND_READ,        // one byte at address; its value is the result
    KIND_WRITE,       // one byte at address; flags = its value
    KIND_FORK,        // other = number of the new process
    KIND_END,         // other = number of a child of this process, without living children; it ends
    KIND_SWEEP,       // reads every page of the range from the first on: a hash each
    KIND_FILE_WRITE,  // one byte of file at offset = address; flags = its value
    KIND_TRUNCATE,    // of file to length
    KIND_MINCORE,     // address, length: the number of resident pages
    KIND_BRK,         // address; the result is the new end, or the old one
    KINDS,
};

struct operation {
    uint8_t kind;
    uint8_t process;     // 0 is the first
    uint8_t protection;
    uint8_t file;
    uint32_t flags;
    uint64_t address;    // absolute
    uint64_t length;
    uint64_t other;
    uint64_t other_length;
};

struct response {
    uint32_t magic;
    uint32_t sequences;
    uint64_t bytes;  // of what follows
};

enum outcome { OUTCOME_COMPLETE, OUTCOME_DIED, OUTCOME_OVERFLOW };

// One sequence; its results follow.
struct sequence_result {
    uint32_t outcome;
    uint32_t results;
    uint64_t bytes;  // of what follows for this sequence
};

// One operation. What follows it: page[pages] when pages were observed, then area[areas], then, after
// a sweep, uint64_t[pages]: hash of the page (never below 4096), or signal << 8 | code.
struct result {
    int64_t value;   // of the call, or -errno; OUTSIDE for an address outside of the range, which is
                     // unmapped again at once; the address that a signal names
    uint8_t signal;  // 0 when none came
    uint8_t code;    // si_code
    uint8_t process;
    uint8_t refused; // 1: not done, because it could have harmed the oracle
    uint16_t areas;
    uint16_t pages;
};

enum { OUTSIDE = 1 };

struct page {
    uint8_t state;     // enum page_state
    uint8_t sampled;   // 1 when bytes are known: the page is present and its area may be read
    uint8_t bytes[4];  // at sample_offsets
};

enum page_state { PAGE_PRESENT = 1, PAGE_SWAPPED = 2, PAGE_FILE = 4, PAGE_EXCLUSIVE = 8, PAGE_ZERO = 16 };

struct area {
    uint64_t start, end;
    uint64_t offset;      // bytes into the file or shared object
    uint8_t permissions;  // 1 read, 2 write, 4 execute, 8 shared
    uint8_t file;         // 0 anonymous and private, 1... a file, 255 shared anonymous or another
    uint8_t reserved[6];
};

// Content of the files: no two pages alike, no byte zero.
static inline uint8_t file_byte(unsigned file, uint64_t at)
{
    return (uint8_t)(1 + (at / PAGE * 31 + at % PAGE * 7 + at % PAGE / 256 + file * 101) % 255);
}

// world.c: the sequence itself, in a process of its own.
void world_prepare(void);
_Noreturn void world_run(const struct sequence *sequence, const struct operation *operations);
// The files of the sequences, as those expect them at the beginning.
void world_files(const struct sequence *sequence);

// observe.c
void observe_prepare(void);
// In every new process: what it observes is itself.
void observe_begin(void);
unsigned observe_pages(const struct sequence *sequence, struct page *pages);
unsigned observe_areas(const struct sequence *sequence, struct area *areas);

// memory shared by the processes of a sequence and the program
struct shared {
    _Atomic uint32_t step;       // of the sequence: operations done
    _Atomic uint32_t results;
    uint64_t capacity, used;
    uint32_t overflow;
    uint8_t data[];
};
extern struct shared *shared;

struct file_identity { uint64_t device, inode; };
extern struct file_identity identities[FILES];
extern int files[FILES];

// main.c: runs one sequence in a process of its own; struct sequence_result and results are added to the
// shared data.
void serve(const struct sequence *sequence, const struct operation *operations);
_Noreturn void fail(const char *what);
// selftest.c: the exit status.
int self_test(void);
