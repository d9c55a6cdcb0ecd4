internal import Foundation
internal import MemoryUnits
internal import PageFrames
internal import Results
internal import VirtualMemory

/// Notes at every sample what each frame is used for and by which instance.
struct FrameMapRecorder {
  private var writer: FrameMapWriter
  private var states: [UInt8] = []
  private var owners: [UInt8]

  init(_ run: borrowing HostRun) {
    let frames = unsafe run.machine.pointee.system.frameCount
    writer = FrameMapWriter(machineFrames: frames, hasOwners: true)
    owners = [UInt8](repeating: 0, count: frames)
  }

  mutating func add(timeNs: UInt64, _ run: HostRun) {
    unsafe run.machine.pointee.system.fillStates(&states)
    for frame in states.indices {
      guard states[frame] != FrameState.free.rawValue else {
        owners[frame] = 0
        continue
      }
      // Group 0 is the kernel's: those frames are nobody's.
      let group = unsafe run.machine.pointee.system.owner(of: FrameNumber(frame)).group
      owners[frame] = UInt8(min(group, 255))
    }
    writer.append(timeNs: timeNs, states: states, owners: owners)
  }

  mutating func finish() -> Data { writer.finish() }
}
