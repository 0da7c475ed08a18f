# JupyterLab and its family, exactly as pinned, in a Python environment of the repository's own.

has_python() {
  [ -x "$WB/venv/bin/python" ] && ls "$WB"/venv/lib/python3*/site-packages/wirebook.pth >/dev/null 2>&1 || return 1
  stamp_is python "test $(python_key test)" || { [ "$LEVEL" = run ] && stamp_is python "run $(python_key run)"; }
}

# The folder is part of it: an environment holds absolute paths, so a checkout that moved makes a new one.
python_key() { printf '%s %s' "$(cd "$ROOT" && hash_of $(requirements "$1"))" "$WB/venv"; }

requirements() {
  echo requirements.txt
  if [ "$1" = test ]; then echo requirements-test.txt; fi
}

install_python() {
  local python file arguments=()
  python=$(find_python) || fail 3 "no Python of 3.10 or newer here can make a virtual environment" \
    "→ sudo apt-get install --no-install-recommends python3 python3-venv"
  for file in $(requirements "$LEVEL"); do arguments+=(-r "$ROOT/$file"); done
  if ! [ -r "$WB/state/python" ] || ! grep -q " $WB/venv\$" "$WB/state/python" || ! "$WB/venv/bin/python" -c '' 2>/dev/null; then
    rm -f "$WB/state/python"
    step "Python environment ($python)" "$python" -m venv --clear "$WB/venv"
  fi
  rm -f "$WB/state/python"
  step "JupyterLab and its packages" "$WB/venv/bin/python" -m pip install --no-input --disable-pip-version-check \
    --no-deps --progress-bar off "${arguments[@]}"
  announce_papermill
  write_stamp python "$LEVEL $(python_key "$LEVEL")"
}

# announce_papermill puts the kernel's papermill module on the environment's path (site(3)'s path configuration files),
# so that papermill writes parameters in TypeScript.
announce_papermill() {
  local packages
  for packages in "$WB"/venv/lib/python3*/site-packages; do
    printf '%s\n' "$ROOT/kernel/papermill" >"$packages/wirebook.pth"
  done
}

find_python() {
  local candidate
  for candidate in ${WIREBOOK_PYTHON:-} /usr/bin/python3 python3 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
      printf %s "$candidate"
      return
    fi
  done
  return 1
}
