/// Memory through which recorded churn goes: pages at places that the replay chooses get frames from
/// whoever hands them out, and give them back.
public protocol ChurnMemory: ~Copyable {
  /// Gives frames to the pages at these places, which have none. False when memory has too few left;
  /// then none of the pages has one.
  mutating func take(_ places: Range<Int>) -> Bool
  /// Takes the frames of these pages back.
  mutating func give(_ places: Range<Int>)
  /// Free blocks, with nothing held back by cores.
  mutating func freeAreas() -> FreeAreas
}
