internal import Glibc

/// Variables of this process, which it never changes.
enum Environment {
  static func value(_ name: String) -> String? {
    // SAFETY: getenv returns nil or a C string, copied before anything can change it.
    let text = unsafe getenv(name).map { unsafe String(cString: $0) }
    return text?.isEmpty == true ? nil : text
  }
}
