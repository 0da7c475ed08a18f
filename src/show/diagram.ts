import type { Diagrams, Shown } from '../api/show.ts'
import type { Container, Lab } from '../api/lab.ts'
import { WirebookError } from '../error.ts'
import { drawSvg } from './diagrams/draw.ts'
import { layout } from './diagrams/layout.ts'
import { limit } from './diagrams/limit.ts'
import { modelsFigure, modelsText } from './diagrams/models.ts'
import { observe } from './diagrams/observe.ts'
import { packetFigure, packetText } from './diagrams/packet.ts'
import { findPath } from './diagrams/path.ts'
import type { LabPicture } from './diagrams/picture.ts'
import { tree } from './diagrams/tree.ts'
import { shownPicture } from './shown.ts'

/** The diagrams that notebooks draw, around the lab that they show. */
export function diagramsOf(lab: Lab): Diagrams {
  return {
    async lab({ hosts, title, path, highlight } = {}) {
      return drawLab(await observe(lab, hosts), { title, path: path?.map(nameOf), highlight: highlight?.map(nameOf) })
    },
    async packet(packet, { title } = {}) {
      const figure = packetFigure(packet, title)
      const text = packetText(packet, title)
      return shownPicture(drawSvg(figure, text), text)
    },
    async models() {
      return shownPicture(drawSvg(modelsFigure(), modelsText()), modelsText())
    },
  }
}

/** A picture drawn: pure, for a lab that was observed before. */
export function drawLab(picture: LabPicture, { title, path: waypoints, highlight = [] }: { title?: string; path?: string[]; highlight?: string[] } = {}): Shown {
  checkHighlight(picture, highlight)
  const path = waypoints && waypoints.length > 0 ? findPath(picture, waypoints) : undefined
  const { picture: drawn, notes } = limit(picture, path, highlight)
  const text = tree(picture, { title, path, notes })
  return shownPicture(drawSvg(layout(drawn, { title, path, highlight, notes }), text), text)
}

function nameOf(node: { name: string } | string): string {
  if (typeof node === 'string') return node
  if (typeof (node as Container | undefined)?.name === 'string') return node.name
  throw new WirebookError(`A diagram cannot mark ${String(node)}.`, { remedy: 'Give machines, containers, or names such as docker0 or bbox:eth0.' })
}

function checkHighlight(picture: LabPicture, highlight: string[]): void {
  const names = picture.machines.flatMap(({ containers, spaces }) => [...containers, ...spaces.flatMap(space => space.containers)].map(({ name }) => name))
  const unknown = highlight.find(name => !names.includes(name))
  if (unknown === undefined) return
  throw new WirebookError(`No container "${unknown}" runs in this lab.`, { remedy: names.length > 0 ? `Those that run: ${names.join(', ')}.` : 'None runs yet.' })
}
