internal import Glibc
internal import TraceFormats

/// The files of one recording: FILE, and FILE with .2, .3, ... before the extension.
struct RecordingNames {
  private var options: HeapRecordingOptions

  /// A symbolic link stands for the file that it leads to, so that all files lie in one folder.
  ///
  /// - Throws: when FILE, or a FILE.N that follows it without a gap, could not be replaced.
  init(_ options: HeapRecordingOptions) throws(TraceError) {
    self.options = options
    self.options.output = try OutputPath(options.output).path
    var number = 2
    while try OutputPath(path(number)).exists { number += 1 }
  }

  /// The file of the `number`th process image, from 1.
  func path(_ number: Int) -> String { options.path(number: number) }

  /// Gives FILE to the image with the most events of the first process, which a wrapper such as
  /// `env` is not; the earliest of several. The others keep their order.
  ///
  /// - Parameter files: in the order of their start, as named by `path`; in the order of their names
  ///   afterwards.
  func nameLargestFirst(_ files: inout [HeapRecordingFile]) throws(TraceError) {
    guard let process = files.first?.process else { return }
    var largest = 0
    for (index, file) in files.enumerated()
    where file.process == process && file.events > files[largest].events { largest = index }
    if largest == 0 { return }
    // Under a name of its own first: however this ends, no recording replaces another one.
    let aside = path(1) + ".partial"
    try rename(path(largest + 1), to: aside)
    for index in (0..<largest).reversed() { try rename(path(index + 1), to: path(index + 2)) }
    try rename(aside, to: path(1))
    files.insert(files.remove(at: largest), at: 0)
    for index in files.indices { files[index].path = path(index + 1) }
  }

  private func rename(_ old: String, to new: String) throws(TraceError) {
    // SAFETY: C strings for the duration of the calls.
    if unsafe Glibc.rename(old, new) == 0 { return }
    let reason = unsafe String(cString: strerror(errno))
    throw TraceError(path: old, message: "cannot be renamed to \(new): \(reason)")
  }

  /// Removes the files of an earlier recording that are not replaced by the `count` of this one: those
  /// that follow without a gap and are recordings.
  func removeOlder(behind count: Int) {
    var number = count + 1
    while TraceReader.isRecording(path(number), kind: .heap), unsafe unlink(path(number)) == 0 {
      number += 1
    }
  }
}
