import type { Topology } from '../../api/lab.ts'
import type { Step } from '../plan.ts'
import { ipBatch } from './ip-batch.ts'

/** The LAN: a bridge as its switch, and a cable (veth pair) from it to a network namespace for each machine. */
export function wireSteps(topology: Topology): Step[] {
  const { machines } = topology
  const mtu = String(topology.mtu)
  return [
    { machine: null, argv: ['sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1'], why: 'a switch has no address, so it never speaks itself' },
    { machine: null, argv: ['ip', '-batch', '-'],
      why: 'one network namespace a machine; a switch (a bridge); a cable (a veth pair) from each machine to it',
      input: ipBatch([
        ...machines.map(machine => ['netns', 'add', machine.name]),
        ['link', 'add', 'lan', 'mtu', mtu, 'type', 'bridge'],
        ['link', 'set', 'lan', 'up'],
        ...machines.flatMap((machine, index) => [
          ['link', 'add', port(index), 'index', String(firstPortIndex + index), 'mtu', mtu, 'type', 'veth', 'peer', 'name', machine.interface,
            ...(machine.mac ? ['address', machine.mac] : []), 'mtu', mtu, 'netns', machine.name],
          ['link', 'set', port(index), 'master', 'lan', 'up'],
        ]),
      ]) },
  ]
}

/**
 * The switch numbers its ports from here. A machine sees its cable's other end only by number (`ens33@if1001`); one that
 * was also the number of an interface of its own would make tools print that interface's name.
 */
const firstPortIndex = 1001

/** A port of the switch, by the place of its machine in the topology. */
function port(index: number): string {
  return `port${index + 1}`
}
