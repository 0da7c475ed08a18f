/** The compiler's process without a snapshot: `node main.ts [declarations]`. Slower to start, otherwise the same. */
import { createLanguage } from './language.ts'
import { findPlaces } from './places.ts'
import { serve } from './serve.ts'

serve(createLanguage(findPlaces(process.argv[2])))
