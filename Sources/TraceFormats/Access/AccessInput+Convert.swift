/// What a conversion wrote.
public struct AccessConversion: Sendable {
  public var summary: AccessTraceSummary
  /// As the recording has them.
  public var origin: String
  public var caveats: [String]
}

extension AccessInput {
  /// Writes all that is left of the input as a recording of ours, with its caveats; nothing stays of a
  /// recording whose input turns out to be bad.
  public consuming func convert(to path: String) throws(TraceError) -> AccessConversion {
    var writer = try AccessTraceWriter(path: path, origin: origin)
    var summary = AccessTraceSummary()
    do {
      var batch: [AccessRecord] = []
      while try next(&batch) {
        try writer.append(batch)
        summary.add(batch)
      }
      for caveat in caveats { try writer.note(caveat) }
    } catch {
      writer.discard()
      throw error
    }
    let conversion = AccessConversion(summary: summary, origin: origin, caveats: caveats)
    try writer.seal()
    return conversion
  }
}
