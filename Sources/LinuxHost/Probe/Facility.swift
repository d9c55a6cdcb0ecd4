/// One thing that a host grants, lacks or sets, and what that means for Framelab.
package struct Facility: Hashable, Sendable, Codable {
  package enum State: String, Hashable, Sendable, Codable, CaseIterable {
    /// Everything that depends on it works.
    case present
    /// A part of it: `detail` says which.
    case partial
    case missing
  }

  /// What one can do without the facility.
  package enum Need: String, Hashable, Sendable, Codable {
    /// `framelab run` does not work without it.
    case run
    /// A part of a report stays empty, or a look at the host itself is refused.
    case measurement
    /// Only the test suite asks for it.
    case tests
  }

  package var name: String
  package var state: State
  package var need: Need
  /// What was found, in a few words: `6.18.0`, `always, defrag madvise`.
  package var detail: String
  /// What is lost while it is not there; nil when present.
  package var cost: String?
  /// How to get it; nil when present.
  package var remedy: String?

  package init(
    _ name: String, _ state: State, for need: Need, detail: String, cost: String? = nil,
    remedy: String? = nil
  ) {
    self.name = name
    self.state = state
    self.need = need
    self.detail = detail
    self.cost = state == .present ? nil : cost
    self.remedy = state == .present ? nil : remedy
  }
}
