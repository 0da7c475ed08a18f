import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { Packet } from '../../../src/api/packets.ts'
import { setLanguage } from '../../../src/claims/language.ts'
import { drawSvg } from '../../../src/show/diagrams/draw.ts'
import { modelsFigure, modelsText } from '../../../src/show/diagrams/models.ts'
import { packetFigure, packetText } from '../../../src/show/diagrams/packet.ts'
import { expectTidy } from './figure-rules.ts'
import { arpPacket, vxlanPacket } from './packets.ts'
import { expectWellFormed } from './well-formed.ts'

afterEach(() => setLanguage('en'))

const texts = (packet: Packet) => packetFigure(packet).items.flatMap(item => item.type === 'text' ? [item.text] : [])

test('ICMP in VXLAN: every layer with its bytes, 1450 = 1500 − 50', () => {
  const figure = packetFigure(vxlanPacket)
  expectTidy(figure)
  expectWellFormed(drawSvg(figure, packetText(vxlanPacket)))
  const boxes = figure.items.filter(item => item.type === 'box' && item.id.startsWith('layer/'))
  expect(boxes).toHaveLength(8)
  expect(texts(vxlanPacket)).toContain('20 IPv4 + 8 UDP + 8 VXLAN + 14 Ethernet = 50 bytes of encapsulation: 1450 = 1500 − 50')
  expect(texts(vxlanPacket)).toContain("the outer IP packet: 134 bytes, limited by the LAN's MTU")
  expect(packetText(vxlanPacket)).toMatch(/ {6}VXLAN +8 +VNI 4097/)
})

test('what is wrong with a layer is said', () => {
  expectTidy(packetFigure(arpPacket))
  expect(texts(arpPacket)).toContain('truncated: 12 of 28 bytes')
  expect(packetText(arpPacket)).toContain('request: 192.168.111.128 (00:0c:29:49:39:91) asks for 192.168.111.129; truncated: 12 of 28 bytes')
})

test('no packet is an error that says where to get one', () => {
  expect(() => packetFigure(undefined as never)).toThrow('There is no packet to draw.\n→ Give a packet of a capture')
  expect(() => packetFigure({ ...arpPacket, layers: [] })).toThrow('no layers')
})

test('any layers, with any words, are drawn tidily', () => {
  const layer = fc.constantFrom(...vxlanPacket.layers, ...arpPacket.layers).chain(layer => fc.record({ problem: fc.option(fc.string({ unit: 'grapheme', maxLength: 200 }), { nil: undefined }) }).map(more => ({ ...layer, ...more })))
  fc.assert(fc.property(fc.array(layer, { minLength: 1, maxLength: 10 }), fc.string({ unit: 'grapheme', maxLength: 120 }), (layers, title) => {
    const figure = packetFigure({ ...vxlanPacket, layers }, title)
    expectTidy(figure)
    expectWellFormed(drawSvg(figure, title))
  }), { numRuns: 60, interruptAfterTimeLimit: 20_000 })
})

test('the seven models, in both languages', () => {
  for (const language of ['en', 'zh'] as const) {
    setLanguage(language)
    const figure = modelsFigure()
    expectTidy(figure)
    expectWellFormed(drawSvg(figure, modelsText()))
    for (const name of ['None', 'Host', 'Bridge', 'Container', 'Overlay', 'Macvlan', 'IPvlan']) expect(modelsText()).toContain(name)
  }
})
