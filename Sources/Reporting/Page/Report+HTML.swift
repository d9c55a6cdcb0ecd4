internal import Mustache

extension Report {
  /// The report as one HTML file that needs nothing else: no network, no other file.
  ///
  /// - Parameter vega: the charts' runtime, as `VegaRuntime.find` gives it; nil for a report without
  ///   charts, which says so.
  public func html(vega: String?) throws -> String {
    MustacheContentTypes.register(HTMLEscaping(), named: HTMLEscaping.name)
    let template = try MustacheTemplate(string: PackageText.page)
    return template.render(try PageModel(self, vega: vega))
  }
}

/// The files of the Page folder, compiled into the program.
enum PackageText {
  static let page = String(decoding: PackageResources.page_html, as: UTF8.self)
  static let figures = String(decoding: PackageResources.figures_html, as: UTF8.self)
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.page_js, as: UTF8.self)
}
