import Foundation
import LinuxHost
import Testing
import TraceFormats

/// Small programs that do known things, and what the recorder says they did.
@Suite("Heap recorder against programs that do known things")
struct HeapRecorderTruthTests {
  @Test("Every function of the heap is recorded with its size and alignment, in order")
  func everyFunction() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        void *a = malloc(BIG(0));
        void *b = calloc(3, BIG(1));
        a = realloc(a, BIG(2));
        a = realloc(a, BIG(200000));
        a = reallocarray(a, 2, BIG(3));
        void *c = aligned_alloc(64, BIG(4));
        void *d;
        if (posix_memalign(&d, 4096, BIG(5)) != 0) return 1;
        void *e = memalign(1 << 21, BIG(6));
        void *f = valloc(BIG(7));
        void *g = pvalloc(BIG(8));
        void *h = realloc(NULL, BIG(9));
        errno = 7;
        if (realloc(h, (size_t)1 << 60) != NULL) return 2;
        if (reallocarray(h, (size_t)1 << 40, (size_t)1 << 40) != NULL) return 3;
        if (malloc((size_t)1 << 60) != NULL) return 4;
        h = realloc(h, 0);
        if (h != NULL) return 5;
        free(NULL);
        errno = 7;
        free(a); free(b); free(c); free(d); free(e); free(f); free(g);
        if (errno != 7) return 6;
        void *last = malloc(BIG(10));
        if (malloc_usable_size(last) < BIG(10)) return 7;
        return 0;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    let file = try #require(recording.files.first)
    #expect(recording.files.count == 1)
    #expect(file.path == program.output)
    #expect(file.lostEvents == 0)
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.origin == "framelab")
    let big = RecordedProgram.big(trace)
    let size = { (index: Int) in 1_000_003 + 16 * index }
    #expect(
      big.map(\.brief) == [
        "allocate \(size(0))", "allocateZeroed \(3 * size(1))", "reallocate \(size(2))",
        "reallocate \(size(200_000))", "reallocate \(2 * size(3))", "allocate \(size(4)) 2^6",
        "allocate \(size(5)) 2^12", "allocate \(size(6)) 2^21", "allocate \(size(7)) 2^12",
        "allocate \((size(8) + 4095) / 4096 * 4096) 2^12", "allocate \(size(9))", "free 0",
        "free 0", "free 0", "free 0", "free 0", "free 0", "free 0", "free 0",
        "allocate \(size(10))",
      ])
  }

  @Test("Anonymous mappings: parts unmapped, moved, replaced, reserved and opened")
  func mappings() throws {
    let program = try RecordedProgram(
      """
      #define PAGES(n) ((size_t)4096 * (n))
      #define MAP(address, pages, protection, flags) \\
        mmap(address, PAGES(pages), protection, MAP_PRIVATE | MAP_ANONYMOUS | (flags), -1, 0)
      int main(void) {
        int rw = PROT_READ | PROT_WRITE;
        char *a = MAP(NULL, 1000, rw, 0);
        munmap(a + PAGES(400), PAGES(100));      // a hole: 400 stay, 500 are a new mapping
        munmap(a, PAGES(100));                   // the front: 300 stay
        munmap(a, PAGES(1000));                  // all the rest, over the hole
        char *b = MAP(NULL, 300, rw, 0);
        b = mremap(b, PAGES(300), PAGES(2000), MREMAP_MAYMOVE);
        MAP(b + PAGES(1000), 500, rw, MAP_FIXED);  // in the middle of it
        char *c = MAP(NULL, 100000, PROT_NONE, 0); // not memory
        mprotect(c + PAGES(1000), PAGES(700), rw);
        mprotect(c + PAGES(1000), PAGES(800), rw); // 100 pages more
        mprotect(c + PAGES(1000), PAGES(800), PROT_READ);
        munmap(c, PAGES(100000));
        char *d = MAP(NULL, 600, rw, 0);
        if (munmap(d + 1, 4096) == 0) return 1;  // refused: nothing happened
        if (MAP(NULL, (size_t)1 << 40, rw, MAP_HUGETLB) != MAP_FAILED) return 2;
        return 0;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    let mappings = trace.records.filter {
      [.map, .unmap, .remap].contains($0.operation)
    }
    let pages = mappings.map { record in
      "\(record.operation.map { "\($0)" } ?? "?") \(record.size / 4096)"
    }
    // The last lines are not in the order of slots, which is nobody's business.
    #expect(
      pages == [
        "map 1000", "remap 400", "map 500", "remap 300", "unmap 0", "unmap 0",
        "map 300", "remap 2000", "remap 1000", "map 500", "map 500",
        "map 700", "map 100", "unmap 0", "unmap 0", "map 600",
      ])
  }

  @Test("Threads that pass objects to each other: every object once, none lost, none twice")
  func threads() throws {
    let program = try RecordedProgram(
      """
      enum { threads = 4, each = 60000, places = 512 };
      static void *shelf[places];
      static void *work(void *argument) {
        uint64_t seed = (uint64_t)argument * 0x9E3779B97F4A7C15u;
        for (int i = 0; i < each; i++) {
          seed = seed * 6364136223846793005u + 1442695040888963407u;
          void *mine = malloc(3000 + (seed >> 40) % 64);
          free(__atomic_exchange_n(&shelf[(seed >> 20) % places], mine, __ATOMIC_ACQ_REL));
        }
        return NULL;
      }
      int main(void) {
        pthread_t ids[threads];
        for (long i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, (void *)(i + 1));
        for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
        for (int i = 0; i < places; i++) free(shelf[i]);
        return 0;
      }
      """)
    let recording = try program.record()
    #expect(recording.exit == .exited(0))
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.threadCount == 5)
    let objects = RecordedProgram.big(trace, from: 3000).filter { $0.size < 3100 }
    #expect(objects.count { $0.operation == .allocate } == 4 * 60_000)
    #expect(objects.count { $0.operation == .free } == 4 * 60_000)
    #expect(zip(trace.records, trace.records.dropFirst()).allSatisfy { $0.timeNs <= $1.timeNs })
  }

  @Test("Many short-lived threads give their chunks back")
  func shortThreads() throws {
    let program = try RecordedProgram(
      """
      static void *work(void *unused) {
        for (int i = 0; i < 100; i++) free(malloc(5000));
        return malloc(BIG(0));
      }
      int main(void) {
        for (int i = 0; i < 300; i++) {
          pthread_t id;
          void *object;
          pthread_create(&id, NULL, work, NULL);
          pthread_join(id, &object);
          free(object);
        }
        return 0;
      }
      """)
    let recording = try program.record()
    #expect(recording.files.first?.lostEvents == 0)
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.caveats == [])
    #expect(trace.threadCount == 301)
    #expect(RecordedProgram.big(trace).count == 600)
    #expect(trace.records.count { $0.size == 5000 } == 30_000)
  }
}
