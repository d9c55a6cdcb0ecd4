# Sourced by the scripts that compile Embedded Swift, in the root of the checkout.

# embedded_module FOLDER MODULE FILE...: FOLDER/MODULE.o and .swiftmodule. Errors and warnings end it.
embedded_module() {
  local folder=$1 module=$2
  shift 2
  swiftc -enable-experimental-feature Embedded -wmo -O -swift-version 6 -parse-as-library \
    -strict-memory-safety -warnings-as-errors \
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility \
    -enable-upcoming-feature InternalImportsByDefault -Xfrontend -function-sections \
    -module-name "$module" -I "$folder" -Xcc -fmodule-map-file="$folder/module.modulemap" \
    -emit-module -emit-module-path "$folder/$module.swiftmodule" -emit-object \
    -o "$folder/$module.o" "$@"
}

# embedded_core FOLDER: MemoryUnits and PageFrames, which must work without a runtime, and the C of
# CHardware.
embedded_core() {
  local folder=$1 module files
  cat >"$folder/module.modulemap" <<EOF
module CHardware { header "$PWD/Sources/CHardware/include/CHardware.h" export * }
module CFrameAllocator {
  header "$PWD/Sources/CFrameAllocator/include/framelab/frame_allocator.h" export *
}
EOF
  for module in MemoryUnits PageFrames; do
    mapfile -t files < <(find "Sources/$module" -name '*.swift' | sort)
    embedded_module "$folder" "$module" "${files[@]}"
  done
  clang -std=gnu17 -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -ISources/CHardware/include \
    -c Sources/CHardware/CHardware.c -o "$folder/CHardware.o"
}
