/** An image's name as the engine lists it: a tag always there, Docker's own registry never. `busybox` → `busybox:latest`. */
export function familiarName(reference: string): string {
  const name = reference.replace(/^(docker\.io|index\.docker\.io)\//, '').replace(/^library\//, '')
  if (name.includes('@')) return name
  return /:[^/]+$/.test(name) ? name : `${name}:latest`
}
