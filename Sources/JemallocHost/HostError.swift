/// Why a run cannot be made, in one line.
struct HostError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
