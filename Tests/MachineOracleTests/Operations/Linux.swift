/// Linux's numbers for what an operation asks, as x86-64 has them.
enum Linux {
  enum Protection {
    static let read: UInt8 = 1
    static let write: UInt8 = 2
    static let execute: UInt8 = 4
  }

  enum Map {
    static let shared: UInt32 = 1
    static let `private`: UInt32 = 2
    static let validate: UInt32 = 3
    static let type: UInt32 = 15
    static let fixed: UInt32 = 0x10
    static let anonymous: UInt32 = 0x20
    static let growsDown: UInt32 = 0x100
    static let locked: UInt32 = 0x2000
    static let noReserve: UInt32 = 0x4000
    static let populate: UInt32 = 0x8000
    static let fixedNoReplace: UInt32 = 0x10_0000
  }

  enum Remap {
    static let mayMove: UInt32 = 1
    static let fixed: UInt32 = 2
    static let dontUnmap: UInt32 = 4
  }

  enum Advice {
    static let normal: UInt32 = 0
    static let random: UInt32 = 1
    static let sequential: UInt32 = 2
    static let willNeed: UInt32 = 3
    static let dontNeed: UInt32 = 4
    static let free: UInt32 = 8
    static let remove: UInt32 = 9
    static let dontFork: UInt32 = 10
    static let doFork: UInt32 = 11
    static let hugePage: UInt32 = 14
    static let noHugePage: UInt32 = 15
    static let dontDump: UInt32 = 16
    static let doDump: UInt32 = 17
    static let wipeOnFork: UInt32 = 18
    static let keepOnFork: UInt32 = 19
    static let cold: UInt32 = 20
    static let pageOut: UInt32 = 21
    static let populateRead: UInt32 = 22
    static let populateWrite: UInt32 = 23
    static let dontNeedLocked: UInt32 = 24
  }

  enum Sync {
    static let async: UInt32 = 1
    static let invalidate: UInt32 = 2
    static let sync: UInt32 = 4
  }

  static let lockOnFault: UInt32 = 1
  /// One page above the highest address of a process.
  static let addressEnd: UInt64 = 0x7fff_ffff_f000
  static let pageBytes: UInt64 = 4096
}

/// The errors that these calls give.
enum Code: Int64 {
  case nomem = 12
  case access = 13
  case fault = 14
  case busy = 16
  case exists = 17
  case invalid = 22
  case badFile = 9
  case again = 11
  case noChild = 10
  case overflow = 75
  case notSupported = 95

  /// The kernel's name, or the number.
  static func name(_ number: Int64) -> String {
    switch Code(rawValue: number) {
    case .nomem: "ENOMEM"
    case .access: "EACCES"
    case .fault: "EFAULT"
    case .busy: "EBUSY"
    case .exists: "EEXIST"
    case .invalid: "EINVAL"
    case .badFile: "EBADF"
    case .again: "EAGAIN"
    case .noChild: "ECHILD"
    case .overflow: "EOVERFLOW"
    case .notSupported: "EOPNOTSUPP"
    case nil: "errno \(number)"
    }
  }
}
