/** What can be told from a command line as it is typed, before it runs. */

/** `docker run` that keeps the terminal: neither detached nor in the background. */
export function runsInForeground(line: string): boolean {
  return /\bdocker\s+(?:container\s+)?run\b/.test(line) && !/\s(?:-[a-z]*d[a-z]*|--detach)(?:\s|=true|$)/.test(options(line)) && !inBackground(line)
}

/** A ping without an end: no count, no deadline. */
export function pingsForever(line: string): boolean {
  const ping = /(?:^|[\s;&|(])ping6?\s(.*)$/.exec(line)
  return ping !== null && !/(?:^|\s)-\w*[cw]/.test(ping[1]!) && !inBackground(line) && !/\bservice\s+create\b|\s-\w*d\w*\s.*\bping/.test(line)
}

/** Programs that watch until told to stop, and what tells that they do. */
export function watcher(line: string): { ready: RegExp | undefined } | undefined {
  if (inBackground(line) || /\|/.test(line)) return undefined
  const program = line.replace(/^\s*sudo\s+/, '')
  if (/^\s*tcpdump\b/.test(program)) return { ready: /listening on/ }
  if (/^\s*iperf3?\s.*-\w*s/.test(program)) return { ready: /listening on/ }
  if (/^\s*(?:docker\s+(?:system\s+)?events|ip\s+(?:-\S+\s+)*monitor|docker\s+logs\s.*(?:-f|--follow)|tail\s+(?:-\w*f)|watch\s|top\b|docker\s+stats(?!.*--no-stream)|nc\s.*-\w*l)/.test(program)) return { ready: undefined }
  return undefined
}

export interface Named { kind: 'container' | 'network' | 'service' | 'swarm'; name: string }

/** A thing that the line makes by name, in an engine. */
export function named(line: string): Named | undefined {
  const container = /\bdocker\s+(?:container\s+)?(?:run|create)\b/.test(line) && /\s--name(?:=|\s+)["']?([\w.-]+)/.exec(options(line))?.[1]
  if (container) return { kind: 'container', name: container }
  if (/\bdocker\s+network\s+create\b/.test(line)) {
    const words = line.replace(/\s*(?:[;&|].*)$/, '').trim().split(/\s+/)
    const name = words.at(-1)!.replace(/["']/g, '')
    return name === 'create' || name.startsWith('-') ? undefined : { kind: 'network', name }
  }
  const service = /\bdocker\s+service\s+create\b/.test(line) && /\s--name(?:=|\s+)["']?([\w.-]+)/.exec(line)?.[1]
  if (service) return { kind: 'service', name: service }
  if (/\bdocker\s+swarm\s+(?:init|join)\b/.test(line)) return { kind: 'swarm', name: '' }
  return undefined
}

/** The part of a `docker run` up to its image: what comes after belongs to the program in the container. */
function options(line: string): string {
  const start = /\bdocker\s+(?:container\s+)?(?:run|create)\b/.exec(line)
  if (!start) return line
  const words = line.slice(start.index + start[0].length).trim().split(/\s+/)
  const valued = /^(?:-[a-z]*[pevwulhmac]|--(?:name|network|net|ip|publish|env|volume|workdir|user|label|hostname|memory|cap-add|cap-drop|mac-address|add-host|dns|entrypoint|mount|network-alias|restart|sysctl|ulimit|log-driver|log-opt|cpus|pid|ipc|device|platform|expose|stop-signal))$/
  let at = 0
  while (at < words.length && words[at]!.startsWith('-')) at += valued.test(words[at]!) ? 2 : 1
  return ` ${words.slice(0, at).join(' ')} `
}

function inBackground(line: string): boolean {
  return /(?<!&)&\s*(?:#.*)?$/.test(line)
}
