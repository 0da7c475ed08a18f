const names = new Set<string>()

/** Remembers the name of something that the notebook made, for completion. */
export function rememberName(name: string): void {
  names.add(name)
}

export function knownNames(): string[] {
  return [...names]
}
