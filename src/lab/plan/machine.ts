import type { MachineSpec, Topology } from '../../api/lab.ts'
import type { Step } from '../plan.ts'
import type { Environment } from './environment.ts'
import { ipBatch } from './ip-batch.ts'
import { mountTable } from './mount-table.ts'

/** Where a host's engine listens, as everywhere. */
export const engineSocket = '/run/docker.sock'

/** Where a host's engine logs. */
export const engineLog = '/var/log/dockerd.log'

/** What makes a machine out of fresh namespaces: files, name, addresses, routes, and its engine when it is a host. */
export function machineSteps(machine: MachineSpec, topology: Topology, environment: Environment): Step[] {
  const table = `/run/${machine.name}.fstab`
  const steps: Omit<Step, 'machine'>[] = [
    { argv: ['tee', table], input: mountTable(machineMounts(machine, environment)),
      why: 'writable folders in memory of its own; /proc and /sys that show this machine' },
    { argv: ['mount', '--all', '--fstab', table], why: 'mount them all at once' },
    { argv: ['sh', '-c', 'ln -s /.etc/* /etc/ && cd /etc && rm -rf docker hostname hosts resolv.conf && mkdir -p docker /var/lib /var/log /var/tmp && ln -s /run /var/run'],
      why: "an /etc of its own: links to the machine's, but for what a host has for itself" },
    { argv: ['hostname', machine.name], why: 'its name' },
    { argv: ['tee', '/etc/hostname'], input: `${machine.name}\n`, why: 'its name, for programs that read it' },
    { argv: ['tee', '/etc/hosts'], input: hostsFile(topology), why: 'the machines know each other by name' },
    { argv: ['tee', '/etc/resolv.conf'], input: 'nameserver 127.0.0.1\n',
      why: 'no name server is here: looking up a registry fails at once instead of after 20 s' },
    ...(machine.role === 'router' ? routerNetwork(machine) : hostNetwork(machine, topology)),
  ]
  if (machine.role === 'host') steps.push(engine(environment, topology.gateway))
  return steps.map(step => ({ machine: machine.name, ...step }))
}

function machineMounts(machine: MachineSpec, environment: Environment): [string, string, string, string][] {
  const own = (path: string, options: string): [string, string, string, string] => [machine.name, path, 'tmpfs', options]
  const mounts = [
    own('/run', 'mode=755'), own('/tmp', 'mode=1777'), own('/var', 'mode=755'), own('/root', 'mode=700'),
    own('/home', 'mode=755'), own('/etc', 'mode=755'),
    [machine.name, '/proc', 'proc', 'nosuid,nodev,noexec'],
    [machine.name, '/sys', 'sysfs', 'nosuid,nodev,noexec'],
  ] as [string, string, string, string][]
  if (environment.cgroup) mounts.push(['/lab/cgroup', '/sys/fs/cgroup', 'none', 'rbind'])
  return mounts
}

function hostsFile(topology: Topology): string {
  const lines = topology.machines.map(machine => `${machine.address.split('/')[0]} ${machine.name}`)
  return `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${lines.join('\n')}\n`
}

function hostNetwork(machine: MachineSpec, topology: Topology): Omit<Step, 'machine'>[] {
  return [
    { argv: ['ip', '-batch', '-'], why: 'its address, and the router as the way to everywhere else', input: ipBatch([
      ['link', 'set', 'lo', 'up'],
      ['address', 'add', machine.address, 'broadcast', '+', 'dev', machine.interface],
      ['link', 'set', machine.interface, 'up'],
      ['route', 'add', 'default', 'via', topology.gateway, 'dev', machine.interface],
      ...owned(machine),
    ]) },
  ]
}

function routerNetwork(machine: MachineSpec): Omit<Step, 'machine'>[] {
  const steps: Omit<Step, 'machine'>[] = [
    { argv: ['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.icmp_ratelimit=0'],
      why: 'it passes on what is not for itself: that makes it a router; and it says every time when it cannot' },
    { argv: ['ip', '-batch', '-'], why: 'its address on the LAN; the internet in one machine: it answers for these addresses too', input: ipBatch([
      ['link', 'set', 'lo', 'up'],
      ['address', 'add', machine.address, 'broadcast', '+', 'dev', machine.interface],
      ['link', 'set', machine.interface, 'up'],
      ...owned(machine),
    ]) },
  ]
  return machine.delay ? [...steps, ...delay(machine, machine.delay)] : steps
}

function owned(machine: MachineSpec): string[][] {
  return (machine.owns ?? []).map(address => ['address', 'add', `${address}/32`, 'dev', 'lo'])
}

/** What the router itself says goes out at once; what it forwards, and what it says as an address it owns, waits. */
function delay(machine: MachineSpec, ms: number): Omit<Step, 'machine'>[] {
  const device = machine.interface
  const address = machine.address.split('/')[0]!
  const slow = Array.from({ length: 16 }, () => '1')
  return [
    { needs: 'netem', why: 'two lanes on its interface; everything takes the second',
      argv: ['tc', 'qdisc', 'add', 'dev', device, 'root', 'handle', '1:', 'prio', 'bands', '2', 'priomap', ...slow] },
    { needs: 'netem', why: `the second lane waits ${ms} ms, as the way to a distant server does`,
      argv: ['tc', 'qdisc', 'add', 'dev', device, 'parent', '1:2', 'netem', 'delay', `${ms}ms`] },
    { needs: 'netem', why: "the router's own words take the first: the LAN is near",
      argv: ['tc', 'filter', 'add', 'dev', device, 'parent', '1:', 'protocol', 'ip', 'u32', 'match', 'ip', 'src', `${address}/32`, 'flowid', '1:1'] },
    { needs: 'netem', why: 'and so does ARP',
      argv: ['tc', 'filter', 'add', 'dev', device, 'parent', '1:', 'protocol', 'arp', 'u32', 'match', 'u8', '0', '0', 'flowid', '1:1'] },
  ]
}

function engine(environment: Environment, gateway: string): Omit<Step, 'machine'> {
  return {
    argv: ['dockerd', ...(environment.userNamespace ? ['--rootless'] : []), '--group', 'root', '--host', `unix://${engineSocket}`,
      '--bip', '172.17.0.1/16', '--dns', gateway, '--data-root', '/var/lib/docker', '--exec-root', '/run/docker', '--pidfile', '/run/docker.pid'],
    log: engineLog,
    why: 'its Docker Engine, with docker0 where every engine puts it first (said here, `docker network inspect` shows the gateway too), ' +
      'and the router as the name server of containers: it is none, and says so at once where 8.8.8.8 would be waited for',
  }
}
