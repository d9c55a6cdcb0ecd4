/// The programs that run as child processes of an experiment; a system whose program is missing is
/// left out.
public struct ChildPrograms: Sendable {
  private let find: @Sendable (String) throws -> String

  /// - Parameter find: gives the path of a program by its name, or throws one line that says how to
  ///   get it.
  public init(find: @escaping @Sendable (String) throws -> String) { self.find = find }

  func jemallocHost() throws -> String { try find("JemallocHost") }
  func heapDriver() throws -> String { try find("heap-driver") }
}
