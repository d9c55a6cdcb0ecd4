/// Orders in which made-up references go over a range of addresses.
public enum AccessPattern: String, CaseIterable, Sendable {
  /// Word after word, round and round.
  case sequential
  /// Every word with the same probability.
  case uniform
  /// The word at u^4 of the range, u uniform: a tenth of the range gets 56 % of the references, and
  /// none is never touched.
  case skewed
  /// Line after line of 64 bytes in an order that looks random and comes to each once a round, as a list
  /// through shuffled memory does.
  case chase
}
