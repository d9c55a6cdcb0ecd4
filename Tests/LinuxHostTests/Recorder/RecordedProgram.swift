import Foundation
import LinuxHost
import Testing
import TraceFormats

/// A small C program, compiled and recorded in a folder of its own.
struct RecordedProgram: ~Copyable {
  let folder: URL

  /// - Parameter source: C; the usual headers are included already, and BIG(i) is a size that
  ///   nothing but the test asks for.
  init(_ source: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "framelab-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "program.c")
    try (Self.head + source).write(to: file, atomically: true, encoding: .utf8)
    let result = Command.run(
      "clang", "-O1", "-fno-builtin", "-pthread", "-Wall", "-o", program, file.path)
    try #require(result.status == 0, "\(result.errors)")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var program: String { folder.appending(path: "program").path }
  var output: String { folder.appending(path: "out.fltrace").path }

  var options: HeapRecordingOptions {
    HeapRecordingOptions(
      command: [program], output: output, library: Checkout.recorderLibrary)
  }

  /// Runs the program under the recorder.
  func record(interruption: () -> Int32? = { nil }) throws -> HeapRecording {
    var recorder = try HeapRecorder(options)
    return try recorder.run(interruption: interruption)
  }

  /// The records of objects that were asked for with sizes of at least `bytes`, and what became of
  /// them.
  static func big(_ trace: HeapTrace, from bytes: UInt64 = 1_000_000) -> [HeapRecord] {
    var isBig = [Bool](repeating: false, count: trace.slotCount)
    return trace.records.filter { record in
      let slot = Int(record.slot)
      let wasBig = isBig[slot]
      switch record.operation {
      case .free, .unmap: isBig[slot] = false
      default: isBig[slot] = record.size >= bytes
      }
      return wasBig || isBig[slot]
    }
  }

  private static let head = """
    #define _GNU_SOURCE
    #include <errno.h>
    #include <malloc.h>
    #include <pthread.h>
    #include <signal.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/resource.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <sys/wait.h>
    #include <unistd.h>
    #define BIG(i) (1000003u + 16u * (i))

    """
}

extension HeapRecord {
  /// `allocate 1000003`, `reallocate 2000003 2^6`: what a test compares.
  var brief: String {
    let shift = alignmentShift == 0 ? "" : " 2^\(alignmentShift)"
    return "\(operation.map { "\($0)" } ?? "?") \(size)\(shift)"
  }
}
