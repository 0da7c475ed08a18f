/** One line of a cell of shell commands. */
export interface BlockLine {
  /** What is typed. */
  text: string
  /** Where the prompt that it was pasted with says it belongs; absent without a prompt. */
  shell?: 'host' | 'container'
  /** In a pasted transcript: text that the tutorial printed. Typed only while a command is unfinished. */
  printed: boolean
}

/** `$ ` and `user@host:~$ `; the tutorial's machines. */
const hostPrompt = /^\s*(?:[\w.-]+@[\w.-]+:\S*|\[[^\]]*\])?\$(?:\s+|$)/
/** `/ # `, `/tmp # `, `root@1f2e:/# `: a container's shell. */
const containerPrompt = /^\s*(?:[\w.-]+@[\w.-]+:)?[/~]\S*\s*#(?:\s+|$)/
/** First words that an unprompted line of a transcript may begin with to be taken as typed and not as printed. */
const commands = new Set(('arp brctl cat cd curl do docker done echo else env exit export fi for hostname id if ifconfig ip iptables iperf3 '
  + 'kill ls mount nc netstat nft nslookup nsenter ping ps route sh sleep ss sudo tcpdump then traceroute uname wget while ^C ^D').split(' '))

/**
 * Reads a cell: plain commands, or a piece of the tutorial as it stands. Prompts are taken off and remembered. Once a cell
 * has prompts, lines without one are what the tutorial printed, unless they begin like a command.
 */
export function parseBlock(body: string): BlockLine[] {
  const lines = body.replace(/\r\n?/g, '\n').replace(/^\n+|\s+$/g, '').split('\n')
  const transcript = lines.some(line => hostPrompt.test(line) || containerPrompt.test(line))
  return lines.map(line => {
    const shell = hostPrompt.test(line) ? 'host' : containerPrompt.test(line) ? 'container' : undefined
    if (shell) return { text: line.replace(shell === 'host' ? hostPrompt : containerPrompt, ''), shell, printed: false }
    return { text: line, printed: transcript && !commands.has(line.trim().split(/\s+/)[0]!) }
  })
}

/** A line that is a key: `^C`, `^D`. */
export function keyOf(text: string): string | undefined {
  const letter = /^\s*\^([A-Z\\])\s*$/.exec(text)?.[1]
  return letter && String.fromCharCode(letter.charCodeAt(0) - 64)
}
