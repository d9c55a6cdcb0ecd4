internal import Glibc

extension ChildProcess {
  /// The new process, and 0 or the number of the error that kept it from starting.
  static func spawn(
    _ path: String, _ arguments: [String], _ environment: [String: String],
    input: Int32?, output: Int32, errors: Int32
  ) -> (process: pid_t, error: Int32) {
    // SAFETY: both arrays end with nil and are freed after the call, which copies them; attributes
    // and actions are initialised before and destroyed after it.
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    let lines = environment.map { "\($0.key)=\($0.value)" }.sorted()
    var settings = unsafe lines.map { unsafe strdup($0) } + [nil]
    defer {
      unsafe words.forEach { unsafe free($0) }
      unsafe settings.forEach { unsafe free($0) }
    }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let input {
      unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What this process blocks and ignores is its own affair: the child starts with the defaults.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, path, &actions, &attributes, &words, &settings)
    return (child, code)
  }
}
