/**
 * The history of inputs and outputs, over all sessions: https://jupyter-client.readthedocs.io/en/stable/messaging.html#history
 * Kept in SQLite in the person's data folder; where that cannot be, or WIREBOOK_HISTORY is `none`, in memory.
 */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { log } from './wire/log.ts'
import type { HistoryEntry, HistoryRequest } from './wire/messages.ts'

export interface History {
  add(line: number, source: string, output: string | null): void
  query(request: HistoryRequest): HistoryEntry[]
  close(): void
}

interface Row { session: number; line: number; source: string; output: string | null }

/** Opens the history at once; SQLite itself is loaded here, so call it when nothing waits. */
export async function openHistory(path = historyPath()): Promise<History> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = open(DatabaseSync, path)
  const session = newSession(database)
  const insert = database.prepare('INSERT OR REPLACE INTO history (session, line, source, output) VALUES (?, ?, ?, ?)')
  return {
    add: (line, source, output) => void insert.run(session, line, source, output),
    query: request => select(database, session, request).map(row => entry(row, request.output ?? false)),
    close: () => database.close(),
  }
}

function historyPath(): string {
  const set = process.env.WIREBOOK_HISTORY
  if (set) return set === 'none' ? ':memory:' : set
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'wirebook/history.sqlite')
}

function open(Database: typeof DatabaseSync, path: string): DatabaseSync {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return prepare(new Database(path))
  } catch (error) {
    log(`the history stays in memory, since ${path} cannot be used: ${(error as Error).message}`)
    return prepare(new Database(':memory:'))
  }
}

/** Several kernels write into one file: WAL lets them, and losing the last lines at a power cut is no harm. */
function prepare(database: DatabaseSync): DatabaseSync {
  database.exec(`
    PRAGMA busy_timeout = 1000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS history (
      session INTEGER NOT NULL, line INTEGER NOT NULL, source TEXT NOT NULL, output TEXT, PRIMARY KEY (session, line)
    );
  `)
  return database
}

function newSession(database: DatabaseSync): number {
  return Number(database.prepare('INSERT INTO sessions (started) VALUES (?)').run(new Date().toISOString()).lastInsertRowid)
}

function select(database: DatabaseSync, current: number, request: HistoryRequest): Row[] {
  const all = (sql: string, ...values: (string | number)[]) => database.prepare(sql).all(...values) as unknown as Row[]
  const columns = 'SELECT session, line, source, output FROM history'
  const limit = request.n === undefined ? -1 : request.n
  switch (request.hist_access_type) {
    case 'tail':
      return all(`${columns} ORDER BY session DESC, line DESC LIMIT ?`, limit).reverse()
    case 'range': {
      // A session of 0 or less counts back from this one.
      const asked = request.session ?? 0
      const session = asked > 0 ? asked : current + asked
      return all(`${columns} WHERE session = ? AND line >= ? AND line < ? ORDER BY line`, session, request.start ?? 1, request.stop ?? 2 ** 52)
    }
    case 'search': {
      const latest = request.unique
        ? `${columns} AS h WHERE source GLOB ? AND NOT EXISTS (SELECT 1 FROM history AS n WHERE n.source = h.source
             AND (n.session > h.session OR (n.session = h.session AND n.line > h.line)))`
        : `${columns} WHERE source GLOB ?`
      return all(`${latest} ORDER BY session DESC, line DESC LIMIT ?`, request.pattern ?? '*', limit).reverse()
    }
    default:
      throw new Error(`hist_access_type is ${JSON.stringify(request.hist_access_type)}; expected tail, range or search.`)
  }
}

function entry({ session, line, source, output }: Row, withOutput: boolean): HistoryEntry {
  return [session, line, withOutput ? [source, output] : source]
}
