# The compiler's start-up snapshots, which make the first notebook as quick as the tenth. The kernel works without them
# (it builds them by itself, beside the first notebook), so a machine where they cannot be built goes on.

# Its stamp holds the hash of what they are made from and their paths: the folder of caches is outside the checkout.
has_compiler() {
  local stamp key light node
  [ -f "$ROOT/kernel/interpreter/prepare.ts" ] || return 0 # an image whose sources come in a later layer
  has_node || return 1
  [ -r "$WB/state/compiler" ] || return 1
  stamp=$(<"$WB/state/compiler")
  { read -r key && read -r light && read -r node; } <<<"$stamp" || return 1
  [ "$key" = "$(compiler_key)" ] && [ -f "$light" ] && [ -f "$node" ]
}

compiler_key() {
  local key
  key=$(cd "$ROOT" && hash_of kernel/interpreter/prepare.ts kernel/interpreter/compiler/*.ts kernel/interpreter/lib/*.ts \
    kernel/*.d.ts kernel/*/*.ts src/api/*.ts src/output.ts package-lock.json)
  printf '%s in %s for %s' "$key" "${XDG_CACHE_HOME:-$HOME/.cache}" "$(find_node)"
}

install_compiler() {
  rm -f "$WB/state/compiler"
  (step "the TypeScript compiler's snapshots" build_snapshots) || {
    say "going on without them: the first notebook starts a second later"
    return 0
  }
  write_stamp compiler "$(compiler_key)
$(sed -n 's/^\(Built\|Found\) \(.*\) ([0-9]* MB)$/\2/p' "$WB/log/the-TypeScript-compiler-s-snapshots.log")"
}

build_snapshots() {
  # As the kernel is started, so that both find the same files.
  "$(find_node)" --disable-warning=ExperimentalWarning "$ROOT/kernel/interpreter/prepare.ts"
}
