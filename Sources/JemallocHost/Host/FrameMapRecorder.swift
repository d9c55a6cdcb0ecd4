internal import Foundation
internal import Results
internal import VirtualMemory

/// Notes at every sample what each frame is used for and by which instance.
struct FrameMapRecorder {
  private var writer: FrameMapWriter
  private var states: [UInt8] = []
  private var owners: [UInt8] = []

  init(_ run: borrowing HostRun) {
    let frames = unsafe run.machine.pointee.system.frameCount
    writer = FrameMapWriter(machineFrames: frames, hasOwners: true)
  }

  mutating func add(timeNs: UInt64, _ run: HostRun) {
    // Instances have the groups from 1 on, and group 0 is the kernel's: its frames are nobody's.
    unsafe run.machine.pointee.system.fillStates(&states, groups: &owners)
    writer.append(timeNs: timeNs, states: states, owners: owners)
  }

  mutating func finish() -> Data { writer.finish() }
}
