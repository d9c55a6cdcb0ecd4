#define _GNU_SOURCE
#include "CHardware.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

void framelab_unmap(void *start, size_t bytes) { (void)munmap(start, bytes); }

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
