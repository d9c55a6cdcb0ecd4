/// Making a sequence small that shows a difference.
extension Comparer {
  /// Sequences that shrinking tries at most.
  private static var budget: Int { 800 }

  /// The difference again, with as few and as simple operations as show one.
  func shrunk(_ sequence: OperationSequence) throws -> Difference? {
    guard var best = difference(sequence, try reference.run([sequence])[0]) else { return nil }
    best = try rerun(best, Array(best.sequence.operations[...best.step])) ?? best
    var tries = 0
    var isBetter = true
    while isBetter, tries < Self.budget {
      isBetter = false
      var size = max(1, best.sequence.operations.count / 2)
      while size >= 1 {
        var at = 0
        while at < best.sequence.operations.count, tries < Self.budget {
          tries += 1
          var operations = best.sequence.operations
          operations.removeSubrange(at..<min(at + size, operations.count))
          if let smaller = try rerun(best, operations) {
            best = smaller
            isBetter = true
          } else {
            at += size
          }
        }
        size /= 2
      }
      for at in 0..<best.sequence.operations.count {
        guard at < best.sequence.operations.count, tries < Self.budget else { break }
        for simpler in best.sequence.operations[at].simpler {
          tries += 1
          var operations = best.sequence.operations
          operations[at] = simpler
          if let smaller = try rerun(best, operations) {
            best = smaller
            isBetter = true
            break
          }
        }
      }
    }
    return best
  }

  private func rerun(_ best: Difference, _ operations: [Operation]) throws -> Difference? {
    var candidate = best.sequence
    candidate.operations = Self.possible(operations)
    guard var found = difference(candidate, try reference.run([candidate])[0]) else { return nil }
    found.sequence.operations.removeSubrange((found.step + 1)...)
    return found
  }

  /// Without what processes do that were never begun, or have ended.
  private static func possible(_ operations: [Operation]) -> [Operation] {
    var parents: [UInt8: UInt8] = [0: 0]
    return operations.filter { operation in
      guard parents[operation.process] != nil else { return false }
      let number = UInt8(truncatingIfNeeded: operation.other)
      switch operation.kind {
      case .fork:
        if parents[number] != nil { return false }
        parents[number] = operation.process
      case .end:
        guard parents[number] == operation.process, !parents.contains(where: { $0.value == number })
        else { return false }
        parents[number] = nil
      default: break
      }
      return true
    }
  }
}

extension Operation {
  /// Operations that say less; the simplest first.
  fileprivate var simpler: [Operation] {
    var found: [Operation] = []
    func add(_ change: (inout Operation) -> Void) {
      var copy = self
      change(&copy)
      if copy != self { found.append(copy) }
    }
    switch kind {
    case .read, .write:
      add { $0.address &= ~4095 }
      if kind == .write { add { $0.flags = 1 } }
    case .mmap, .munmap, .mprotect, .mremap, .madvise, .mlock, .munlock, .msync:
      if length > 4096, length < 1 << 30 {
        add {
          $0.length = 4096; if kind == .mremap, otherLength == length { $0.otherLength = 4096 }
        }
        add { $0.length = (length - 1) & ~4095 }
        add {
          $0.address += 4096; $0.length -= 4096
        }
      }
      if kind == .mmap {
        for bit in [
          Linux.Map.populate, Linux.Map.locked, Linux.Map.noReserve, Linux.Map.growsDown,
          Linux.Map.fixedNoReplace,
        ] where flags & bit != 0 {
          add {
            $0.flags &= ~bit; $0.flags |= Linux.Map.fixed
          }
        }
        if file != 0 { add { $0.other = 0 } }
      }
      if kind == .mmap || kind == .mprotect { add { $0.protection = 3 } }
    default: break
    }
    return found
  }
}
