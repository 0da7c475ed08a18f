import { describe, expect, it } from 'vitest'
import { keyOf, parseBlock } from '../../../src/magics/block.ts'
import { named, pingsForever, runsInForeground, watcher } from '../../../src/magics/typed.ts'

describe('a cell of commands', () => {
  it('is typed as it stands when it has no prompts', () => {
    expect(parseBlock('\nfor x in 1; do\n  echo $x\ndone\n\n')).toEqual([
      { text: 'for x in 1; do', printed: false }, { text: '  echo $x', printed: false }, { text: 'done', printed: false },
    ])
  })

  it('may be a piece of the tutorial: prompts tell who types, the rest was printed', () => {
    expect(parseBlock(`$ docker run -it --rm --name=bbox --network=none busybox sh
运行一个BusyBox的容器,然后在容器内可以看到:
/ # ip link
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000
ycwang@ycwang-ubuntu:~$ docker ps`).map(({ text, shell, printed }) => [printed ? '-' : shell, text])).toEqual([
      ['host', 'docker run -it --rm --name=bbox --network=none busybox sh'],
      ['-', '运行一个BusyBox的容器,然后在容器内可以看到:'],
      ['container', 'ip link'],
      ['-', '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000'],
      ['host', 'docker ps'],
    ])
  })

  it('may mix prompts with plain commands', () => {
    expect(parseBlock('$ docker run -it busybox sh\nip addr\nexit').map(line => line.printed)).toEqual([false, false, false])
  })

  it('has keys', () => {
    expect(keyOf('^C')).toBe('\x03')
    expect(keyOf(' ^D ')).toBe('\x04')
    expect(keyOf('echo ^C')).toBeUndefined()
  })
})

describe('a typed line', () => {
  it.each([
    ['docker run -it --rm --name=web nginx', true],
    ['docker run -d --name=web nginx', false],
    ['docker run -itd nginx', false],
    ['docker run --detach nginx', false],
    ['docker run nginx &', false],
    ['docker run --rm busybox sh -c "ls -d /"', true],
    ['docker ps', false],
  ])('%s runs a container in the foreground: %s', (line, yes) => expect(runsInForeground(line)).toBe(yes))

  it.each([
    ['ping 8.8.8.8', true], ['sudo ping 8.8.8.8', true], ['ping -c 4 8.8.8.8', false], ['ping -w2 8.8.8.8', false],
    ['docker run --rm busybox ping 8.8.8.8', true], ['docker run -d busybox ping 8.8.8.8', false],
    ['docker service create --name bboxes busybox ping 8.8.8.8', false], ['ping 8.8.8.8 &', false], ['echo shipping 1', false],
  ])('%s pings for ever: %s', (line, yes) => expect(pingsForever(line)).toBe(yes))

  it.each([
    ['docker run -it --rm --name=web -p 8080:80 nginx', { kind: 'container', name: 'web' }],
    ['docker run --name bbox1 --network ipvlan-l3 --ip 10.0.1.10 busybox sh', { kind: 'container', name: 'bbox1' }],
    ['docker run busybox echo --name=x', undefined],
    ['docker network create --driver=macvlan --subnet=192.168.111.0/24 -o parent=ens33 macvnet', { kind: 'network', name: 'macvnet' }],
    ['docker service create --network=vxlanA --name bboxes --replicas 2 busybox ping 8.8.8.8', { kind: 'service', name: 'bboxes' }],
    ['docker swarm init', { kind: 'swarm', name: '' }],
    ['docker ps', undefined],
  ])('%s makes %o', (line, thing) => expect(named(line)).toEqual(thing))

  it('may watch until it is stopped', () => {
    expect(watcher('sudo tcpdump -i ens33 udp port 4789 -s 0 -X -nnn -vvv')).toEqual({ ready: /listening on/ })
    expect(watcher('docker logs -f web')).toEqual({ ready: undefined })
    expect(watcher('ip addr')).toBeUndefined()
  })
})
