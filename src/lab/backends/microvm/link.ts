/** The owner's end of the byte stream to the guest: many programs, terminals and sockets over one connection. */
import { AsyncResource } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { Duplex, Readable, Writable } from 'node:stream'
import { WirebookError } from '../../../error.ts'
import { encodeFrame, type Frame, frameReader, type OpenRequest, openRequest, windowSize } from './frames.ts'

/** The channel of the program that builds the lab. */
const planChannel = 1

export interface GuestChannel {
  stdin: Writable
  stdout: Readable
  stderr: Readable
  /** Exit status of the program, 0 for a socket. Rejects when it could not be opened or the guest has gone. */
  exit: Promise<number>
  signal(name: NodeJS.Signals): void
  resize(columns: number, rows: number): void
  /** Forgets it and ends its program. */
  close(): void
  /** Whether Node stays alive for it, as it does for a socket. It does at first. */
  keepsAlive(yes: boolean): void
}

/** Connects the two ends; `stream` carries the frames. Node may end while no channel is open but the plan's. */
export class GuestLink {
  readonly #stream: Socket
  readonly #awaited = new Set<number>()
  readonly #channels = new Map<number, Channel>()
  readonly #answers = new Map<string, (() => void)[]>()
  #lastChannel = planChannel
  #gone: Error | undefined

  constructor(stream: Socket) {
    this.#stream = stream
    stream.on('data', frameReader(frame => this.#receive(frame)))
    stream.on('error', error => this.#end(error))
    stream.on('close', () => this.#end(new WirebookError('the virtual machine has ended')))
  }

  /** Greets the agent: gives it this machine's clock and random bytes, and returns when it has answered. */
  async hello(timeout: number): Promise<void> {
    const now = performance.timeOrigin + performance.now()
    const clock = Buffer.alloc(8)
    clock.writeUInt32BE(Math.floor(now / 1000), 0)
    clock.writeUInt32BE(Math.floor((now % 1000) * 1e6), 4)
    await this.#ask('H', Buffer.concat([clock, randomBytes(64)]), timeout)
  }

  /** Drops all channels on the guest's side, so that it can be saved. */
  async quiesce(timeout: number): Promise<void> {
    await this.#ask('Q', Buffer.alloc(0), timeout)
  }

  open(request: OpenRequest): GuestChannel {
    return this.#add(++this.#lastChannel, request)
  }

  /** Starts the program that builds the lab. It alone goes on through a snapshot. */
  openPlan(request: OpenRequest): GuestChannel {
    return this.#add(planChannel, request)
  }

  /** The program that built the lab before the snapshot was taken. */
  adoptPlan(): GuestChannel {
    return this.#add(planChannel)
  }

  #add(number: number, request?: OpenRequest): GuestChannel {
    const channel = new Channel((type, payload) => this.#send(type, number, payload), yes => this.#await(number, yes), () => {
      this.#channels.delete(number)
      this.#await(number, false)
    })
    if (this.#gone) {
      channel.fail(this.#gone)
      return channel
    }
    this.#channels.set(number, channel)
    this.#await(number, number !== planChannel || request !== undefined)
    if (request) this.#send('O', number, openRequest(request))
    return channel
  }

  /** A stream to a unix socket of the guest. Its errors are the stream's. */
  connect(path: string): Duplex {
    const channel = this.open({ kind: 'unix', process: 0, words: [path] })
    const duplex = new SocketStream(channel)
    channel.exit.catch((error: Error) => duplex.destroy(error))
    return duplex
  }

  #await(channel: number, yes: boolean): void {
    if (yes) this.#awaited.add(channel)
    else this.#awaited.delete(channel)
    if (this.#awaited.size > 0) this.#stream.ref()
    else this.#stream.unref()
  }

  #send(type: string, channel: number, payload?: Buffer): boolean {
    return !this.#gone && this.#stream.write(encodeFrame(type, channel, payload))
  }

  async #ask(type: string, payload: Buffer, timeout: number): Promise<void> {
    if (this.#gone) throw this.#gone
    this.#await(0, true)
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => finish(new WirebookError(`the guest did not answer within ${timeout / 1000} s`)), timeout)
      const finish = (error?: Error) => {
        clearTimeout(timer)
        this.#await(0, false)
        if (error) reject(error)
        else resolve()
      }
      this.#stream.once('close', () => finish(new WirebookError('the virtual machine ended before it answered')))
      this.#answers.set(type, [...(this.#answers.get(type) ?? []), () => finish()])
      this.#send(type, 0, payload)
    })
  }

  #receive(frame: Frame): void {
    if (frame.channel !== 0) {
      this.#channels.get(frame.channel)?.receive(frame)
      return
    }
    for (const answer of this.#answers.get(frame.type) ?? []) answer()
    this.#answers.delete(frame.type)
  }

  #end(error: Error): void {
    this.#gone ??= error
    for (const channel of this.#channels.values()) channel.fail(this.#gone)
    this.#channels.clear()
  }
}

type Send = (type: string, payload?: Buffer) => boolean

class Channel implements GuestChannel {
  readonly stdout: Incoming
  readonly stderr: Incoming
  readonly stdin: Writable
  readonly exit: Promise<number>
  readonly keepsAlive: (yes: boolean) => void
  readonly #send: Send
  readonly #forget: () => void
  readonly #exited = Promise.withResolvers<number>()
  /** Whoever opened the channel: what comes over it belongs to that cell, and not to the one that started the lab. */
  readonly #opener = new AsyncResource('GuestChannel')
  #credit = windowSize
  #waiting: (() => void) | undefined
  #over = false

  constructor(send: Send, keepsAlive: (yes: boolean) => void, forget: () => void) {
    this.#send = send
    this.keepsAlive = yes => {
      if (!this.#over) keepsAlive(yes)
    }
    this.#forget = forget
    const taken = (count: number) => void this.#send('W', uint32(count))
    this.stdout = new Incoming(taken)
    this.stderr = new Incoming(taken)
    this.stdin = new Writable({
      write: (data: Buffer, _encoding, done) => this.#write(data, done),
      final: done => {
        if (!this.#over) this.#send('E')
        done()
      },
    })
    this.stdin.on('error', () => {})
    this.exit = this.#exited.promise
    this.exit.catch(() => {})
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#over) this.#send('S', Buffer.from([constants.signals[name]]))
  }

  resize(columns: number, rows: number): void {
    const size = Buffer.alloc(4)
    size.writeUInt16BE(columns, 0)
    size.writeUInt16BE(rows, 2)
    if (!this.#over) this.#send('R', size)
  }

  close(): void {
    if (this.#over) return
    this.#send('C')
    this.#finish()
    this.#exited.resolve(137)
  }

  receive(frame: Frame): void {
    this.#opener.runInAsyncScope(() => this.#take(frame))
  }

  #take({ type, payload }: Frame): void {
    if (type === 'D') {
      this.#incoming(payload[0]).receive(payload.subarray(1))
    } else if (type === 'E') {
      this.#incoming(payload[0]).end()
    } else if (type === 'W') {
      this.#credit += payload.readUInt32BE(0)
      this.#waiting?.()
    } else if (type === 'X') {
      this.#finish()
      this.#exited.resolve(payload[0] as number)
    } else if (type === 'F') {
      this.fail(new WirebookError(payload.toString()))
    }
  }

  fail(error: Error): void {
    if (this.#over) return
    this.#opener.runInAsyncScope(() => this.#finish())
    this.#exited.reject(error)
  }

  #incoming(stream: number | undefined): Incoming {
    return stream === 2 ? this.stderr : this.stdout
  }

  #finish(): void {
    this.#over = true
    this.#forget()
    this.stdout.end()
    this.stderr.end()
    this.#waiting?.()
  }

  /** Sends as much as the other side has room for, the rest when it has taken some. */
  #write(data: Buffer, done: (error?: Error | null) => void): void {
    this.#waiting = undefined
    if (this.#over) return done()
    const now = data.subarray(0, this.#credit)
    for (let at = 0; at < now.length; at += 32_768) this.#send('D', now.subarray(at, at + 32_768))
    this.#credit -= now.length
    if (now.length === data.length) return done()
    this.#waiting = () => this.#write(data.subarray(now.length), done)
  }
}

/** What comes from the guest. Says how much its reader has taken, so that a slow reader holds up only its own channel. */
class Incoming extends Readable {
  endPushed = false
  readonly #taken: (bytes: number) => void
  #owed = 0

  constructor(taken: (bytes: number) => void) {
    super({ highWaterMark: windowSize })
    this.#taken = taken
  }

  receive(data: Buffer): void {
    if (this.endPushed) return
    this.#owed += data.length
    if (this.push(data)) this.#pay()
  }

  end(): void {
    if (this.endPushed) return
    this.endPushed = true
    this.push(null)
  }

  override _read(): void {
    this.#pay()
  }

  #pay(): void {
    if (this.#owed === 0) return
    const bytes = this.#owed
    this.#owed = 0
    this.#taken(bytes)
  }
}

/** A channel to a unix socket as one stream. */
class SocketStream extends Duplex {
  readonly #channel: GuestChannel

  constructor(channel: GuestChannel) {
    super({ allowHalfOpen: true })
    this.#channel = channel
    channel.stdout.on('data', (data: Buffer) => {
      if (!this.push(data)) channel.stdout.pause()
    })
    channel.stdout.on('end', () => this.push(null))
  }

  override _read(): void {
    this.#channel.stdout.resume()
  }

  override _write(data: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#channel.stdin.write(data, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.stdin.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.close()
    done(error)
  }

  // What node:http asks of a socket; there is no TCP here to set anything on.
  setNoDelay(): this { return this }
  setKeepAlive(): this { return this }
  setTimeout(): this { return this }
  ref(): this {
    this.#channel.keepsAlive(true)
    return this
  }

  unref(): this {
    this.#channel.keepsAlive(false)
    return this
  }
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32BE(value)
  return buffer
}
