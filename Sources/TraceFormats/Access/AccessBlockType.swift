/// The blocks of a recording of memory references.
enum AccessBlockType: UInt16 {
  /// One section: lines `key=value`, the first block of the file.
  case metadata = 1
  /// References in order (`AccessColumns`). The header's stamp is the number of references before.
  case references = 2
  /// One section: a caveat, UTF-8.
  case caveat = 3
  /// The recording was sealed. Lines `key=value` again: how many references of which kind there are.
  case end = 4
}
