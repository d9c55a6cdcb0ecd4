import Foundation
import HostFiles
import MemoryUnits
import VirtualMemory

// mmapcopy FILE: copies a file of the host to standard output, bit for bit, through one private
// read-only mapping of its whole size, in a simulated machine of 64 MiB however long the file is; what
// that took goes to standard error.
//
// mmapcopy --compare FILE: what it takes a program to look at every byte of the file by read(2) into a
// buffer of 64 KiB, and through a mapping; each with an empty page cache and again with a full one.

func fail(_ message: String, _ code: Int32) -> Never {
  try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
  exit(code)
}

var arguments = CommandLine.arguments.dropFirst()
let isComparison = arguments.first == "--compare"
if isComparison { arguments.removeFirst() }
guard let path = arguments.first, arguments.count == 1 else {
  fail("usage: mmapcopy [--compare] FILE", 64)
}
do {
  let store = try HostFileStore(path)
  if isComparison {
    let frames = store.size >> 12 + 4096
    for row in try Machine.compareReading(of: store, MachineConfiguration(frameCount: frames)) {
      print(row)
    }
    exit(0)
  }
  var machine = Machine(MachineConfiguration(memory: ByteCount(64 << 20)))
  let task = try machine.spawn("mmapcopy")
  let file = try machine.open(task, store)
  try machine.mmapcopy(task, file) { bytes throws(Errno) in
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      throw .inputOutput
    }
  }
  let counters = machine.counters
  let summary =
    "\(store.size) bytes: \(counters.pgfault) faults, \(counters.pgmajfault) of them major, "
    + "\(counters.pgpgin) KiB read, \(counters.readahead) pages ahead, "
    + "\(counters.pgstealKswapd + counters.pgstealDirect) reclaimed\n"
  try? FileHandle.standardError.write(contentsOf: Data(summary.utf8))
} catch let error as Errno {
  fail("mmapcopy: \(path): \(error)", 1)
} catch {
  fail("mmapcopy: \(error)", 1)
}
