import { isDeepStrictEqual } from 'node:util'
import type { Claim, Evidence, Verdict } from '../api/show.ts'
import { displaySymbol, output } from '../output.ts'
import { findClaim } from './catalogue.ts'
import { claimBundle, type ClaimRecord } from './card.ts'
import { language } from './language.ts'
import { renderValue } from './render-value.ts'

/**
 * Holds a claim of the tutorial against what was measured, and shows the verdict at once. As the last expression of a
 * cell it is not shown a second time: its own display is the empty bundle. Throws for an id that the book lacks.
 */
export function claim(id: string, evidence: Evidence): Claim {
  const entry = findClaim(id)
  const verdict = judge(evidence)
  const record: ClaimRecord = {
    id,
    says: entry.says[language()],
    chapter: entry.chapter,
    expected: renderValue(evidence.expected),
    measured: renderValue(evidence.measured),
    verdict,
    // A reason or a correction is part of the verdict that it explains; beside another it would only puzzle.
    ...(evidence.reason && verdict === 'differs' && { reason: evidence.reason }),
    ...(evidence.corrected && verdict === 'corrected' && { corrected: evidence.corrected }),
  }
  const bundle = claimBundle(record, language())
  output().display(bundle)
  const { says, expected, measured } = record
  return { id, says, verdict, expected, measured, bundle, text: String(bundle['text/plain']), [displaySymbol]: () => ({}) }
}

/**
 * The verdict. A relation that does not hold is a failure, whatever explains it. Where the caller does not say whether it
 * holds, it does when measured equals expected deeply, or for a correction when measured is what is right instead.
 */
export function judge({ expected, measured, holds, reason, corrected }: Evidence): Verdict {
  const equal = isDeepStrictEqual(expected, measured)
  const relation = holds ?? (equal || (corrected !== undefined && isDeepStrictEqual(corrected, measured)))
  if (!relation) return 'failed'
  if (corrected) return 'corrected'
  if (reason && !equal) return 'differs'
  return 'reproduced'
}
