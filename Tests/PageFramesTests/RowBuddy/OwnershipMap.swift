import MemoryUnits
import PageFrames
import Synchronization

/// Who has which frame, written by all threads: a frame that is handed out twice, or freed by one who
/// does not have it, is seen at once.
///
/// The marks are exchanged with relaxed order, so that the map adds no ordering that would hide a
/// missing one in the allocator.
@safe
final class OwnershipMap: @unchecked Sendable {
  private let start: Int
  private let count: Int
  private let owners: UnsafeMutablePointer<Atomic<UInt8>>
  /// 1 + the first frame that had a wrong owner.
  private let wrong = Atomic<Int>(0)

  init(_ range: FrameRange) {
    start = range.start.index
    count = range.count
    unsafe owners = .allocate(capacity: count)
    for frame in 0..<count { unsafe (owners + frame).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe owners.deinitialize(count: count)
    unsafe owners.deallocate()
  }

  var firstWrongFrame: Int? {
    let frame = wrong.load(ordering: .relaxed)
    return frame == 0 ? nil : frame - 1
  }

  /// Nobody has them, then `owner` does, 1...255; or the other way round.
  func take(_ frames: FrameRange, owner: UInt8) { pass(frames, from: 0, to: owner) }
  func give(_ frames: FrameRange, owner: UInt8) { pass(frames, from: owner, to: 0) }

  private func pass(_ frames: FrameRange, from: UInt8, to: UInt8) {
    for frame in frames.start.index..<frames.end.index {
      guard frame >= start, frame < start + count,
        unsafe owners[frame - start].exchange(to, ordering: .relaxed) == from
      else {
        _ = wrong.compareExchange(expected: 0, desired: frame + 1, ordering: .relaxed)
        continue
      }
    }
  }

  var takenFrames: Int {
    (0..<count).count { unsafe owners[$0].load(ordering: .relaxed) != 0 }
  }
}
