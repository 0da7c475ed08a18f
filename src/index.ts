import type { Claim, Diagrams, Evidence } from './api/show.ts'
import type { OverlayModel } from './api/models.ts'
import { claim } from './claims/claim.ts'
import { deferred, deferredFunction } from './deferred.ts'
import { knownNames } from './docker/names.ts'
import { NotebookLab } from './lab/lab.ts'
import { inMagic } from './magics/in.ts'
import { labMagic } from './magics/lab-magic.ts'
import type { Magic } from './magics/magic.ts'
import { shMagic } from './magics/sh.ts'
import { table } from './show/table.ts'

/** What a notebook works with: one lab, and all that acts on it. */
export interface Notebook {
  lab: NotebookLab
  /** By the names that kernel/prelude.d.ts declares. */
  globals: Record<string, unknown>
  magics: Magic[]
  /** Words that may follow `prefix` inside quotes. */
  completeString(prefix: string): string[]
  /** Ends the lab. */
  shutdown(): Promise<void>
}

/**
 * Makes the names that every notebook starts with, around a lab of its own. Loads little: Docker, terminals and charts
 * come with the first call that needs them.
 */
export function createNotebook(): Notebook {
  const lab = new NotebookLab()
  const globals = {
    lab,
    ...models(lab),
    ...measurements(),
    claim: (id: string, evidence: Evidence): Claim => claim(id, evidence),
    table,
    chart: deferred(['latency', 'distribution', 'mtu', 'throughput', 'packetRate', 'vegaLite'], async () => (await import('./show/chart.ts')).chart),
    diagram: deferred<Diagrams>(['lab', 'packet', 'models'], async () => (await import('./show/diagram.ts')).diagramsOf(lab)),
  }
  const magics = [shMagic(() => lab), inMagic(() => lab), labMagic(() => lab)]
  return { lab, globals, magics, completeString: prefix => completeString(lab, prefix), shutdown: () => lab.stop() }
}

/** One object a chapter: the seven ways in which a container gets a network. */
function models(lab: NotebookLab) {
  const first = async () => (await import('./models/host-choice.ts')).hostChoice(() => lab.hosts[0]!)
  const loadOverlay = async (): Promise<OverlayModel> => (await import('./models/overlay.ts')).overlayModel(lab)
  return {
    none: deferred(['run'], async () => (await import('./models/none.ts')).noneModel(await first())),
    host: deferred(['run'], async () => (await import('./models/host.ts')).hostModel(await first())),
    bridge: deferred(['run', 'create', 'network'], async () => (await import('./models/bridge.ts')).bridgeModel(await first())),
    container: deferred(['run'], async () => (await import('./models/container.ts')).containerModel(await first())),
    overlay: {
      ...deferred(['create', 'service', 'run'], loadOverlay),
      swarm: deferred(['init', 'join', 'nodes', 'leave'], async () => (await loadOverlay()).swarm),
    },
    macvlan: deferred(['create', 'run'], async () => (await import('./models/macvlan.ts')).macvlanModel(await first())),
    ipvlan: deferred(['create', 'run'], async () => (await import('./models/ipvlan.ts')).ipvlanModel(await first())),
  }
}

function measurements() {
  return {
    ping: deferredFunction(async () => (await import('./observe/ping.ts')).ping),
    http: deferredFunction(async () => (await import('./observe/http.ts')).http),
    capture: deferredFunction(async () => (await import('./observe/capture.ts')).capture),
    pathMtu: deferredFunction(async () => (await import('./observe/path-mtu.ts')).pathMtu),
    throughput: deferredFunction(async () => (await import('./observe/throughput.ts')).throughput),
    packetRate: deferredFunction(async () => (await import('./observe/packet-rate.ts')).packetRate),
    natRules: deferredFunction(async () => (await import('./observe/nat-rules.ts')).natRules),
    forwardingTable: deferredFunction(async () => (await import('./observe/forwarding-table.ts')).forwardingTable),
  }
}

/** Machines, images and what this notebook has made. */
function completeString(lab: NotebookLab, prefix: string): string[] {
  const words = [...lab.topology.machines.map(({ name }) => name), 'busybox', 'nginx', ...knownNames()]
  return [...new Set(words)].filter(word => word.startsWith(prefix))
}
