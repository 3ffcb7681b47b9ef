import { type HostPath, hostPathFromText, hostPathSchema } from '#core/contract/hostPath.ts';

/** Completing a folder leaves a slash at its end. */
export function withoutLastSlash(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}

/**
 * A path typed in a field → HostPath. Fields show the escaped notation, so a text that is of that notation is taken
 * as it is (it may name bytes that nobody can type), and any other text stands for itself.
 */
export function typedPath(text: string): HostPath {
  const escaped = hostPathSchema.safeParse(text);
  return escaped.success ? escaped.data : hostPathFromText(text);
}
