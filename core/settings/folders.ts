import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the workbench keeps its own files, by the XDG base directory specification. */
export interface Folders {
  /** Settings. */
  readonly config: string;
  /** Images, by default. */
  readonly data: string;
  /** Tasks, logs, the ledger. */
  readonly state: string;
  /** Layers: may be deleted at any time. */
  readonly cache: string;
}

/** The folders for an environment. Relative values are ignored, as the specification asks. */
export function foldersOf(
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): Folders {
  const base = (name: string, fallback: string) => {
    const value = environment[name];
    return join(value?.startsWith('/') === true ? value : join(home, fallback), 'mysingularity');
  };
  return {
    config: base('XDG_CONFIG_HOME', '.config'),
    data: base('XDG_DATA_HOME', '.local/share'),
    state: base('XDG_STATE_HOME', '.local/state'),
    cache: base('XDG_CACHE_HOME', '.cache'),
  };
}
