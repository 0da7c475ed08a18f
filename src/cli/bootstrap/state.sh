# Which parts are installed. A part's stamp holds the hash of what it was made from, and is written last: an
# installation that was interrupted has no stamp and is done again, one whose lock file changed is brought up to date.

# missing_parts PART… prints those that must be installed.
missing_parts() {
  local part
  for part; do
    if ! "has_${part//-/_}"; then printf '%s ' "$part"; fi
  done
}

# hash_of FILE… prints one hash of the files' contents.
hash_of() {
  if command -v sha256sum >/dev/null; then cat "$@" | sha256sum; else cat "$@" | shasum -a 256; fi | cut -d' ' -f1
}

stamp_is() { [ -r "$WB/state/$1" ] && [ "$(<"$WB/state/$1")" = "$2" ]; }

write_stamp() {
  mkdir -p "$WB/state"
  printf '%s\n' "$2" >"$WB/state/$1.new"
  mv "$WB/state/$1.new" "$WB/state/$1"
}

# One installation at a time: a second start waits for the first and then finds the work done.
take_lock() {
  mkdir -p "$WB" 2>/dev/null && [ -w "$WB" ] || fail 1 "$WB cannot be written by $(id -un)" \
    "→ clone the repository into a folder of your own and run ./wirebook there"
  command -v flock >/dev/null || return 0
  exec 9>"$WB/lock"
  if ! flock -n 9; then
    say "another ./wirebook is installing here; waiting for it"
    flock -w 1800 9 || fail 1 "waited 30 minutes for the other ./wirebook to finish installing" \
      "→ look what it does, end it, and start again"
  fi
}

release_lock() { exec 9>&-; }
