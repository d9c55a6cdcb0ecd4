#define _GNU_SOURCE
#include "CHardware.h"

#include <cpuid.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *framelab_map_sparse(size_t bytes, int huge) {
  void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return NULL;
  // Advice may fail (a kernel without huge pages); nothing depends on it.
  (void)madvise(start, bytes, MADV_DONTDUMP);
  (void)madvise(start, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  return start;
}

// A page whose protection is changed where membarrier is missing; null while it is there.
static _Atomic(char *) barrier_page;

void framelab_barrier_register(void) {
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0) return;
  if (atomic_load(&barrier_page)) return;
  char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) abort();
  char *expected = NULL;
  if (!atomic_compare_exchange_strong(&barrier_page, &expected, page)) (void)munmap(page, 4096);
}

void framelab_barrier_all(void) {
  char *page = atomic_load(&barrier_page);
  if (!page) {
    (void)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    return;
  }
  // Taking a right away from a page that is in use makes the kernel flush it from every core that
  // runs a thread of this process, by an interrupt, which is a barrier there.
  static atomic_flag taken = ATOMIC_FLAG_INIT;
  while (atomic_flag_test_and_set(&taken)) sched_yield();
  (void)mprotect(page, 4096, PROT_READ | PROT_WRITE);
  *(volatile char *)page = 1;
  (void)mprotect(page, 4096, PROT_NONE);
  atomic_flag_clear(&taken);
}

void framelab_yield(void) { (void)sched_yield(); }

void framelab_unmap(void *start, size_t bytes) { (void)munmap(start, bytes); }

void framelab_discard(void *start, size_t bytes) {
  // Where advice is refused (locked memory), zeros cost host memory but are still zeros.
  if (madvise(start, bytes, MADV_DONTNEED) != 0) memset(start, 0, bytes);
}

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void framelab_provide(void *start, size_t bytes) {
  (void)madvise(start, bytes, MADV_POPULATE_WRITE);
}

int framelab_allowed_processors(void) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  int count = CPU_COUNT(&allowed);
  return count > 0 ? count : 1;
}

void framelab_pin_thread(int n) {
  cpu_set_t allowed, one;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (!CPU_ISSET(processor, &allowed) || n-- > 0) continue;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    (void)sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

static char *append(char *to, const char *text, size_t room) {
  size_t length = strlen(text);
  if (length > room) length = room;
  memcpy(to, text, length);
  return to + length;
}

static char *append_number(char *to, uint64_t number) {
  char digits[20];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number);
  while (count) *to++ = digits[--count];
  return to;
}

typedef long long two_words __attribute__((vector_size(16)));

// x moved on by the distance whose powers of x modulo the polynomial are in `by`, and `next` added.
__attribute__((target("pclmul"))) static inline two_words fold(
    two_words x, two_words by, two_words next) {
  return __builtin_ia32_pclmulqdq128(x, by, 0x00) ^ __builtin_ia32_pclmulqdq128(x, by, 0x11) ^ next;
}

static inline two_words load(const uint8_t *bytes) {
  two_words word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Intel 2009:
// four strands of 128 bits, each moved on by 512, at the end by 128 into one. The powers are those of
// the bit-reflected polynomial 0xedb88320. What remains is left to a plain CRC.
__attribute__((target("pclmul"))) static size_t fold_all(
    const uint8_t *bytes, size_t count, uint8_t folded[16]) {
  const two_words by512 = {0x154442bd4, 0x1c6e41596};
  const two_words by128 = {0x1751997d0, 0x0ccaa009e};
  two_words a = load(bytes), b = load(bytes + 16), c = load(bytes + 32), d = load(bytes + 48);
  // The register begins with all ones.
  a ^= (two_words){0xffffffff, 0};
  size_t done = 64;
  for (; count - done >= 64; done += 64) {
    a = fold(a, by512, load(bytes + done));
    b = fold(b, by512, load(bytes + done + 16));
    c = fold(c, by512, load(bytes + done + 32));
    d = fold(d, by512, load(bytes + done + 48));
  }
  a = fold(fold(fold(a, by128, b), by128, c), by128, d);
  for (; count - done >= 16; done += 16) a = fold(a, by128, load(bytes + done));
  memcpy(folded, &a, sizeof a);
  return done;
}

size_t framelab_crc32_fold(const uint8_t *bytes, size_t count, uint8_t folded[16]) {
  unsigned a, b, c = 0, d;
  if (count < 64 || !__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_PCLMUL)) return 0;
  return fold_all(bytes, count, folded);
}

_Noreturn void framelab_frame_fault(const uint8_t *what, uint64_t frame, uint64_t order) {
  char line[256];
  char *end = append(line, "framelab: ", 16);
  end = append(end, (const char *)what, 160);
  end = append(end, ": frame ", 16);
  end = append_number(end, frame);
  end = append(end, ", order ", 16);
  end = append_number(end, order);
  *end++ = '\n';
  // One write: lines of several processes on one pipe do not mix.
  ssize_t written = write(STDERR_FILENO, line, (size_t)(end - line));
  (void)written;
  abort();
}
