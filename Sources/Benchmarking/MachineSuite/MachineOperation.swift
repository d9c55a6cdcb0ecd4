/// What the machine suite measures, each per page or per call.
public enum MachineOperation: String, CaseIterable, Codable, Sendable {
  case fault
  case faultContents = "fault-contents"
  case populate
  case fork
  case copyOnWrite = "copy-on-write"
  case reuse = "reuse"
  case unmapShared = "unmap-shared"
  case unmap
  case findArea = "find-area"
  case mapUnmap = "map-unmap"
  case touchResident = "touch-resident"
  case hostFault = "host-fault"
  case hostUnmap = "host-unmap"

  public var title: String {
    switch self {
    case .fault: "demand-zero fault"
    case .faultContents: "demand-zero fault, bytes kept"
    case .populate: "page of a populated mapping"
    case .fork: "entry copied by fork"
    case .copyOnWrite: "copy-on-write fault"
    case .reuse: "write fault of the last owner"
    case .unmapShared: "page unmapped, shared"
    case .unmap: "page unmapped and freed"
    case .findArea: "area found among 10,000"
    case .mapUnmap: "mmap and munmap among 10,000 areas"
    case .touchResident: "access that hits the TLB"
    case .hostFault: "this host's kernel: touch fault"
    case .hostUnmap: "this host's kernel: page unmapped"
    }
  }

  /// What one of it is.
  public var unit: String {
    switch self {
    case .findArea: "lookup"
    case .mapUnmap: "pair"
    case .touchResident: "access"
    case .fork: "entry"
    default: "page"
    }
  }

  /// Whether every one of it passes over a page's descriptor and entry, so that the pass over these
  /// alone is a floor of its cost.
  public var hasFloor: Bool {
    switch self {
    case .fault, .populate, .fork, .unmap, .unmapShared: true
    default: false
    }
  }
}
