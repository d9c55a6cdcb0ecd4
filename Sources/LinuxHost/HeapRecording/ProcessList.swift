internal import TraceFormats

/// The processes that are being recorded.
struct ProcessList: ~Copyable {
  /// A box, because arrays hold no noncopyable values.
  private final class Entry {
    let number: Int
    var recording: ProcessRecording?

    init(number: Int, recording: consuming ProcessRecording) {
      self.number = number
      self.recording = consume recording
    }
  }

  private var entries: [Entry] = []

  mutating func append(_ recording: consuming ProcessRecording, number: Int) {
    entries.append(Entry(number: number, recording: recording))
  }

  var eventCount: UInt64 {
    entries.reduce(0) { $0 + ($1.recording?.eventCount ?? 0) }
  }

  mutating func update(
    _ body: (inout ProcessRecording) throws(TraceError) -> Void
  ) throws(TraceError) {
    for entry in entries {
      guard var recording = entry.recording.take() else { continue }
      // Put back even when the body fails: the files of the others are still to be sealed.
      let failure: TraceError?
      do {
        try body(&recording)
        failure = nil
      } catch {
        failure = error
      }
      entry.recording = consume recording
      if let failure { throw failure }
    }
  }

  /// Ends the recordings that match and returns their files with their numbers.
  mutating func remove(
    where matches: (borrowing ProcessRecording) -> Bool,
    ending: (consuming ProcessRecording) throws(TraceError) -> HeapRecordingFile
  ) throws(TraceError) -> [(number: Int, file: HeapRecordingFile)] {
    var kept: [Entry] = []
    var files: [(number: Int, file: HeapRecordingFile)] = []
    for entry in entries {
      guard let recording = entry.recording.take() else { continue }
      if matches(recording) {
        files.append((entry.number, try ending(recording)))
      } else {
        entry.recording = consume recording
        kept.append(entry)
      }
    }
    entries = kept
    return files
  }
}
