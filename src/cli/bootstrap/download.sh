# Packages from the npm registry without npm: a tarball, checked against the integrity that the registry states for it.

# registry_url prints the registry that npm would use: environment, then ~/.npmrc, then the public one.
registry_url() {
  local url=${npm_config_registry:-${NPM_CONFIG_REGISTRY:-}}
  if [ -z "$url" ] && [ -r "$HOME/.npmrc" ]; then url=$(sed -n 's/^registry *= *//p' "$HOME/.npmrc" | tail -n 1); fi
  printf '%s' "${url:-https://registry.npmjs.org/}" | sed 's:/*$::'
}

# download URL FILE; goes on where an interrupted one stopped, where the tool can.
download() {
  if command -v curl >/dev/null; then
    curl --fail --location --silent --show-error --retry 3 --connect-timeout 20 --continue-at - --output "$2" "$1"
  elif command -v wget >/dev/null; then
    wget --quiet --tries=3 --connect-timeout=20 --continue --output-document="$2" "$1"
  else
    python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], sys.argv[2])' "$1" "$2"
  fi
}

can_download() { command -v curl >/dev/null || command -v wget >/dev/null || command -v python3 >/dev/null; }

# sha512_base64 FILE prints the hash as the registry writes it.
sha512_base64() {
  local hex
  if command -v sha512sum >/dev/null; then hex=$(sha512sum <"$1"); else hex=$(shasum -a 512 <"$1"); fi
  hex=${hex%% *}
  printf '%b' "$(printf %s "$hex" | sed 's/../\\x&/g')" | base64 | tr -d '\n'
}

# fetch_package NAME VERSION SHA512 FOLDER unpacks the package into the folder, whole or not at all.
fetch_package() {
  local name=$1 version=$2 integrity=$3 folder=$4 file part got
  file=$WB/download/$name-$version.tgz
  part=$file.part
  mkdir -p "$WB/download"
  if ! [ -f "$file" ]; then
    download "$(registry_url)/$name/-/$name-$version.tgz" "$part"
    mv "$part" "$file"
  fi
  got=$(sha512_base64 "$file")
  if [ "$got" != "$integrity" ]; then
    rm -f "$file"
    printf '%s-%s.tgz from %s is not what it should be:\n  expected sha512-%s\n  got      sha512-%s\n' \
      "$name" "$version" "$(registry_url)" "$integrity" "$got"
    printf 'It was removed; run again to download it afresh.\n'
    return 1
  fi
  rm -rf "$folder.new"
  mkdir -p "$folder.new"
  tar -xzf "$file" -C "$folder.new" --strip-components=1 --no-same-owner
  rm -rf "$folder"
  mv "$folder.new" "$folder"
  rm -f "$file"
}
