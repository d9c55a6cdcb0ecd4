import Testing
import TraceFormats

@Suite("Summary of a heap trace")
struct HeapTraceSummaryTests {
  @Test("the live peak counts heap and mappings, and what a resize adds or takes")
  func livePeak() {
    let records = [
      HeapRecord(.allocate, slot: 0, size: 100), HeapRecord(.map, slot: 1, size: 4096),
      HeapRecord(.reallocate, slot: 0, size: 5000), HeapRecord(.remap, slot: 1, size: 1000),
      HeapRecord(.free, slot: 0), HeapRecord(.allocateZeroed, slot: 0, size: 7000),
      HeapRecord(.unmap, slot: 1),
    ]
    let trace = HeapTrace(
      records: records, slotCount: 2, threadCount: 1, spanNs: 0, origin: "test")
    #expect(trace.livePeakBytes == 9096)
  }
}
