# npm packages: exactly those of the lock file. Those that only tests use come with `test` and `bench`.

NPM_VERSION=11.21.2
NPM_SHA512='7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A=='

has_npm() {
  local hash
  [ -d "$ROOT/node_modules/dockerode" ] || return 1
  hash=$(hash_of "$ROOT/package-lock.json")
  stamp_is npm "test $hash" || { [ "$LEVEL" = run ] && stamp_is npm "run $hash"; }
}

# For `doctor`, which must speak on a machine where nothing can be compiled.
has_npm_if_possible() { has_npm || ! can_compile || ! can_download; }
install_npm_if_possible() { (install_npm) || say "going on without the npm packages"; }

can_compile() { command -v make >/dev/null && command -v g++ >/dev/null && command -v python3 >/dev/null; }
needs_compiler() { ! ls "$ROOT"/node_modules/node-pty/build/Release/pty.node >/dev/null 2>&1; }

install_npm() {
  local arguments='--include=dev' how=install
  if needs_compiler && ! can_compile; then
    fail 3 "node-pty must be compiled here, which needs make, g++ and python3" \
      "→ sudo apt-get install --no-install-recommends g++ make python3"
  fi
  has_node || install_node
  node_headers >/dev/null || install_node
  has_new_npm || step "npm $NPM_VERSION from the npm registry" fetch_package npm "$NPM_VERSION" "$NPM_SHA512" "$WB/npm"
  [ "$LEVEL" = test ] || arguments='--omit=dev'
  # `ci` starts from an empty node_modules; where a whole one is there, only the difference is installed, so that a
  # lab that is running from it is not disturbed.
  [ -f "$ROOT/node_modules/.package-lock.json" ] || how=ci
  rm -f "$WB/state/npm"
  step "npm packages" run_npm "$how" --no-save $arguments
  step "the native modules load" check_native_modules
  write_stamp npm "$LEVEL $(hash_of "$ROOT/package-lock.json")"
}

# npm_script prints npm's own program: the system's from 11 on (the first that knows allowScripts), else ours.
npm_script() {
  if [ -f "$WB/npm/bin/npm-cli.js" ]; then printf %s "$WB/npm/bin/npm-cli.js"; else command -v npm; fi
}

has_new_npm() {
  local version
  [ -f "$WB/npm/bin/npm-cli.js" ] && return
  command -v npm >/dev/null || return 1
  version=$(PATH=$(dirname "$(find_node)"):$PATH npm --version 2>/dev/null) || return 1
  [ "${version%%.*}" -ge 11 ]
}

run_npm() {
  local bin script
  bin=$(dirname "$(find_node)")
  script=$(npm_script)
  cd "$ROOT"
  export PATH=$bin:$PATH npm_config_nodedir=$(node_headers) npm_config_update_notifier=false
  case $script in
    *.js) node "$script" "$@" --no-fund --no-audit --loglevel=error ;;
    *) "$script" "$@" --no-fund --no-audit --loglevel=error ;;
  esac
}

check_native_modules() {
  cd "$ROOT"
  "$(find_node)" -e 'require("node-pty"); require("zeromq")' || {
    run_npm rebuild node-pty zeromq
    "$(find_node)" -e 'require("node-pty"); require("zeromq")'
  }
}
