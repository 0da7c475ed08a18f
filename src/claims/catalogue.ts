/**
 * Every claim of the book, by id: what the tutorial says, in our own words. A starred claim goes beyond the tutorial.
 * The ids and what must be measured for each are the project's specification; `wirebook run` fails when one is missing.
 */
import { WirebookError } from '../error.ts'
import type { Language } from './language.ts'

export interface ClaimEntry {
  readonly id: string
  /** The notebook that makes it: `04-container`. */
  readonly chapter: string
  readonly says: Readonly<Record<Language, string>>
  /** Goes beyond the tutorial. */
  readonly starred: boolean
}

/** The book's chapters in order, by the name of their notebook. The first and the last make no claims. */
export const chapters = [
  '00-overview', '01-none', '02-host', '03-bridge', '04-container', '05-overlay', '06-macvlan', '07-ipvlan', '08-compare',
] as const

const star = true

export const catalogue: readonly ClaimEntry[] = [
  entry('1.1', 'The container has only lo, with MTU 65536', '容器里只有 lo，MTU 为 65536'),
  entry('1.2', 'The container is closed off: no address outside can be reached', '容器是封闭的环境，访问不了外部'),
  entry('1.3', 'Processes inside still talk to each other over 127.0.0.1', '容器内的进程仍可通过 127.0.0.1 互相通信', star),

  entry('2.1', 'The container sees the same interfaces and addresses as the host', '容器看到的网卡、地址与宿主机一致'),
  entry('2.2', "The container shares the host's network stack", '容器共享宿主机的网络栈'),
  entry('2.3', 'ping 8.8.8.8 works from inside', '从容器内 ping 8.8.8.8 一切正常'),
  entry('2.4', "The container's ports easily conflict with the host's", '容器的端口容易与宿主机冲突'),
  entry('2.5', 'Network performance is very good', '容器的网络性能很好'),

  entry('3.1', 'docker0 exists from the start: 172.17.0.1/16, NO-CARRIER until it is used', 'docker0 一开始就有：172.17.0.1/16，未使用时为 NO-CARRIER'),
  entry('3.2', 'The default network is 172.17.0.0/16, gateway 172.17.0.1, with its six options', '默认网络为 172.17.0.0/16，网关 172.17.0.1，另有六个选项'),
  entry('3.3', 'The container has eth0@if…, 172.17.0.2/16, 02:42:ac:11:00:02, MTU 1500', '容器有 eth0@if…，172.17.0.2/16，02:42:ac:11:00:02，MTU 1500'),
  entry('3.4', 'eth0 is one end of a veth pair; the other end is a port of docker0', 'eth0 是 veth 的一端，另一端接在 docker0 上'),
  entry('3.5', 'A container fetches 615 bytes from another one at 172.17.0.2:80', '容器从 172.17.0.2:80 取得另一容器的 615 字节页面'),
  entry('3.6', 'Inside to outside goes through NAT; the reply arrives with TTL 63', '从内到外经过 NAT，应答的 TTL 为 63'),
  entry('3.7', 'With -p 8080:80 another machine fetches the page: 200, 615 bytes', '用 -p 8080:80，外部机器可以访问：200，615 字节'),
  entry('3.8', 'On a user-defined bridge containers find each other by name; on the default one they do not', '在自定义网桥上可用名字互访，在默认网桥上不行', star),

  entry('4.1', 'web has 172.17.0.2 and 02:42:ac:11:00:02', 'web 的地址是 172.17.0.2，MAC 是 02:42:ac:11:00:02'),
  entry('4.2', 'Both containers have the same IP and the same MAC', '两个容器的 IP、MAC 一模一样'),
  entry('4.3', 'From bbox, 127.0.0.1 is nginx: 615 bytes', '在 bbox 里访问 127.0.0.1 就是 nginx：615 字节'),
  entry('4.4', 'A Pod is this: a pause container holds the network, the others share it', 'Pod 就是如此：Pause 容器持有网络，其它容器共享', star),

  entry('5.1', 'The swarm has two nodes, A the leader and B a worker, both Ready', '集群有两个节点：A 是 Leader，B 是 worker，都 Ready'),
  entry('5.2', 'Two networks appear: docker_gwbridge (bridge, local) and ingress (overlay, swarm)', '多出两个网络：docker_gwbridge（bridge，local）与 ingress（overlay，swarm）'),
  entry('5.3', 'vxlanA is created with the overlay driver', '用 overlay 驱动创建了 vxlanA'),
  entry('5.4', 'The service bboxes converges: 2 replicas, one on each host', '服务 bboxes 收敛：2 个副本，两台机器各一个'),
  entry('5.5', 'eth0 has MTU 1450 in 10.0.1.0/24, eth1 has MTU 1500 on docker_gwbridge', 'eth0 在 10.0.1.0/24，MTU 1450；eth1 在 docker_gwbridge，MTU 1500'),
  entry('5.6', 'The two containers reach each other, TTL 64', '两个容器互通，TTL 为 64'),
  entry('5.7', 'On the wire: ICMP inside VXLAN (VNI 4097) inside UDP from A to B:4789', '线上抓到：A 到 B:4789 的 UDP，内为 VXLAN（VNI 4097），再内为 ICMP'),
  entry('5.8', 'VXLAN costs 50 bytes: 1450 fits through the overlay where 1500 fits on ens33', 'VXLAN 占 50 字节：ens33 能过 1500，overlay 只能过 1450', star),
  entry('5.9', 'eth1 serves north–south traffic, through docker_gwbridge', 'eth1 经 docker_gwbridge 负责南北向流量', star),
  entry('5.10', 'The service name resolves, and its virtual IP answers', '服务名可以解析，其虚拟 IP 有应答', star),

  entry('6.1', 'The macvlan network has ens33 as its parent', 'macvlan 网络的父接口是 ens33'),
  entry('6.2', 'nginx at 192.168.111.10 is reachable from another machine', '外部机器可直接访问 192.168.111.10 上的 nginx'),
  entry('6.3', 'The container has a MAC and an IP of its own', '容器有自己独立的 MAC 与 IP'),
  entry('6.4', 'ens33 must be set to promiscuous mode first', '必须先打开 ens33 的混杂模式'),
  entry('6.5', 'The container runs at 192.168.110.10', '容器运行在 192.168.110.10'),
  entry('6.6', 'Of the four macvlan modes Docker supports bridge', 'Macvlan 有四种模式，Docker 支持其中的 bridge'),
  entry('6.7', 'The host cannot reach its own macvlan container; a macvlan interface on the host can', '宿主机访问不了自己的 macvlan 容器，宿主机上的 macvlan 接口可以', star),

  entry('7.1', "L2: the container's MAC is its parent's", 'L2：容器的 MAC 与父接口一致'),
  entry('7.2', 'L2: the container and B reach each other', 'L2：容器与机器 B 互通'),
  entry('7.3', 'One parent cannot serve L2 and L3 at once', '一个父接口不能同时支持 L2 和 L3'),
  entry('7.4', "L3: NOARP, 10.0.1.10/24 and 10.0.2.10/24, the parent's MAC", 'L3：NOARP，10.0.1.10/24 与 10.0.2.10/24，MAC 同父接口'),
  entry('7.5', 'L3: the two subnets reach each other', 'L3：两个子网互通'),
  entry('7.6', 'L3: unreachable from outside until the router has the routes', 'L3：路由器加上路由之前，外部无法到达'),
  entry('7.7', 'The route to 10.0.2.0/24 goes via 192.168.1.105', '到 10.0.2.0/24 的路由经 192.168.1.105'),
  entry('7.8', 'IPvlan needs Linux 4.2 or newer', 'IPvlan 需要 Linux 4.2 或更新'),
  entry('7.9', 'IPvlan needs no promiscuous mode', 'IPvlan 不需要混杂模式'),
]

function entry(id: string, en: string, zh: string, starred = false): ClaimEntry {
  return { id, chapter: chapters[Number(id.split('.')[0])]!, says: { en, zh }, starred }
}

/** One claim by id. Throws for an unknown one, listing the ids of its chapter (or the chapters). */
export function findClaim(id: string): ClaimEntry {
  const found = catalogue.find(claim => claim.id === id)
  if (found) return found
  const number = String(id).split('.')[0]
  const neighbours = catalogue.filter(claim => claim.id.split('.')[0] === number).map(claim => claim.id)
  throw new WirebookError(`There is no claim "${id}".`, {
    remedy: neighbours.length > 0
      ? `Chapter ${number} has the claims ${neighbours.join(', ')}.`
      : `Write chapter.number, such as 4.2; the chapters that make claims are 1 to 7.`,
  })
}

/**
 * The ids that a chapter must claim, in order. `chapter` is the notebook's name or path: `04-container`,
 * `zh/04-container.ipynb`. Empty for one that makes no claims, or that is not of the book.
 */
export function claimsOf(chapter: string): string[] {
  const name = chapter.split('/').at(-1)!.replace(/\.ipynb$/, '')
  return catalogue.filter(claim => claim.chapter === name).map(claim => claim.id)
}
