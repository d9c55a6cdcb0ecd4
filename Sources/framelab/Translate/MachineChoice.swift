import Experiments
import Translation

/// What `--machine` names: the textbook machine, or a geometry by name or from a file.
enum MachineChoice {
  case textbook
  case small(SmallGeometry)
  case large(TranslationGeometry)

  init(_ text: String) throws {
    if text == "textbook" {
      self = .textbook
    } else if let preset = TranslationGeometry.presets.first(where: { $0.name == text }) {
      self = .large(preset)
    } else if text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") {
      switch try MachineGeometry(contentsOf: text) {
      case .small(let geometry): self = .small(geometry)
      case .large(let geometry): self = .large(geometry)
      }
    } else {
      let names = ["textbook"] + TranslationGeometry.presets.map(\.name)
      throw CLIError.badInput(
        "--machine \(text): expected \(names.joined(separator: ", ")) or a YAML file")
    }
  }
}
