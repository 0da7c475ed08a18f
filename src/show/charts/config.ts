import { hairline, ink, palette, paper, quietInk, sans, series } from '../theme.ts'

/**
 * Vega-Lite's look for all charts. It names every colour that JupyterLab's dark theme would otherwise set (vega-themes'
 * `dark`), since a specification's own config wins over the theme's: https://vega.github.io/vega-lite/docs/config.html
 */
export const chartConfig = {
  background: paper,
  font: sans,
  padding: 14,
  view: { stroke: null },
  title: { anchor: 'start', frame: 'bounds', fontSize: 15, fontWeight: 600, color: ink, subtitleColor: quietInk, subtitleFontSize: 12, subtitlePadding: 4, offset: 14, limit: 700 },
  axis: {
    domainColor: quietInk, tickColor: quietInk, gridColor: hairline, gridOpacity: 0.7, labelColor: ink, titleColor: ink,
    labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', titlePadding: 10, labelLimit: 220, labelPadding: 5,
  },
  legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 560, symbolSize: 90 },
  header: { labelColor: ink, titleColor: ink },
  mark: { color: palette.blue },
  text: { color: ink, fontSize: 12 },
  rule: { color: ink },
  range: { category: [...series] },
  style: { 'guide-label': { fill: ink }, 'guide-title': { fill: ink }, cell: { stroke: null } },
} as const
