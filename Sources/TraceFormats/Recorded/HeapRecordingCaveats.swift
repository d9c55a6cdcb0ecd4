/// What a reader of a recording has to know, from what the recorder and the merge counted.
enum HeapRecordingCaveats {
  static func all(
    metadata: TraceMetadata, end: TraceMetadata?, merge: borrowing HeapMerge
  ) -> [String] {
    var caveats: [String] = []
    func say(_ count: Int, _ sentence: (Int) -> String) {
      if count > 0 { caveats.append(sentence(count)) }
    }
    say(Int(clamping: end?.number("lost") ?? 0)) {
      "\($0) events found no room in the recorder and are missing."
    }
    say(Int(clamping: end?.number("nested") ?? 0)) {
      "\($0) calls from inside an allocator or from a signal handler were left out."
    }
    let forked = metadata["is_fork"] == "1"
    say(merge.unknownReleases) {
      forked
        ? "The process was forked: \($0) objects of its parent that it freed are left out."
        : "\($0) releases of objects of unknown origin are left out."
    }
    say(merge.lostReleases) {
      "\($0) addresses were handed out while they were live; they are taken as freed just before."
    }
    for place in merge.malformedPlaces {
      caveats.append("A thread's events from \(place) on are malformed and missing.")
    }
    return caveats
  }
}
