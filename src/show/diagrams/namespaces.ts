/** Reads the network namespaces of a host: a script for the host, and what its output says. */
import type { Link } from '../../api/facts.ts'
import type { SpacePicture } from './picture.ts'

export interface NamespaceFacts {
  own: { inode: string; links: Link[] }
  others: { inode: string; files: string[]; links: Link[] }[]
  /** The namespace's inode by process id. */
  ofProcess: Map<number, string>
}

/**
 * Prints each namespace as a line `== inode file…` and its `ip -json -details addr`, then `pid inode` for each process.
 * Arguments: folders in which the engine keeps its namespaces, then process ids. Docker keeps them as files in
 * /var/run/docker/netns, or in `netns` below its --exec-root; a process has its own at /proc/PID/ns/net (proc(5)).
 */
export const namespaceScript = `
folders=$1; shift
own=$(stat -Lc %i /proc/self/ns/net)
echo "== $own own"; ip -json -details addr
seen=" $own "
look() {
  inode=$(stat -Lc %i "$1" 2>/dev/null) || return 0
  echo "-- $inode $2"
  case "$seen" in *" $inode "*) return 0;; esac
  links=$(nsenter --net="$1" ip -json -details addr 2>/dev/null) || return 0
  seen="$seen$inode "
  echo "== $inode"; echo "$links"
}
for pid in "$@"; do
  inode=$(stat -Lc %i /proc/$pid/ns/net 2>/dev/null) && echo "++ $pid $inode"
  look /proc/$pid/ns/net process
done
for folder in $folders /run/docker/netns /var/run/docker/netns; do
  for file in "$folder"/*; do [ -e "$file" ] && look "$file" "\${file##*/}"; done
done
exit 0
`

/** What the script printed. */
export function parseNamespaces(text: string, parseLinks: (text: string) => Link[]): NamespaceFacts {
  const files = new Map<string, Set<string>>()
  const texts = new Map<string, string[]>()
  const ofProcess = new Map<number, string>()
  let own = ''
  let current: string[] | undefined
  for (const line of text.split('\n')) {
    const [mark, first, second] = line.split(' ')
    if (mark === '==') {
      texts.set(first!, current = [])
      if (second === 'own') own = first!
    } else if (mark === '--') {
      files.set(first!, (files.get(first!) ?? new Set()).add(second!))
    } else if (mark === '++') {
      ofProcess.set(Number(first), second!)
    } else {
      current?.push(line)
    }
  }
  const linksOf = (inode: string) => parseLinks(texts.get(inode)!.join('\n'))
  return {
    own: { inode: own, links: linksOf(own) },
    others: [...texts.keys()].filter(inode => inode !== own).map(inode => ({ inode, files: [...files.get(inode) ?? []].filter(file => file !== 'process'), links: linksOf(inode) })),
    ofProcess,
  }
}

/** What the names that Docker gives to namespaces say (libnetwork: `sandbox.go`, `drivers/overlay`). */
export function placeNames(files: string[]): { kind: SpacePicture['kind']; network?: string } {
  for (const file of files) {
    const overlay = /^\d+-([a-z0-9]{6,})$/.exec(file)
    if (overlay) return { kind: 'overlay', network: overlay[1]! }
    const balancer = /^lb_([a-z0-9]+)$/.exec(file)
    if (balancer) return { kind: 'load-balancer', network: balancer[1]! }
    if (file === 'ingress_sbox') return { kind: 'ingress' }
  }
  return { kind: 'container' }
}
