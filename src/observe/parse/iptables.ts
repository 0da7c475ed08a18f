import type { NatRule } from '../../api/measure.ts'

/** The rules of the nat table from `iptables-save` or `iptables -t nat -S`, in their order. */
export function parseNatRules(text: string): NatRule[] {
  let table = 'nat'
  const rules: NatRule[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim()
    const rule = table === 'nat' ? /^(?:\[\d+:\d+\] )?(-A .+)$/.exec(line) : null
    if (rule) rules.push(ruleOf(rule[1]!.trim()))
  }
  return rules
}

/** Options with one value, under the field that they fill. */
const fields: Record<string, 'chain' | 'target' | 'protocol' | 'source' | 'destination' | 'inInterface' | 'outInterface' | 'port' | 'to'> = {
  '-A': 'chain', '-j': 'target', '-g': 'target', '-p': 'protocol', '-s': 'source', '-d': 'destination', '-i': 'inInterface', '-o': 'outInterface',
  '--dport': 'port', '--to-destination': 'to', '--to-source': 'to', '--to-ports': 'to',
}

function ruleOf(text: string): NatRule {
  const words = split(text)
  const rule: NatRule = { chain: '', target: '', text }
  for (let i = 0; i < words.length; i++) {
    const negated = words[i] === '!'
    if (negated) i++
    const field = fields[words[i]!]
    if (field === undefined) continue
    const value = words[++i] ?? ''
    rule[field] = field === 'chain' || field === 'target' ? value : `${negated ? '!' : ''}${value}`
  }
  return rule
}

/** Words; a comment in double quotes is one word. */
function split(text: string): string[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map(word => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word))
}
