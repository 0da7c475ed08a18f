import type { ForwardingEntry } from '../../api/measure.ts'

interface JsonEntry { mac?: string; ifname?: string; master?: string; dst?: string; vlan?: number; flags?: string[]; state?: string }

/** The MAC table from `bridge fdb show`, text or JSON (iproute2). */
export function parseForwardingTable(text: string): ForwardingEntry[] {
  if (/^\s*\[/.test(text)) {
    return (JSON.parse(text) as JsonEntry[]).filter(entry => entry.mac !== undefined).map(entry => entryOf({
      mac: entry.mac!, device: entry.ifname ?? '', bridge: entry.master, remote: entry.dst, vlan: entry.vlan,
      permanent: entry.state === 'permanent', self: entry.flags?.includes('self') ?? false,
    }))
  }
  return text.split('\n').filter(line => /^[0-9a-f]{2}:/i.test(line)).map(line => {
    const words = line.trim().split(/\s+/)
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined)
    const vlan = after('vlan')
    return entryOf({
      mac: words[0]!, device: after('dev') ?? '', bridge: after('master'), remote: after('dst'), vlan: vlan === undefined ? undefined : Number(vlan),
      permanent: words.includes('permanent'), self: words.includes('self'),
    })
  })
}

function entryOf({ permanent, self, ...fields }: {
  mac: string; device: string; bridge: string | undefined; remote: string | undefined; vlan: number | undefined; permanent: boolean; self: boolean
}): ForwardingEntry {
  const learned = !permanent
  // The group bit: the first byte is odd (IEEE 802.3 §3.2.3).
  const multicast = (Number.parseInt(fields.mac.slice(0, 2), 16) & 1) === 1
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Pick<ForwardingEntry, 'mac' | 'device'>
  return { ...known, learned, multicast, self }
}
