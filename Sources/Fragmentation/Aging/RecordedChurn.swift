/// What a recorded program did with pages: objects come and go, in the recorded order.
public struct RecordedChurn: Hashable, Sendable {
  /// An object comes, or it goes.
  public struct Step: Hashable, Sendable {
    /// The number of the object; it is used again once the object has gone.
    public var object: UInt32
    /// Pages with which it comes, 1...512; 0 where it goes.
    public var pages: UInt16

    public init(_ object: Int, pages: Int) {
      self.object = UInt32(object)
      self.pages = UInt16(pages)
    }
  }

  public let steps: [Step]
  /// All numbers of objects are below this one.
  public let objectCount: Int
  /// The most pages at once, and their mean over the steps; both above 0.
  public let peakPages: Int
  public let meanPages: Double

  /// Objects of more pages than this come and go in pieces.
  public static var mostPages: Int { 512 }

  /// Nil for steps in which no object ever comes.
  ///
  /// Ends the process when an object comes that is there, or one goes that is not.
  public init?(_ steps: [Step]) {
    let count = (steps.map(\.object).max()).map { Int($0) + 1 } ?? 0
    var sizes = [UInt16](repeating: 0, count: count)
    var live = 0
    var peak = 0
    var sum = 0
    for step in steps {
      let object = Int(step.object)
      precondition((sizes[object] == 0) == (step.pages > 0), "no order of comings and goings")
      precondition(step.pages <= Self.mostPages, "an object of more than 512 pages")
      live += Int(step.pages) - (step.pages > 0 ? 0 : Int(sizes[object]))
      sizes[object] = step.pages
      peak = max(peak, live)
      sum += live
    }
    guard peak > 0 else { return nil }
    self.steps = steps
    objectCount = count
    peakPages = peak
    meanPages = Double(sum) / Double(steps.count)
  }

  /// The share of its most pages that the program does not have at a time, on average: how far memory
  /// that was full of such programs empties. Within 0.05...0.9, so that something is free and something
  /// stays.
  public var freeShare: Double {
    min(max(1 - meanPages / Double(peakPages), 0.05), 0.9)
  }

  /// Whether memory of so many frames can be filled by programs of this kind, 4096 at most.
  public func canFill(frames: Int) -> Bool {
    Double(frames) <= meanPages * Double(Self.mostPrograms / 2)
  }

  /// Programs at a time.
  static var mostPrograms: Int { 8192 }
}
