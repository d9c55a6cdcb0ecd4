internal import Glibc

extension LinuxSystem {
  package func start(
    command: [String], variables: [String: String]
  ) throws(HostError) -> Int32 {
    guard let name = command.first else { throw HostError(.commandNotFound, "no command given") }
    var environment = variables.map { "\($0.key)=\($0.value)" }.sorted()
    // SAFETY: this process changes its environment nowhere, so the array stands still.
    var next = unsafe environ
    while let text = unsafe next.pointee {
      let line = unsafe String(cString: text)
      let key = line.prefix { $0 != "=" }
      if variables[String(key)] == nil { environment.append(line) }
      unsafe next += 1
    }
    // SAFETY: both arrays end with nil and are freed after the call, which copies them; the
    // attributes are initialised before and destroyed after it.
    var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
    var settings = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
      unsafe arguments.forEach { unsafe free($0) }
      unsafe settings.forEach { unsafe free($0) }
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What framelab does with signals is its own affair: the program starts with the defaults.
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGINT)
    unsafe sigaddset(&defaults, SIGTERM)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    // Threads of the Swift runtime block signals; the program must not inherit that.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var child: pid_t = 0
    let code = unsafe posix_spawnp(&child, name, nil, &attributes, &arguments, &settings)
    if code == 0 { return child }
    let reason = unsafe String(cString: strerror(code))
    throw HostError(
      code == ENOENT ? .commandNotFound : .commandNotExecutable,
      "\(name): cannot be started: \(reason)")
  }
}
