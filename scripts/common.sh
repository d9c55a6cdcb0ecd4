# Sourced by the scripts beside it: where the checkout is, and how they speak.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
self=scripts/${0##*/}

# One line on standard error, then the end. Exit codes are those of the tool: 2 bad usage or input,
# 3 the host lacks something.
die() {
  local code=$1
  shift
  printf '\r%s: %s\n' "$self" "$*" >&2
  exit "$code"
}

# What goes on right now, on one line that the next one overwrites; only for a person who watches.
step() {
  [ -t 2 ] && [ "${TERM:-dumb}" != dumb ] || return 0
  printf '\r\033[K%s' "${*:0:100}" >&2
}

need_linux_x86_64() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    die 3 "Framelab runs on Linux on x86-64 only; this is $(uname -s) on $(uname -m)"
}

# The toolchain on PATH, else where it is usually unpacked.
need_swift() {
  command -v swift >/dev/null && return
  local folder
  for folder in /opt/swift/usr/bin /usr/local/swift/usr/bin "$HOME/.local/share/swiftly/bin"; do
    if [ -x "$folder/swift" ]; then
      PATH=$PATH:$folder
      return
    fi
  done
  die 3 "no Swift toolchain on PATH; install Swift 6.2 or later from https://www.swift.org/install"
}

# Twelve digits of the commit, with -dirty when what is built differs from it.
source_commit() {
  local commit
  commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) || commit='unknown commit'
  if [ -n "$(git -C "$root" status --porcelain -- Package.swift Sources scripts 2>/dev/null)" ]; then
    commit=$commit-dirty
  fi
  printf '%s\n' "$commit"
}
