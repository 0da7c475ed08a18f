import type { Layer } from '../../api/packets.ts'

/** Where a layer's bytes lie in the frame: from `offset` up to, not including, `end`. */
export interface Span { offset: number; end: number }

/** What comes inside a layer: which decoder goes on, and with which bytes. */
export type Next =
  | ({ as: 'etherType' | 'ipProtocol'; number: number } & Span)
  | ({ as: 'ethernet' | 'vxlan' } & Span)
  | ({ as: 'payload'; reason?: string } & Span)

/** A decoded layer and what is inside it. Without `next` the frame ends here. */
export interface Step { layer: Layer; next?: Next }

/** Decodes one layer. Never throws: what is wrong is the layer's `problem`. */
export type Decoder = (frame: Uint8Array, span: Span) => Step
