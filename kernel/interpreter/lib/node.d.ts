/**
 * Node's globals as notebooks use them: a small stand-in for @types/node, which takes over as soon as a cell imports a
 * Node module. https://nodejs.org/api/globals.html
 */

interface ImportMeta {
  /** The notebook's folder as a file: URL, with a file name that stands for the cell. */
  url: string
  /** The notebook's folder. */
  dirname: string
  filename: string
  /** The URL that an import of `specifier` would load. */
  resolve(specifier: string): string
}

interface Console {
  /** Prints values on standard output, `%s`, `%d` and `%o` filled in. */
  log(...values: any[]): void
  info(...values: any[]): void
  debug(...values: any[]): void
  /** Prints values on standard error. */
  error(...values: any[]): void
  warn(...values: any[]): void
  trace(...values: any[]): void
  dir(value: any, options?: { depth?: number | null; colors?: boolean; showHidden?: boolean }): void
  /** Prints rows as a table. */
  table(rows: any, columns?: readonly string[]): void
  assert(condition?: boolean, ...values: any[]): void
  count(label?: string): void
  countReset(label?: string): void
  group(...labels: any[]): void
  groupCollapsed(...labels: any[]): void
  groupEnd(): void
  /** Starts a timer; `timeEnd` with the same label prints how long it ran. */
  time(label?: string): void
  timeLog(label?: string, ...values: any[]): void
  timeEnd(label?: string): void
  clear(): void
}
declare var console: Console

declare namespace NodeJS {
  interface Timeout { ref(): this; unref(): this; hasRef(): boolean; refresh(): this; [Symbol.toPrimitive](): number; [Symbol.dispose](): void }
  interface Immediate { ref(): this; unref(): this; hasRef(): boolean; [Symbol.dispose](): void }
  type Timer = Timeout
  type Signals = 'SIGABRT' | 'SIGALRM' | 'SIGCHLD' | 'SIGCONT' | 'SIGHUP' | 'SIGINT' | 'SIGKILL' | 'SIGPIPE' | 'SIGQUIT' | 'SIGSTOP' | 'SIGTERM' | 'SIGUSR1' | 'SIGUSR2' | 'SIGWINCH'
  type Platform = 'aix' | 'android' | 'darwin' | 'freebsd' | 'haiku' | 'linux' | 'openbsd' | 'sunos' | 'win32' | 'cygwin' | 'netbsd'
  interface ErrnoException extends Error { errno?: number; code?: string; path?: string; syscall?: string }
  interface ProcessEnv { [name: string]: string | undefined; TZ?: string }
  interface MemoryUsage { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number }
  interface EventEmitter {
    on(event: string | symbol, listener: (...values: any[]) => void): this
    once(event: string | symbol, listener: (...values: any[]) => void): this
    off(event: string | symbol, listener: (...values: any[]) => void): this
    addListener(event: string | symbol, listener: (...values: any[]) => void): this
    removeListener(event: string | symbol, listener: (...values: any[]) => void): this
    removeAllListeners(event?: string | symbol): this
    emit(event: string | symbol, ...values: any[]): boolean
  }
  interface ReadableStream extends EventEmitter {
    readable: boolean
    read(size?: number): string | Buffer
    setEncoding(encoding: BufferEncoding): this
    pause(): this
    resume(): this
    pipe<T extends WritableStream>(destination: T, options?: { end?: boolean }): T
    [Symbol.asyncIterator](): AsyncIterableIterator<string | Buffer>
  }
  interface WritableStream extends EventEmitter {
    writable: boolean
    write(chunk: Uint8Array | string, callback?: (error?: Error | null) => void): boolean
    end(callback?: () => void): this
    end(data: string | Uint8Array, callback?: () => void): this
  }
  interface ReadWriteStream extends ReadableStream, WritableStream {}
  interface Process extends EventEmitter {
    readonly argv: string[]
    readonly env: ProcessEnv
    readonly pid: number
    readonly ppid: number
    readonly platform: Platform
    readonly arch: string
    readonly version: string
    readonly versions: { readonly [name: string]: string | undefined; readonly node: string; readonly v8: string }
    readonly execPath: string
    readonly stdout: WritableStream & { columns?: number; isTTY?: boolean }
    readonly stderr: WritableStream & { columns?: number; isTTY?: boolean }
    readonly stdin: ReadableStream
    exitCode?: number | string | null
    title: string
    cwd(): string
    chdir(folder: string): void
    exit(code?: number | string | null): never
    kill(pid: number, signal?: string | number): true
    nextTick(callback: (...values: any[]) => void, ...values: any[]): void
    /** Seconds and nanoseconds; `hrtime.bigint()` is nanoseconds. */
    hrtime: { (time?: [number, number]): [number, number]; bigint(): bigint }
    uptime(): number
    memoryUsage: { (): MemoryUsage; rss(): number }
    cpuUsage(previous?: { user: number; system: number }): { user: number; system: number }
    getuid?(): number
    getgid?(): number
    emitWarning(warning: string | Error): void
  }
  interface Require { (id: string): any; resolve(id: string, options?: { paths?: string[] }): string; cache: { [id: string]: any } }
}
declare var process: NodeJS.Process
declare var require: NodeJS.Require
/** The notebook's folder. */
declare var __dirname: string
declare var global: typeof globalThis

/** Calls back after `delay` ms. */
declare function setTimeout(callback: (_: void) => void, delay?: number): NodeJS.Timeout
declare function setTimeout<A extends any[]>(callback: (...values: A) => void, delay?: number, ...values: A): NodeJS.Timeout
declare function clearTimeout(timeout: NodeJS.Timeout | string | number | undefined): void
/** Calls back every `delay` ms. */
declare function setInterval<A extends any[]>(callback: (...values: A) => void, delay?: number, ...values: A): NodeJS.Timeout
declare function clearInterval(timeout: NodeJS.Timeout | string | number | undefined): void
declare function setImmediate(callback: (_: void) => void): NodeJS.Immediate
declare function setImmediate<A extends any[]>(callback: (...values: A) => void, ...values: A): NodeJS.Immediate
declare function clearImmediate(immediate: NodeJS.Immediate | undefined): void
declare function queueMicrotask(callback: () => void): void
/** A deep copy. */
declare function structuredClone<T = any>(value: T, options?: { transfer?: readonly any[] }): T
declare function atob(data: string): string
declare function btoa(data: string): string

type BufferEncoding = 'ascii' | 'utf8' | 'utf-8' | 'utf16le' | 'utf-16le' | 'ucs2' | 'ucs-2' | 'base64' | 'base64url' | 'latin1' | 'binary' | 'hex'
interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> extends Uint8Array<TArrayBuffer> {
  toString(encoding?: BufferEncoding, start?: number, end?: number): string
  toJSON(): { type: 'Buffer'; data: number[] }
  equals(other: Uint8Array): boolean
  compare(other: Uint8Array): -1 | 0 | 1
  copy(target: Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number
  write(text: string, encoding?: BufferEncoding): number
  write(text: string, offset: number, encoding?: BufferEncoding): number
  write(text: string, offset: number, length: number, encoding?: BufferEncoding): number
  slice(start?: number, end?: number): Buffer<ArrayBuffer>
  subarray(start?: number, end?: number): Buffer<TArrayBuffer>
  readUInt8(offset?: number): number
  readUInt16BE(offset?: number): number
  readUInt16LE(offset?: number): number
  readUInt32BE(offset?: number): number
  readUInt32LE(offset?: number): number
  readInt8(offset?: number): number
  readInt16BE(offset?: number): number
  readInt16LE(offset?: number): number
  readInt32BE(offset?: number): number
  readInt32LE(offset?: number): number
  readBigUInt64BE(offset?: number): bigint
  readBigUInt64LE(offset?: number): bigint
  readFloatBE(offset?: number): number
  readFloatLE(offset?: number): number
  readDoubleBE(offset?: number): number
  readDoubleLE(offset?: number): number
  writeUInt8(value: number, offset?: number): number
  writeUInt16BE(value: number, offset?: number): number
  writeUInt16LE(value: number, offset?: number): number
  writeUInt32BE(value: number, offset?: number): number
  writeUInt32LE(value: number, offset?: number): number
  writeInt32BE(value: number, offset?: number): number
  writeInt32LE(value: number, offset?: number): number
}
interface BufferConstructor {
  from(data: string, encoding?: BufferEncoding): Buffer<ArrayBuffer>
  from(data: ArrayLike<number> | Iterable<number> | ArrayBufferLike, offset?: number, length?: number): Buffer<ArrayBuffer>
  alloc(size: number, fill?: string | Uint8Array | number, encoding?: BufferEncoding): Buffer<ArrayBuffer>
  allocUnsafe(size: number): Buffer<ArrayBuffer>
  concat(list: readonly Uint8Array[], totalLength?: number): Buffer<ArrayBuffer>
  byteLength(text: string | ArrayBufferView | ArrayBufferLike, encoding?: BufferEncoding): number
  isBuffer(value: any): value is Buffer
  compare(one: Uint8Array, other: Uint8Array): -1 | 0 | 1
}
declare var Buffer: BufferConstructor

interface Event { readonly type: string; readonly target: EventTarget | null; readonly defaultPrevented: boolean; preventDefault(): void; stopPropagation(): void }
declare var Event: { new (type: string, init?: { bubbles?: boolean; cancelable?: boolean }): Event }
interface EventTarget {
  addEventListener(type: string, listener: ((event: any) => void) | null, options?: { once?: boolean; signal?: AbortSignal } | boolean): void
  removeEventListener(type: string, listener: ((event: any) => void) | null): void
  dispatchEvent(event: Event): boolean
}
declare var EventTarget: { new (): EventTarget }

interface AbortSignal extends EventTarget {
  readonly aborted: boolean
  readonly reason: any
  onabort: ((event: Event) => void) | null
  throwIfAborted(): void
}
declare var AbortSignal: { abort(reason?: any): AbortSignal; timeout(milliseconds: number): AbortSignal; any(signals: AbortSignal[]): AbortSignal }
interface AbortController { readonly signal: AbortSignal; abort(reason?: any): void }
declare var AbortController: { new (): AbortController }
interface DOMException extends Error { readonly code: number }
declare var DOMException: { new (message?: string, name?: string): DOMException }

interface URLSearchParams {
  readonly size: number
  append(name: string, value: string): void
  delete(name: string, value?: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string, value?: string): boolean
  set(name: string, value: string): void
  sort(): void
  toString(): string
  forEach(callback: (value: string, name: string) => void): void
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  entries(): IterableIterator<[string, string]>
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare var URLSearchParams: { new (init?: string | Record<string, string> | Iterable<[string, string]> | URLSearchParams): URLSearchParams }
interface URL {
  href: string
  readonly origin: string
  protocol: string
  username: string
  password: string
  host: string
  hostname: string
  port: string
  pathname: string
  search: string
  readonly searchParams: URLSearchParams
  hash: string
  toString(): string
  toJSON(): string
}
declare var URL: { new (url: string | URL, base?: string | URL): URL; canParse(url: string, base?: string): boolean; parse(url: string, base?: string): URL | null }

interface Headers extends Iterable<[string, string]> {
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  has(name: string): boolean
  set(name: string, value: string): void
  forEach(callback: (value: string, name: string) => void): void
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  entries(): IterableIterator<[string, string]>
}
type HeadersInit = Headers | Record<string, string> | [string, string][]
declare var Headers: { new (init?: HeadersInit): Headers }
interface Blob {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  text(): Promise<string>
  slice(start?: number, end?: number, type?: string): Blob
}
declare var Blob: { new (parts?: any[], options?: { type?: string }): Blob }
interface FormData { append(name: string, value: any): void; get(name: string): any; set(name: string, value: any): void; has(name: string): boolean; delete(name: string): void }
declare var FormData: { new (): FormData }
type BodyInit = string | Blob | ArrayBuffer | Uint8Array | FormData | URLSearchParams
interface Body {
  readonly body: any
  readonly bodyUsed: boolean
  arrayBuffer(): Promise<ArrayBuffer>
  blob(): Promise<Blob>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  formData(): Promise<FormData>
  json(): Promise<any>
  text(): Promise<string>
}
interface RequestInit {
  method?: string
  headers?: HeadersInit
  body?: BodyInit | null
  signal?: AbortSignal | null
  redirect?: 'follow' | 'error' | 'manual'
  keepalive?: boolean
  credentials?: 'omit' | 'same-origin' | 'include'
}
interface Request extends Body { readonly url: string; readonly method: string; readonly headers: Headers; readonly signal: AbortSignal; clone(): Request }
declare var Request: { new (input: string | URL | Request, init?: RequestInit): Request }
interface Response extends Body {
  readonly headers: Headers
  readonly ok: boolean
  readonly redirected: boolean
  readonly status: number
  readonly statusText: string
  readonly type: string
  readonly url: string
  clone(): Response
}
declare var Response: { new (body?: BodyInit | null, init?: { status?: number; statusText?: string; headers?: HeadersInit }): Response; json(data: any): Response; error(): Response }
/** Fetches a resource from the machine that runs the notebook. */
declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>

interface TextEncoder { readonly encoding: string; encode(text?: string): Uint8Array<ArrayBuffer> }
declare var TextEncoder: { new (): TextEncoder }
interface TextDecoder { readonly encoding: string; decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string }
declare var TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }

interface Performance {
  /** ms since the process started. */
  now(): number
  readonly timeOrigin: number
  mark(name: string): any
  measure(name: string, start?: string, end?: string): any
}
declare var performance: Performance
interface Crypto { randomUUID(): `${string}-${string}-${string}-${string}-${string}`; getRandomValues<T extends ArrayBufferView>(array: T): T; readonly subtle: any }
declare var crypto: Crypto

// What declarations of packages that the kernel's globals mention (dockerode) name of Node's modules.
declare module 'events' {
  export class EventEmitter implements NodeJS.EventEmitter {
    on(event: string | symbol, listener: (...values: any[]) => void): this
    once(event: string | symbol, listener: (...values: any[]) => void): this
    off(event: string | symbol, listener: (...values: any[]) => void): this
    addListener(event: string | symbol, listener: (...values: any[]) => void): this
    removeListener(event: string | symbol, listener: (...values: any[]) => void): this
    removeAllListeners(event?: string | symbol): this
    emit(event: string | symbol, ...values: any[]): boolean
  }
}
declare module 'stream' {
  import { EventEmitter } from 'events'
  export class Readable extends EventEmitter implements NodeJS.ReadableStream {
    readable: boolean
    read(size?: number): any
    setEncoding(encoding: BufferEncoding): this
    pause(): this
    resume(): this
    destroy(error?: Error): this
    pipe<T extends NodeJS.WritableStream>(destination: T, options?: { end?: boolean }): T
    [Symbol.asyncIterator](): AsyncIterableIterator<any>
  }
  export class Writable extends EventEmitter implements NodeJS.WritableStream {
    writable: boolean
    write(chunk: any, callback?: (error?: Error | null) => void): boolean
    end(callback?: () => void): this
    end(data: any, callback?: () => void): this
    destroy(error?: Error): this
  }
  export class Duplex extends Readable implements NodeJS.ReadWriteStream {
    writable: boolean
    write(chunk: any, callback?: (error?: Error | null) => void): boolean
    end(callback?: () => void): this
    end(data: any, callback?: () => void): this
  }
  export class PassThrough extends Duplex {}
  export class Transform extends Duplex {}
}
