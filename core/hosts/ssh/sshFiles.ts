import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { type HostPath, hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, HostFiles } from '../host.ts';
import { temporaryBeside } from '../localFiles.ts';
import { readManyRemote } from './readMany.ts';
import type { RemoteContext } from './remoteContext.ts';
import { parseEntries, parseFacts } from './remoteFacts.ts';
import { errnoOfAnswer, succeeded } from './remoteFailure.ts';
import type { ShellOptions } from './remoteShell.ts';
import { type ByteText, quoteHostPath } from './remoteWords.ts';
import { runScript } from './runScript.ts';

/** Reads up to this size go through the persistent shell; bigger ones would keep it from others. */
const smallReadBytes = 256 * 1024;
/** Writes up to this size go as text of the script. */
const smallWriteBytes = 8 * 1024;
const lookEveryMs = 15_000;

/** Files of an ssh host, through its shell and small tools. */
export function createSshFiles(context: RemoteContext): HostFiles {
  const { connection, shell } = context;
  const { hostId } = connection;
  const ask = async (path: HostPath, script: ByteText, options?: ShellOptions): Promise<Buffer> =>
    succeeded(await shell.run(script, options), path, hostId);
  const repeatable = { isRepeatable: true };

  async function apart(
    path: HostPath,
    script: ByteText,
    options: { readonly stdin?: Uint8Array | string; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Buffer> {
    return succeeded(await runScript(context, script, options), path, hostId);
  }

  const stat = async (path: HostPath): Promise<FileFacts | null> => {
    const answer = await shell.run(`facts ${quoteHostPath(path)}`, repeatable);
    if (errnoOfAnswer(answer) === 'ENOENT') return null;
    return parseFacts(succeeded(answer, path, hostId).toString('latin1'));
  };

  return {
    stat,
    async list(folder) {
      return parseEntries(await ask(folder, `entries ${quoteHostPath(folder)}`, repeatable));
    },

    async read(path, offset, length) {
      if (length === 0) return new Uint8Array(0);
      const script = `piece ${quoteHostPath(path)} ${offset} ${length}`;
      return length <= smallReadBytes ? await ask(path, script, repeatable) : await apart(path, script);
    },

    async readMany(requests) {
      return await readManyRemote(context, requests);
    },

    async write(path, data, mode = 0o644) {
      const temporary = temporaryBeside(path);
      const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : Buffer.from(data);
      const [own, target] = [quoteHostPath(temporary), quoteHostPath(path)];
      const kept = `$(printf %o $((0${mode.toString(8)} & ~0$u)))`;
      const isSmall = bytes.length <= smallWriteBytes;
      const input = isSmall ? `printf %s ${bytes.toString('base64') || "''"} | base64 -d | ` : '';
      // dd tells the errno of opening and writing, and syncs; with nothing to write it makes the empty file.
      const script = `umask 077; { ${input}dd of=${own} bs=64k conv=fsync; }; s=$?; umask $u; [ $s = 0 ] && place ${own} ${target} "${kept}" || { rm -f -- ${own}; false; }`;
      if (isSmall) await ask(path, script);
      else await apart(path, script, { stdin: bytes });
    },

    async makeFolder(path, mode = 0o755) {
      const hidden = (~mode & 0o777).toString(8);
      await ask(
        path,
        `umask $(printf %o $((0${hidden} | 0$u))); mkdir -p -- ${quoteHostPath(path)}; s=$?; umask $u; [ $s = 0 ]`,
      );
    },

    async makeTemporaryFolder(parent, prefix) {
      const path = joinPath(parent, hostPathFromText(`${prefix}${randomBytes(8).toString('hex')}`));
      await ask(parent, `umask 077; mkdir -m 700 -- ${quoteHostPath(path)}; s=$?; umask $u; [ $s = 0 ]`);
      return path;
    },

    async rename(from, to, options) {
      const verb = options.overwrite ? 'rename' : 'claim';
      await ask(to, `${verb} ${quoteHostPath(from)} ${quoteHostPath(to)}`);
    },

    async remove(path) {
      const word = quoteHostPath(path);
      const answer = await shell.run(`drop ${word}`);
      if (answer.exitStatus === 3) await apart(path, `dropFolder ${word}`);
      else succeeded(answer, path, hostId);
    },

    async copy(from, to, options) {
      const [source, target] = [quoteHostPath(from), quoteHostPath(to)];
      const script = `set -C; { true >${target}; } 2>/dev/null || { if [ -e ${target} ] || [ -L ${target} ]; then echo 'File exists' >&2; else dd if=/dev/null of=${target} 2>&1 >/dev/null | head -n 1 >&2; fi; exit 4; }; set +C
cp --reflink=always -- ${source} ${target} 2>/dev/null || dd if=${source} of=${target} bs=1M conv=fsync || { rm -f -- ${target}; exit 1; }; exit 0`;
      try {
        await apart(to, script, { signal: options.signal });
      } catch (thrown) {
        // Not when it was there before us.
        const isOurs = !(thrown instanceof WorkbenchError && thrown.report.code === 'image.targetExists');
        if (isOurs && options.signal?.aborted === true) await shell.run(`rm -f -- ${target}`);
        throw thrown;
      }
      options.onBytes?.((await stat(to))?.sizeBytes ?? 0);
    },

    async sha256(path, signal) {
      const output = await apart(path, `nice sha256sum -- ${quoteHostPath(path)}`, { signal });
      // A backslash goes before the digest when the name was escaped (coreutils).
      const digest = /^\\?([0-9a-f]{64})\b/.exec(output.toString('latin1'))?.[1];
      if (digest === undefined) throw new Error(`sha256sum printed no digest: ${output.toString('utf8')}`);
      return digest;
    },

    async realPath(path) {
      const word = quoteHostPath(path);
      const output = await ask(
        path,
        `{ [ -e ${word} ] || stat -L -- ${word} >/dev/null; } && readlink -f -- ${word}`,
        repeatable,
      );
      return hostPathFromBytes(output.subarray(0, output.length - 1));
    },

    async freeBytes(path) {
      const output = await ask(path, `room ${quoteHostPath(path)}`, repeatable);
      const [blocks, size] = output.toString('latin1').trim().split(' ').map(Number);
      return (blocks ?? 0) * (size ?? 0);
    },

    async watch(folder, onChange, signal) {
      let last = await stamp(folder);
      while (!signal.aborted) {
        await after(lookEveryMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
        const { state } = connection.state();
        if (signal.aborted || (state !== 'connected' && state !== 'degraded')) continue;
        const now = await stamp(folder).catch(() => last); // not now: the next look tells
        if (now !== last && !signal.aborted) onChange(null);
        last = now;
      }
    },
  };

  /** Changes with each entry that comes, goes or is renamed. */
  async function stamp(folder: HostPath): Promise<string> {
    const script = `facts ${quoteHostPath(folder)}`;
    return (await ask(folder, script, repeatable)).toString('latin1');
  }
}
