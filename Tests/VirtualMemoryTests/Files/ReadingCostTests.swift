import Testing
import VirtualMemory

@Suite("Files: reading by copy and by mapping")
struct ReadingCostTests {
  @Test("both see the same bytes; read copies them all, mmap none; read faults on its buffer alone")
  func comparison() throws {
    let size = 1_000_000
    let rows = try Machine.compareReading(
      of: MemoryFileStore(pattern(size)), MachineConfiguration(frameCount: 1024))
    #expect(
      rows.map(\.way) == ["read 64 KiB, cold", "read 64 KiB, warm", "mmap, cold", "mmap, warm"])
    #expect(Set(rows.map(\.checksum)).count == 1)
    #expect(rows.allSatisfy { $0.fileBytes == size })
    #expect(rows.map(\.bytesCopied) == [1_000_000, 1_000_000, 0, 0])
    #expect(rows.map(\.majorFaults)[0] == 0)
    #expect(rows.map(\.kibibytesRead) == [980, 0, 980, 0])
    // 16 pages of a buffer, once.
    #expect(rows[0].faults == 16)
    #expect(rows[1].faults == 16)
    #expect(rows[2].majorFaults > 0)
    #expect(rows[3].majorFaults == 0)
    // One fault for 16 of the 245 pages.
    #expect(rows[3].faults == 16)
    #expect(rows.map(\.systemCalls) == [20, 20, 3, 3])
    #expect(rows.map(\.framesBesideCache) == [16, 16, 0, 0])
    #expect(rows.allSatisfy { $0.tlbMisses > 0 })
  }
}
