/** A table of mounts as fstab(5) has it: what, where, type, options. Spaces and the like are written as octal escapes. */
export function mountTable(mounts: [what: string, where: string, type: string, options: string][]): string {
  return mounts.map(fields => `${fields.map(escapeField).join(' ')}\n`).join('')
}

function escapeField(field: string): string {
  return field.replaceAll(/[\s\\#]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
