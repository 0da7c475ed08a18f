# The system's packages: the real Docker, iproute2 and their like. Looked for as programs, so that Docker's own
# packages or a hand-built one serve as well; named as Debian's and Ubuntu's packages when they are missing.

# PROGRAM:PACKAGE, what a lab in namespaces runs.
LAB_PROGRAMS='dockerd:docker.io containerd:containerd runc:runc docker:docker.io ip:iproute2 iptables:iptables
unshare:util-linux newuidmap:uidmap nginx:nginx tcpdump:tcpdump brctl:bridge-utils iperf3:iperf3 ping:iputils-ping'
MICROVM_PROGRAMS='qemu-system-x86_64:qemu-system-x86'
BUILD_PROGRAMS='mmdebstrap:mmdebstrap mksquashfs:squashfs-tools zstd:zstd'
# Only for tests, and only where they can be installed: a test whose program is missing says so and is skipped.
TEST_PROGRAMS='mmdebstrap:mmdebstrap mksquashfs:squashfs-tools zstd:zstd qemu-system-x86_64:qemu-system-x86'
SERVICES='docker.socket docker.service containerd.service nginx.service'

has_system() { [ -z "$(missing_packages)" ]; }

# missing_packages prints the packages to install, one a line.
missing_packages() {
  local pair list=
  if [ "$(uname -s)" = Linux ]; then
    case $command-$(chosen_backend) in
      vm-*) if [ "${words[1]:-}" = build ]; then list="$MICROVM_PROGRAMS $BUILD_PROGRAMS"; fi ;;
      *-microvm) list=$MICROVM_PROGRAMS ;;
      *-engines) ;;
      *)
        list=$LAB_PROGRAMS
        # Root is spared the second visit: chapter 7 needs the microvm where the kernel has no IPvlan.
        if [ "$(id -u)" = 0 ] && ! has_ipvlan; then list="$list $MICROVM_PROGRAMS $BUILD_PROGRAMS"; fi
        ;;
    esac
  fi
  if [ "$LEVEL" = test ] && [ "$command" != bench ] && [ "$(id -u)" = 0 ] && [ -n "$list" ]; then
    list="$list $TEST_PROGRAMS"
    # Ubuntu's package of this name is a snap's, which needs a running snapd.
    grep -qs '^ID=ubuntu' /etc/os-release || list="$list chromium:chromium"
  fi
  {
    for pair in $list; do
      # `hash` and not `command -v`, which also finds a file that cannot be executed.
      hash "${pair%%:*}" 2>/dev/null || package_of "${pair%%:*}" "${pair#*:}"
    done
    case $list in
      *dockerd*)
        { [ -x /bin/busybox ] && [ -e /var/lib/dpkg/info/busybox-static.list ]; } || has_static_busybox || echo busybox-static
        ;;
    esac
    if [[ " $needs " == *' npm '* ]] && needs_compiler; then
      command -v g++ >/dev/null || echo g++
      command -v make >/dev/null || echo make
      command -v python3 >/dev/null || echo python3
    fi
    if [[ " $needs " == *' python '* ]] && ! has_python && ! find_python >/dev/null; then
      printf '%s\n' python3 python3-venv
    fi
    if ! has_node && ! command -v curl >/dev/null && ! command -v wget >/dev/null; then
      printf '%s\n' curl ca-certificates
    fi
  } | sort -u
}

# Whether the running kernel has IPvlan: built in, loaded, or as a module.
has_ipvlan() {
  local modules
  modules=/lib/modules/$(uname -r)
  [ -d /sys/module/ipvlan ] || grep -qsE '/ipvlan\.ko' "$modules/modules.dep" "$modules/modules.builtin"
}

# chosen_backend prints the backend that the command line or the environment names.
chosen_backend() {
  local i
  for ((i = 1; i < ${#words[@]}; i++)); do
    case ${words[i]} in
      --backend) printf %s "${words[i + 1]:-auto}" && return ;;
      --backend=*) printf %s "${words[i]#--backend=}" && return ;;
    esac
  done
  printf %s "${WIREBOOK_BACKEND:-auto}"
}

# On a system without dpkg: a busybox that needs no shared library.
has_static_busybox() {
  [ -x /bin/busybox ] && ! [ -d /var/lib/dpkg/info ] && ! ldd /bin/busybox 2>/dev/null | grep -q '=>'
}

# package_of PROGRAM PACKAGE prints the package that brings the program on this machine.
package_of() {
  case $1 in
    docker) if docker_cli_is_apart; then echo docker-cli; else echo "$2"; fi ;;
    dockerd) if [ -e /var/lib/dpkg/info/docker-ce-cli.list ]; then echo docker-ce; else echo "$2"; fi ;;
    containerd | runc) if [ -e /var/lib/dpkg/info/docker-ce-cli.list ]; then echo containerd.io; else echo "$2"; fi ;;
    *) echo "$2" ;;
  esac
}

# From Debian 13 on, the docker command is a package of its own, which docker.io only recommends.
docker_cli_is_apart() {
  local version
  if apt-cache show docker-cli >/dev/null 2>&1; then return; fi
  version=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && printf %s "${VERSION_ID:-0}")
  [ "${version:-0}" -ge 13 ] 2>/dev/null
}

install_system() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  packages=${packages% }
  if ! command -v apt-get >/dev/null; then
    fail 3 "these system packages are missing, by their names on Debian: $packages" \
      "→ install their equivalents with this system's own package manager, and run ./wirebook again"
  fi
  if [ "$(id -u)" != 0 ]; then ask_for_packages "$packages"; fi
  say "installing with apt: $packages"
  units_before=$(installed_services)
  deny_service_starts
  step "apt packages" apt_install $packages
  allow_service_starts
  switch_off_new_services
  packages=$(missing_packages | tr '\n' ' ')
  [ -z "$packages" ] || fail 3 "apt installed them, and yet this is still missing: $packages" \
    "→ apt-get install --no-install-recommends $packages"
}

# ask_for_packages PACKAGES ends with the one line that an administrator must run.
ask_for_packages() {
  local update=
  say "system packages are missing, and $(id -un) may not install them. Run this once, then ./wirebook again:"
  ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || update='sudo apt-get update && '
  printf '\n  %ssudo apt-get install -y --no-install-recommends %s\n\n' "$update" "$1" >&2
  case " $1 " in
    *' docker.io '* | *' docker-ce '* | *' nginx '*)
      say "apt also starts Docker and nginx as system services. Wirebook runs its own engines and needs neither;" \
        "to switch them off again: sudo systemctl disable --now docker.socket docker containerd nginx" ;;
  esac
  exit 3
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  if [ -z "$(find /var/lib/apt/lists -name '*_Packages*' -mmin -1440 2>/dev/null | head -n 1)" ]; then
    apt-get -o DPkg::Lock::Timeout=300 update || echo 'apt-get update failed; trying with the lists that are here'
  fi
  apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" || {
    apt-get -o DPkg::Lock::Timeout=300 update
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
  }
}

# While apt works, /usr/sbin/policy-rc.d (invoke-rc.d(8)) refuses every start of a service: installing Docker's package
# must not leave a daemon running. What was there before comes back, also when this is interrupted, at the latest at the
# next installation.
POLICY=/usr/sbin/policy-rc.d
deny_service_starts() {
  if grep -qs 'wirebook: temporary' "$POLICY"; then allow_service_starts; fi
  trap allow_service_starts EXIT
  [ ! -e "$POLICY" ] || mv "$POLICY" "$POLICY.before-wirebook"
  printf '#!/bin/sh\n# wirebook: temporary, while its packages are installed\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
}

allow_service_starts() {
  trap - EXIT
  rm -f "$POLICY"
  [ ! -e "$POLICY.before-wirebook" ] || mv "$POLICY.before-wirebook" "$POLICY"
}

installed_services() {
  local unit
  for unit in $SERVICES; do
    if ls {/usr,}/lib/systemd/system/"$unit" >/dev/null 2>&1; then printf '%s ' "$unit"; fi
  done
}

# Services that came with the packages are not to start at the next boot either; those that were there are left alone.
switch_off_new_services() {
  local unit name off=
  for unit in $(installed_services); do
    case " $units_before " in *" $unit "*) continue ;; esac
    if command -v systemctl >/dev/null; then
      systemctl disable "$unit" >/dev/null 2>&1 || true
    else
      rm -f /etc/systemd/system/*.wants/"$unit"
    fi
    name=${unit%.service}
    if [ -x "/etc/init.d/$name" ]; then update-rc.d "$name" disable >/dev/null 2>&1 || true; fi
    off="$off $unit"
  done
  [ -z "$off" ] || say "installed, but neither started nor enabled at boot:$off"
}
