/**
 * An object whose methods are loaded when one of them is first called, so that a notebook starts at once. Only for
 * methods that return promises anyway.
 */
export function deferred<T extends object>(names: (keyof T & string)[], load: () => Promise<T>): T {
  let loading: Promise<T> | undefined
  const entries = names.map(name => [name, async (...parameters: unknown[]) => {
    loading ??= load()
    const loaded = await loading
    return (loaded[name] as (...parameters: unknown[]) => unknown)(...parameters)
  }])
  return Object.fromEntries(entries) as T
}

/** The same for a single function. */
export function deferredFunction<F extends (...parameters: never[]) => Promise<unknown>>(load: () => Promise<F>): F {
  return (async (...parameters: Parameters<F>) => (await load())(...parameters)) as unknown as F
}
