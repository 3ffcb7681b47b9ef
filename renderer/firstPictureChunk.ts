/** What the bundler tells of a module; `importedIds` are those of its static imports. */
interface ModuleGraph {
  getModuleInfo(moduleId: string): { readonly importedIds: readonly string[] } | null;
}

/** Named by the index of a library or of the frame, and used by what comes later alone. */
const later = /[\\/]node_modules[\\/](?:@radix-ui[\\/]react-select|zod|@orpc[\\/]contract)[\\/]/;

/**
 * Names the chunk of a module: what the page needs before its first picture is one file, since dozens of small ones are
 * felt at the start. Everything else keeps the bundler's own division.
 */
export function createFirstPictureChunk(
  entry: string,
): (moduleId: string, graph: ModuleGraph) => string | null {
  let first: ReadonlySet<string> | null = null;
  return (moduleId, graph) => {
    first ??= reachedFrom(entry, graph);
    return first.has(moduleId) ? 'frame' : null;
  };
}

function reachedFrom(entry: string, graph: ModuleGraph): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const next of graph.getModuleInfo(id)?.importedIds ?? []) {
      if (reached.has(next) || later.test(next) || next.startsWith('\0')) continue;
      reached.add(next);
      waiting.push(next);
    }
  return reached;
}
