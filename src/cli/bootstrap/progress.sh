# What the bootstrap says while it works. Everything goes to standard error: standard output belongs to the command.

say() { printf 'wirebook: %s\n' "$*" >&2; }

# fail STATUS LINE… prints the lines and ends.
fail() {
  local status=$1 line
  shift
  for line; do printf 'wirebook: %s\n' "$line" >&2; done
  exit "$status"
}

# step TITLE COMMAND… runs it with its output in a log, the seconds counting on a terminal. Ends the script when it
# fails, with the end of the log. The lock (descriptor 9) is not passed on, so that nothing it starts can keep it.
step() {
  local title=$1 name log started status=0 child ticker=
  shift
  name=$(printf %s "$title" | tr -c 'A-Za-z0-9\n' '-')
  log=$WB/log/$name.log
  mkdir -p "$WB/log"
  started=$SECONDS
  if [ -t 2 ]; then
    (while :; do
      printf '\r  … %s (%d s)' "$title" $((SECONDS - started)) >&2
      sleep 1
    done) 9>&- &
    ticker=$!
  else
    printf '  … %s\n' "$title" >&2
  fi
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  child=$!
  trap 'kill "$child" $ticker 2>/dev/null; printf "\n" >&2; say "stopped; run it again and it goes on"; exit 130' INT TERM HUP
  wait "$child" || status=$?
  trap - INT TERM HUP
  if [ -n "$ticker" ]; then
    kill "$ticker" 2>/dev/null
    wait "$ticker" 2>/dev/null || true
    printf '\r' >&2
  fi
  if [ "$status" = 0 ]; then
    printf '  ✓ %s (%d s)  \n' "$title" $((SECONDS - started)) >&2
    return
  fi
  printf '  ✗ %s (%d s)\n' "$title" $((SECONDS - started)) >&2
  tail -n 25 "$log" | sed 's/^/    /' >&2
  fail 1 "that failed with status $status; the whole log: $log"
}
