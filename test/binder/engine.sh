#!/usr/bin/env bash
# engine.sh FOLDER: a Docker Engine of this test's own, listening on FOLDER/docker.sock. It lives in mount and pid
# namespaces of its own, makes no bridge, no iptables rule and no route, and ends when its standard input is closed or
# its owner is gone, however that came about. What it would leave, its control groups, is removed then. One at a time.
set -euo pipefail
folder=$1
group=wirebook-binder-$$
socket=$folder/docker.sock
mkdir -p "$folder"
exec 8>"$folder/lock"
flock -w 1800 8 || { echo "engine.sh: another run has held $folder for 30 minutes" >&2; exit 1; }
rm -f "$socket" "$folder/docker.pid"
echo starting

# Waits, with a bound, for the groups' last processes: the kernel ends them asynchronously.
clean() {
  local i top
  for top in /sys/fs/cgroup/"$group" /sys/fs/cgroup/*/"$group"; do
    [ -d "$top" ] || continue
    for ((i = 0; i < 100; i++)); do
      find "$top" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$top" ] || break
      sleep 0.05
    done
    [ ! -d "$top" ] || echo "engine.sh: $top could not be removed" >&2
  done
  rm -f "$socket" "$folder/docker.pid"
}
trap clean EXIT
trap '' INT TERM HUP

# A tmpfs over /run hides any engine and containerd of this machine; what resolv.conf points to is kept.
inside='
  mount -t proc proc /proc
  resolv=$(readlink -f /etc/resolv.conf)
  content=$(cat "$resolv")
  mount -t tmpfs tmpfs /run
  case $resolv in /run/*) mkdir -p "${resolv%/*}" && printf "%s\n" "$content" >"$resolv" ;; esac
  exec 3<&0
  dockerd --host "unix://$1/docker.sock" --data-root "$1/data" --exec-root /run/docker --pidfile "$1/docker.pid" \
    --group root --bridge none --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false --userland-proxy=false \
    --oom-score-adjust 0 --storage-driver overlay2 --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$2" \
    </dev/null >"$1/dockerd.log" 2>&1 &
  cat <&3 >/dev/null &
  wait -n'
unshare --mount --propagation private --pid --fork --kill-child=KILL bash -c "$inside" inside "$folder" "$group" 8>&-
