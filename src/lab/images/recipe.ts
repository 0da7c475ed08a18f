/** What an image is made of: files, links and folders of the image, and what it runs. */
export interface Recipe {
  /** Without a tag: it is `latest`. */
  name: string
  /** Changes when the recipe does, so that archives of an older one are not used. */
  version: number
  /** Images whose layers it stands on. */
  base?: Recipe
  /** Debian's package that brings its programs. */
  package: string
  layer(): Promise<LayerEntry[]>
  config(): Promise<ImageConfig>
}

/** One entry of a layer. Paths have no leading slash. */
export type LayerEntry =
  | { path: string; folder: true; mode?: number; owner?: number }
  | { path: string; link: string }
  | { path: string; text: string; mode?: number }
  /** A file of the machine, links followed. */
  | { path: string; source: string; mode?: number }

/** The part of an image's configuration that recipes set: https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  Env: string[]
  Cmd: string[]
  ExposedPorts?: Record<string, object>
  StopSignal?: string
  WorkingDir?: string
}
