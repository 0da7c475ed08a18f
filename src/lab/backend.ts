/** What a backend gives: the same lab, whatever it is made of. Everything above this file is the same on all of them. */
import type Docker from 'dockerode'
import type { Readable, Writable } from 'node:stream'
import type { Need, Topology } from '../api/lab.ts'

/** A program under way on a machine of the lab. */
export interface LabProcess {
  stdout: Readable
  stderr: Readable
  stdin: Writable
  /** Resolves when it has ended and its output has been read; 128 + n when signal n ended it. */
  exit: Promise<number>
  /** Ends it and what it started. */
  kill(signal?: NodeJS.Signals): void
}

/** A program in a pseudo-terminal on a machine of the lab. */
export interface LabTerminal {
  onData(listener: (text: string) => void): void
  write(text: string): void
  resize(columns: number, rows: number): void
  exit: Promise<number>
  kill(signal?: NodeJS.Signals): void
}

export interface ProcessOptions {
  env?: Record<string, string>
  cwd?: string
}

/** Why a backend cannot serve, in the doctor's words. */
export interface Obstacle {
  /** What is missing: `ipvlan is not in the running kernel (6.18.44)`. */
  what: string
  /** What to do about it, as a command where there is one. */
  remedy: string
}

/** A lab that runs. Ends with this process, however that ends. */
export interface RunningLab {
  backend: 'namespaces' | 'microvm' | 'engines'
  topology: Topology
  /** The engines' version. */
  engine: string
  /** ms from the start call to all engines answering. */
  startMs: number
  /** What this lab has less of than others, and why, in words for the learner. */
  note?: string
  /** Runs a program as root on a machine, by its name in the topology. */
  exec(machine: string, command: string[], options?: ProcessOptions): LabProcess
  terminal(machine: string, command: string[], options?: ProcessOptions & { columns?: number; rows?: number }): LabTerminal
  /** The engine of a host. */
  docker(host: string): Docker
  /** What this lab can do: kernel features that were found. */
  features: Need[]
  stop(): Promise<void>
  /** Resolves when the lab has ended, with the reason. */
  ended: Promise<string>
}

export interface Backend {
  name: RunningLab['backend']
  /** What stands in the way of a lab with these needs; empty when nothing does. Starts nothing. */
  obstacles(needs: Need[]): Promise<Obstacle[]>
  /** Throws a LabError with a remedy when it fails; leaves nothing behind then. */
  start(topology: Topology, options?: { signal?: AbortSignal; progress?: (text: string) => void }): Promise<RunningLab>
}
