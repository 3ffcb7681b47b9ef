import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import type { Decompress } from '#core/archives/archiveBytes.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { errnoOf } from '#core/hosts/fileErrors.ts';

/** Arguments that bound the memory of a hostile file: the largest presets need 65 MB (xz) and 128 MB (zstd). */
const argumentsOf = {
  xz: ['-dc', '--memlimit-decompress=512MiB'],
  zstd: ['-dc', '--memory=512MB'],
  bzip2: ['-dc'],
} as const;
const packageOf = { xz: 'xz-utils (Debian) or xz', zstd: 'zstd', bzip2: 'bzip2' } as const;

/** Unpacks with the programs of this machine, which end with us: they read from a pipe and write into one. */
export function createDecompress(environment: Readonly<Record<string, string>>): Decompress {
  return async function* decompress(program, source, { signal, path }) {
    const child = spawn(program, argumentsOf[program], {
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4096);
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    ended.catch(() => undefined); // told below
    const fed = pipeline(source, child.stdin).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const stop = () => child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    try {
      yield* child.stdout as AsyncIterable<Uint8Array>;
      const exitStatus = await ended;
      signal.throwIfAborted();
      const failure = await fed;
      if (failure instanceof WorkbenchError || (exitStatus === 0 && failure !== null)) throw failure;
      if (exitStatus !== 0)
        throw workbenchError(
          'image.archiveDamaged',
          { path, reason: `${program} cannot unpack it` },
          { command: program, evidence: said, exitStatus },
        );
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
      throw workbenchError('host.commandMissing', {
        program: `${program}, which unpacks this archive (package ${packageOf[program]}),`,
      });
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  };
}
