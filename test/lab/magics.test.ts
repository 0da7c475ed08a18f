import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testNotebook, type TestNotebook } from './notebook.ts'

let book: TestNotebook
beforeAll(async () => {
  book = testNotebook()
  await book.lab.start()
  await book.lab.imagesReady
})
afterAll(() => book.shutdown())

const sh = (host: string, body: string) => book.cell('%%sh', host, body)

describe("the tutorial's own blocks, as they stand", () => {
  it('chapter 1: no network', async () => {
    const text = await sh('A', `$ docker run -it --rm --name=bbox --network=none busybox sh
运行一个BusyBox的容器,然后在容器内可以看到:
/ # ip link
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000
link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00`)
    expect(text).toMatch(/^\$ docker run -it --rm --name=bbox --network=none busybox sh\n/)
    expect(text).toContain('/ # ip link\n1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n')
    expect(text).not.toContain('eth0')
    expect((await book.lab.A.containers()).map(({ name }) => name)).toEqual([])
  })

  it("chapter 2: the host's network; a ping without an end gets four replies", async () => {
    const text = await sh('A', `$ docker run -it --rm --name=bbox --network=host busybox sh
/ # ip addr
$ ip addr
/ # ping 8.8.8.8
PING 8.8.8.8 (8.8.8.8): 56 data bytes
64 bytes from 8.8.8.8: seq=0 ttl=53 time=34.735 ms`)
    expect(text.match(/inet 192\.168\.111\.128\/24/g)).toHaveLength(2)
    expect(text.match(/bytes from 8\.8\.8\.8: seq=/g)).toHaveLength(4)
    expect(text).toContain('0% packet loss')
  })

  it('chapter 3: bridge; a line of the host while the container is open is typed in a second window', async () => {
    const text = await sh('A', `$ docker network inspect bridge
$ docker run -it --rm --name=bbox busybox sh
/ # ip addr
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000
容器内部有eth0网卡,它是veth的一端。在Host上,可以看到veth的另一端:
$ brctl show
bridge name bridge id STP enabled interfaces
docker0 8000.0242653a0c37 no vethe22e54f`)
    expect(text).toContain('"Subnet": "172.17.0.0/16"')
    expect(text).toContain('inet 172.17.0.2/16')
    expect(text).toMatch(/docker0\s+8000\.\w+\s+no\s+veth\w+/)
  })

  it('chapter 3: nginx keeps running in its window, a second container reaches it', async () => {
    const text = await sh('A', `$ docker run -it --rm --name=web nginx
/docker-entrypoint.sh: Configuration complete; ready for start up
在另一个shell窗口里,先查看该容器的IP地址,确定为172.17.0.2:
$ docker network inspect bridge
$ docker run -it --rm --name=bbox busybox sh
/ # wget 172.17.0.2:80
Connecting to 172.17.0.2:80 (172.17.0.2:80)
saving to 'index.html'`)
    expect(text).toContain('"IPv4Address": "172.17.0.2/16"')
    expect(text).toMatch(/index\.html +100% \|\*+\| +615 +0:00:00 ETA\n'index\.html' saved/)
    expect(text.match(/ETA/g)).toHaveLength(1)
    expect((await book.lab.A.containers()).map(({ name }) => name)).toEqual(['web'])
  })

  it('chapter 3: run again with a published port, it replaces the one before; B fetches', async () => {
    for (let round = 0; round < 2; round++) {
      await sh('A', '$ docker run -it --rm --name=web -p 8080:80 nginx')
      expect(await sh('B', '$ wget 192.168.111.128:8080')).toMatch(/200 OK\nLength: 615 \[text\/html\][\s\S]*‘index\.html’ saved \[615\/615\]/)
    }
  })

  it('chapter 4: the network of another container', async () => {
    const text = await sh('A', `docker run -it --rm --name=bbox --network=container:web busybox sh
ip addr
wget 127.0.0.1
exit
docker ps --format '{{.Names}}'`)
    expect(text).toContain('inet 172.17.0.2/16')
    expect(text).toMatch(/615 +0:00:00 ETA/)
    expect(text).toMatch(/\$ docker ps --format '\{\{\.Names\}\}'\nweb\n$/)
    await book.lab.A.clean()
  })
})

describe('%%sh', () => {
  it('echoes each command after a prompt; loops, here-documents and broken lines work', async () => {
    expect(await sh('router', `for x in 1 2; do
  echo "line $x"
done
cat <<END
  text
END
echo a \\
  b
sudo id -u`)).toBe('$ for x in 1 2; do\n>   echo "line $x"\n> done\nline 1\nline 2\n$ cat <<END\n>   text\n> END\n  text\n$ echo a \\\n>   b\na b\n$ sudo id -u\n0\n')
  })

  it('is an error of the cell when a command fails, unless || true', async () => {
    await expect(sh('A', 'ls /nonexistent\necho on')).rejects.toMatchObject({
      message: expect.stringMatching(/"ls \/nonexistent" ended with exit status 2[\s\S]*\|\| true/), printed: expect.stringContaining('$ echo on\non\n'),
    })
    await sh('A', 'ls /nonexistent || true')
  })

  it('does not type into the host what was meant for a container', async () => {
    await expect(sh('A', 'docker run -it --rm --name=q nosuch sh\ntouch /tmp/typed')).rejects.toThrow(/lines below it were not typed[\s\S]*image add/)
    expect((await book.lab.A.sh`ls /tmp`).text).not.toContain('typed')
    await expect(sh('A', '/ # ip addr')).rejects.toThrow(/meant for a container's shell/)
  })

  it('gives lines to a program that reads, and keys', async () => {
    expect(await sh('A', 'cat > file\nfirst\n^D\ncat file\nread x\nhello\necho "<$x>"')).toContain('<hello>')
    await expect(sh('A', 'read x')).rejects.toThrow(/waits for input/)
    expect(await sh('A', '(sleep 1.2; echo late) | cat')).toContain('late\n')
    expect(await sh('A', 'sleep 1000 &\nkill %1\nsleep 1000 || true\n^C\necho on')).toContain('on\n')
  })

  it('watches with tcpdump while the next lines make traffic', async () => {
    const text = await sh('A', '$ sudo tcpdump -i ens33 -nn icmp\n$ ping -c 1 192.168.111.129')
    expect(text).toMatch(/192\.168\.111\.128 > 192\.168\.111\.129: ICMP echo request/)
    expect(text).toContain('packets captured')
  })

  it('says what is wrong with the cell', async () => {
    await expect(sh('X', 'ls')).rejects.toThrow(/no machine "X"[\s\S]*A, B, router/)
    await expect(sh('A B', 'ls')).rejects.toThrow(/%%sh A/)
    await expect(sh('A', ' \n')).rejects.toThrow(/no commands/)
    await expect(sh('A', 'echo "abc')).rejects.toThrow(/unfinished/)
  })

  it('ends what it runs when interrupted, containers and programs in containers too', async () => {
    await book.bridge.run('busybox', { name: 'bb' })
    for (const body of ['sleep 2222', 'docker run -it --rm --name=slp busybox sh -c "echo up; sleep 2222"', 'docker exec -it bb sh -c "echo up; sleep 2222"']) {
      expect(await book.interrupted(body.startsWith('sleep') ? /sleep 2222\n/ : /\nup/, () => sh2(body))).toMatchObject({ message: 'KeyboardInterrupt' })
    }
    const left = await book.lab.A.run(['sh', '-c', 'docker ps --format {{.Names}}; ps ax'], { print: false })
    expect(left.text).toMatch(/^bb\n/)
    expect(left.text).not.toMatch(/sleep 2222/)
    expect(await sh('A', 'echo usable')).toContain('usable')
  })
  const sh2 = (body: string) => book.lab.running ? import('../../src/magics/sh.ts').then(({ shMagic }) => shMagic(() => book.lab).run('A', body, undefined as never)) : undefined!
})

describe('%%in', () => {
  it('types into a shell of a container, with its exit statuses', async () => {
    await book.bridge.run('busybox', { name: 'bb' })
    const text = await book.cell('%%in', 'bb', 'hostname -i\nfor i in 1 2; do\necho $i\ndone')
    expect(text).toBe('/ # hostname -i\n172.17.0.2\n/ # for i in 1 2; do\n> echo $i\n> done\n1\n2\n')
    expect(await book.cell('%%in', 'A:bb', '/ # echo $((6 * 7))\n1: printed')).toBe('/ # echo $((6 * 7))\n42\n')
    await expect(book.cell('%%in', 'bb', 'ping -c 1 -W 1 10.255.255.1')).rejects.toThrow(/exit status 1/)
    await expect(book.cell('%%in', 'nope', 'ls')).rejects.toThrow(/No container "nope" is running[\s\S]*bb \(on A\)/)
  })
})

describe('%lab', () => {
  it('shows, plans, stops and starts', async () => {
    expect(await book.cell('%lab', '')).toMatch(/lab up in[\s\S]*A +ens33 +192\.168\.111\.128 +00:0c:29:49:39:91 +bb\n/)
    expect(await book.cell('%lab', 'plan')).toContain('ens33')
    await expect(book.cell('%lab', 'fly')).rejects.toThrow(/%lab start/)
    expect(await book.cell('%lab', 'stop')).toContain('stopped')
    expect(await book.cell('%lab', '')).toMatch(/not running/)
    expect(await book.cell('%lab', 'start ipvlan')).toContain('A 192.168.0.105')
  })
})
