/**
 * Colours and type of every picture. A picture is a sheet of its own: white, with dark ink, so that it reads the same in
 * JupyterLab's light and dark themes, on GitHub and on paper. (No ink has a contrast of 4.5 on white and on #111 at once.)
 */
export const paper = '#ffffff'
export const ink = '#1f2328'
/** For what is said beside: contrast 6.4 on paper. */
export const quietInk = '#57606a'
export const hairline = '#d0d7de'

/**
 * Okabe and Ito's palette, told apart with every kind of colour blindness: https://jfly.uni-koeln.de/color/
 * In the order of use; the two that are faint on paper come last.
 */
export const palette = {
  blue: '#0072b2', vermillion: '#d55e00', green: '#009e73', purple: '#cc79a7', orange: '#e69f00', sky: '#56b4e9', black: '#000000',
} as const
export const series = [palette.blue, palette.vermillion, palette.green, palette.purple, palette.black, palette.orange, palette.sky] as const

/** Fonts that are there: each system's own, then one with wide coverage. */
export const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC", sans-serif'
export const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace'
