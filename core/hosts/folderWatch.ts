import { watch } from 'node:fs';
import { type HostPath, hostPathFromBytes, hostPathToBytes } from '#core/contract/hostPath.ts';
import { fileError } from './fileErrors.ts';

const gatherMs = 100;

/** Calls back, gathered within 100 ms, with the names that changed in a folder; resolves when the signal aborts. */
export async function watchFolder(
  folder: HostPath,
  onChange: (names: readonly HostPath[] | null) => void,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  let names: Set<HostPath> | null = new Set();
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    timer = null;
    const gathered = names === null ? null : [...names];
    names = new Set();
    onChange(gathered);
  };
  await new Promise<void>((resolve, reject) => {
    // The promise API of node 20 refuses `encoding: 'buffer'`; this one takes it.
    const watcher = startWatch(folder);
    watcher.on('change', (_, name) => {
      if (name === null || typeof name === 'string') names = null;
      else names?.add(hostPathFromBytes(name));
      timer ??= setTimeout(flush, gatherMs);
    });
    watcher.on('error', (thrown) => {
      watcher.close();
      reject(fileError(thrown, folder));
    });
    signal.addEventListener(
      'abort',
      () => {
        if (timer !== null) clearTimeout(timer);
        watcher.close();
        resolve();
      },
      { once: true },
    );
  });
}

function startWatch(folder: HostPath) {
  try {
    return watch(Buffer.from(hostPathToBytes(folder)), { encoding: 'buffer' });
  } catch (thrown) {
    throw fileError(thrown, folder);
  }
}
