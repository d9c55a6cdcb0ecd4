import Foundation
import HostFiles
import MemoryUnits
import VirtualMemory

// mmapcopy FILE: copies a file of the host to standard output, bit for bit, through one private
// read-only mapping of its whole size, in a simulated machine of 64 MiB however long the file is; what
// that took goes to standard error.

func fail(_ message: String, _ code: Int32) -> Never {
  try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
  exit(code)
}

guard CommandLine.arguments.count == 2 else { fail("usage: mmapcopy FILE", 64) }
let path = CommandLine.arguments[1]
do {
  let store = try HostFileStore(path)
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
