import type { Shown } from '../api/show.ts'
import { displaySymbol, type MimeBundle } from '../output.ts'
import { escapeMarkup } from './escape.ts'

/** A bundle as something to put last in a cell. Its text form is the bundle's text/plain. */
export function shown(bundle: MimeBundle): Shown {
  return { bundle, text: String(bundle['text/plain'] ?? ''), [displaySymbol]: () => bundle }
}

/**
 * A picture. JupyterLab shows image/svg+xml only in a notebook that it trusts, which one from a fresh clone is not; an image
 * within HTML it always shows, and so does GitHub. The bare SVG is for exports: https://github.com/jupyterlab/jupyterlab/issues/9650
 */
export function shownPicture(svg: string, text: string): Shown {
  const width = /<svg [^>]*?width="([\d.]+)"/.exec(svg)?.[1]
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  const html = `<img src="${source}" alt="${escapeMarkup(text)}"${width ? ` width="${width}"` : ''} style="max-width:100%;height:auto">`
  return shown({ 'text/html': html, 'image/svg+xml': svg, 'text/plain': text })
}
