import { language, type Language } from '../../claims/language.ts'
import { monoWidth, sansWidth, wrapText } from '../font-width.ts'
import { tableText } from '../table-text.ts'
import type { BoxLook, Figure, Item, Line } from './figure.ts'

interface Model { flag: string; name: Record<Language, string>; idea: Record<Language, string> }

/** The seven models in the tutorial's order. */
const models: Model[] = [
  { flag: 'none', name: { en: '1 None', zh: '1 None' }, idea: { en: 'Only lo: nothing comes in, nothing goes out.', zh: '只有 lo：不进也不出。' } },
  { flag: 'host', name: { en: '2 Host', zh: '2 Host' }, idea: { en: "The host's own stack: no wall, no detour, no second port 80.", zh: '就是宿主机的网络栈：没有隔离，没有绕路，端口会冲突。' } },
  { flag: 'bridge', name: { en: '3 Bridge', zh: '3 Bridge' }, idea: { en: 'A veth pair to docker0, and NAT to the world.', zh: '一对 veth 接到 docker0，出去靠 NAT。' } },
  { flag: 'container:web', name: { en: '4 Container', zh: '4 Container' }, idea: { en: "Another container's stack, as in a Pod.", zh: '共享另一容器的网络栈，Pod 即如此。' } },
  { flag: 'vxlanA (overlay)', name: { en: '5 Overlay', zh: '5 Overlay' }, idea: { en: 'One switch across hosts: frames travel in UDP (VXLAN).', zh: '跨主机的一个交换机：帧装在 UDP 里（VXLAN）。' } },
  { flag: 'macvnet (macvlan)', name: { en: '6 Macvlan', zh: '6 Macvlan' }, idea: { en: 'On the LAN itself, each with a MAC of its own.', zh: '直接在局域网上，各有各的 MAC。' } },
  { flag: 'ipvnet (ipvlan)', name: { en: '7 IPvlan', zh: '7 IPvlan' }, idea: { en: "On the LAN itself, all with the parent's MAC.", zh: '直接在局域网上，共用父接口的 MAC。' } },
]

const families: { title: Record<Language, string>; members: string }[] = [
  { title: { en: 'no network', zh: '没有网络' }, members: 'None' },
  { title: { en: "someone else's stack", zh: '借用别人的网络栈' }, members: 'Host, Container' },
  { title: { en: 'own stack behind NAT', zh: '自己的栈，在 NAT 之后' }, members: 'Bridge' },
  { title: { en: 'own stack in a tunnel', zh: '自己的栈，在隧道里' }, members: 'Overlay' },
  { title: { en: 'own stack on the LAN', zh: '自己的栈，在局域网上' }, members: 'Macvlan, IPvlan' },
]
const headings: Record<Language, { title: string; families: string }> = {
  en: { title: 'Seven ways to give a container a network', families: 'Five families' },
  zh: { title: '让容器联网的七种模型', families: '五个家族' },
}

const card = { width: 236, height: 232, gap: 14 }
const margin = 18
const columns = 4

/** The seven models as small pictures of one kind, and how they belong together. */
export function modelsFigure(): Figure {
  const speech = language()
  const items: Item[] = [{ type: 'text', x: margin, y: margin + 15, width: sansWidth(headings[speech].title, 16, { bold: true }), size: 16, text: headings[speech].title, bold: true }]
  const top = margin + 32
  const place = (index: number) => ({ x: margin + (index % columns) * (card.width + card.gap), y: top + Math.floor(index / columns) * (card.height + card.gap) })
  for (const [index, model] of models.entries()) {
    const { x, y } = place(index)
    const id = `card/${index}`
    items.push({ type: 'box', id, x, y, width: card.width, height: card.height, look: 'plain' }, ...heading(id, x, y, model.name[speech], model.flag))
    items.push(...new Sketch(id, x, y + 32).draw(index))
    items.push(...paragraph(id, x + 12, y + 196, model.idea[speech], card.width - 24))
  }
  const { x, y } = place(models.length)
  const id = 'card/families'
  items.push({ type: 'box', id, x, y, width: card.width, height: card.height, look: 'plain' }, ...heading(id, x, y, headings[speech].families))
  for (const [index, { title, members }] of families.entries()) {
    const row = y + 48 + index * 36
    items.push({ type: 'text', box: id, x: x + 12, y: row, width: sansWidth(title[speech], 11), size: 11, text: title[speech], quiet: true })
    items.push({ type: 'text', box: id, x: x + 12, y: row + 15, width: sansWidth(members, 12.5, { bold: true }), size: 12.5, text: members, bold: true })
  }
  return { title: headings[speech].title, width: 2 * margin + columns * card.width + (columns - 1) * card.gap, height: top + 2 * card.height + card.gap + margin, items }
}

/** The same as a table. */
export function modelsText(): string {
  const speech = language()
  const rows = models.map(({ name, flag, idea }) => [name[speech], `--network=${flag.replace(/ .*/, '')}`, idea[speech]])
  return `${headings[speech].title}\n\n${tableText(['model', 'flag', 'idea'], rows)}\n\n${families.map(({ title, members }) => `${title[speech]}: ${members}`).join('\n')}`
}

function heading(id: string, x: number, y: number, name: string, flag?: string): Item[] {
  const nameWidth = sansWidth(name, 14, { bold: true })
  return [
    { type: 'text', box: id, x: x + 12, y: y + 22, width: nameWidth, size: 14, text: name, bold: true },
    ...(flag ? [{ type: 'text' as const, box: id, x: x + card.width - 12, y: y + 21, width: monoWidth(flag, 10.5), size: 10.5, text: flag, mono: true, quiet: true, anchor: 'end' as const }] : []),
  ]
}

function paragraph(id: string, x: number, y: number, text: string, width: number): Item[] {
  const measure = (line: string) => sansWidth(line, 11)
  // Chinese has no spaces to break at: break between characters.
  const lines = /\p{Script=Han}/u.test(text) ? breakAnywhere(text, width, measure) : wrapText(text, width, measure)
  return lines.map((line, index) => ({ type: 'text', box: id, x, y: y + index * 15, width: measure(line), size: 11, text: line }))
}

function breakAnywhere(text: string, width: number, measure: (text: string) => number): string[] {
  // A word in Latin letters stays whole, and no line begins with a closing mark.
  return (text.match(/[\x21-\x7e]+|./gu) ?? []).reduce<string[]>((lines, piece) => {
    const last = lines.at(-1)
    if (last !== undefined && (measure(last + piece) <= width || '，。：）'.includes(piece))) lines[lines.length - 1] = last + piece
    else lines.push(piece.trimStart())
    return lines
  }, [])
}

/** Draws one model in the space of a card: the host, its interface, the LAN below. Coordinates are the card's. */
class Sketch {
  readonly #items: Item[] = []
  readonly #id: string
  readonly #x: number
  readonly #y: number

  constructor(id: string, x: number, y: number) {
    this.#id = id
    this.#x = x
    this.#y = y
  }

  draw(model: number): Item[] {
    const sketches = [this.#none, this.#host, this.#bridge, this.#container, this.#overlay, this.#macvlan, this.#ipvlan]
    sketches[model]!.call(this)
    return this.#items
  }

  #box(name: string, look: BoxLook, x: number, y: number, width: number, height: number, label = '', parent = 'host', at: 'top' | 'middle' = 'middle'): void {
    const id = `${this.#id}/${name}`
    this.#items.push({ type: 'box', id, parent: parent ? `${this.#id}/${parent}` : this.#id, x: this.#x + x, y: this.#y + y, width, height, look })
    if (label) this.#items.push({ type: 'text', box: id, x: this.#x + x + width / 2, y: this.#y + y + (at === 'top' ? 13 : height / 2 + 3.5), width: monoWidth(label, 10), size: 10, text: label, mono: true, anchor: 'middle' })
  }

  #line(look: Line['look'], ...points: [number, number][]): void {
    this.#items.push({ type: 'line', look, points: points.map(([x, y]) => ({ x: this.#x + x, y: this.#y + y })) })
  }

  /** The host with ens33 and the LAN. */
  #machine(): void {
    this.#line('lan', [118, 122], [118, 142])
    this.#line('lan', [12, 142], [224, 142])
    this.#box('host', 'machine', 12, 4, 212, 118, '', '')
    this.#box('nic', 'lan-interface', 88, 98, 60, 18, 'ens33')
  }

  #none(): void {
    this.#machine()
    this.#box('c', 'space', 78, 16, 80, 48, 'bbox', 'host', 'top')
    this.#box('lo', 'interface', 98, 38, 40, 18, 'lo', 'c')
  }

  #host(): void {
    this.#machine()
    this.#box('c', 'container', 78, 16, 80, 30, 'bbox')
    this.#line('wire', [118, 46], [118, 98])
  }

  #bridge(): void {
    this.#machine()
    for (const [name, x] of [['bbox', 28], ['web', 136]] as const) {
      this.#line('wire', [x + 36, 34], [x + 36, 58])
      this.#box(name, 'space', x, 12, 72, 22, name)
    }
    this.#line('route', [118, 78], [118, 98])
    this.#box('bridge', 'bridge', 40, 58, 156, 20, 'docker0')
  }

  #container(): void {
    this.#machine()
    this.#line('wire', [118, 44], [118, 58])
    this.#line('route', [118, 78], [118, 98])
    this.#box('c', 'space', 38, 10, 160, 34)
    this.#box('web', 'interface', 46, 17, 68, 20, 'web', 'c')
    this.#box('bbox', 'interface', 122, 17, 68, 20, 'bbox', 'c')
    this.#box('bridge', 'bridge', 40, 58, 156, 20, 'docker0')
  }

  #overlay(): void {
    this.#line('lan', [12, 142], [224, 142])
    for (const [name, x] of [['A', 12], ['B', 124]] as const) {
      this.#line('lan', [x + 50, 122], [x + 50, 142])
      this.#box(name, 'machine', x, 4, 100, 118, '', '')
      this.#line('underlay', [x + 50, 74], [x + 50, 98])
      this.#line('wire', [x + 50, 34], [x + 50, 48])
      this.#box(`c${name}`, 'space', x + 14, 12, 72, 22, 'bbox', name)
      this.#box(`v${name}`, 'overlay', x + 10, 48, 80, 26, 'vxlan', name)
      this.#box(`n${name}`, 'lan-interface', x + 20, 98, 60, 18, 'ens33', name)
    }
    this.#line('underlay', [102, 61], [134, 61])
  }

  #macvlan(): void {
    this.#children(['MAC 1', 'MAC 2'])
  }

  #ipvlan(): void {
    this.#children(['MAC 0', 'MAC 0'])
  }

  /** Sub-interfaces right on ens33, whose own MAC is number 0. */
  #children(labels: [string, string]): void {
    this.#machine()
    for (const [index, label] of labels.entries()) {
      const x = index === 0 ? 28 : 136
      this.#line('wire', [x + 36, 50], [index === 0 ? 104 : 132, 98])
      this.#box(`c${index}`, 'space', x, 12, 72, 38, ['bbox', 'web'][index]!, 'host', 'top')
      this.#items.push({ type: 'text', box: `${this.#id}/c${index}`, x: this.#x + x + 36, y: this.#y + 42, width: monoWidth(label, 10), size: 10, text: label, mono: true, anchor: 'middle', quiet: true })
    }
    const text = 'MAC 0'
    this.#items.push({ type: 'text', box: `${this.#id}/host`, x: this.#x + 156, y: this.#y + 110, width: monoWidth(text, 10), size: 10, text, mono: true, quiet: true })
  }
}
