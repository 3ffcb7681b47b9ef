import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { type HostPath, hostPathFromBytes, hostPathToBytes, joinPath } from '#core/contract/hostPath.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { InstalledPackage } from './packageDatabases.ts';
import type { ReadRpm } from './packages.ts';
import type { MakePrivateFolder } from './privateFolder.ts';
import { wholeWindow } from './sameContent.ts';
import { type TreeFile, windowBytes } from './tree.ts';

/** The databases of the largest systems have a fifth of this. */
const mostBytes = 1024 ** 3;
const mostPackages = 100_000;

/**
 * Reads rpm databases with the `rpm` of this machine, on a copy: their formats (Berkeley DB, NDB, SQLite) are known to
 * nobody else, and rpm writes into the folder that it reads. Signing keys (`gpg-pubkey`) are no packages.
 */
export function createRpmReader(host: Host, context: TaskContext, makeFolder: MakePrivateFolder): ReadRpm {
  return async (files) => {
    const neededBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (neededBytes > mostBytes) return 'the database is larger than 1 GB';
    if (!(await hasRpm(host))) return 'only rpm can read its database, and this machine has no rpm';
    const folder = await makeFolder(neededBytes);
    try {
      for (const file of files) await copyOut(file, folder.path, context.signal);
      const found: InstalledPackage[] = [];
      const outcome = await host.run(rpmListCommand(folder.path), {
        signal: context.signal,
        taskId: context.id,
        keepBytes: 4096,
        onLine: (line, stream) => {
          const one = stream === 'stdout' && found.length < mostPackages ? parseRpmLine(line) : null;
          if (one !== null) found.push(one);
        },
      });
      return outcome.exitStatus === 0 ? found : 'rpm cannot read its database';
    } finally {
      await folder.remove();
    }
  };
}

async function hasRpm(host: Host): Promise<boolean> {
  try {
    await host.run(commandSpec('rpm', ['--version'], { purpose: 'Look for rpm' }), { isQuiet: true });
    return true;
  } catch (thrown) {
    if (reportOf(thrown).code !== 'host.commandMissing') throw thrown;
    return false;
  }
}

/** rpm(8), QUERY OPTIONS: a conditional for the epoch, which most packages do not have. */
function rpmListCommand(folder: HostPath): CommandSpec {
  const format = '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\n';
  return commandSpec('rpm', ['--dbpath', { path: folder }, '--query', '--all', '--queryformat', format], {
    purpose: 'List the rpm packages of an image',
  });
}

/** `hello TAB 1:2.10-3 TAB noarch` → a package; null for what is none. */
export function parseRpmLine(line: string): InstalledPackage | null {
  const [name = '', version = '', architecture = ''] = line.split('\t');
  if (name === '' || version === '' || name === 'gpg-pubkey') return null;
  return {
    manager: 'rpm',
    name: name.slice(0, 256),
    version: `${version}.${architecture}`.slice(0, 256),
  };
}

async function copyOut(file: TreeFile, folder: HostPath, signal: AbortSignal): Promise<void> {
  const content = await file.open();
  if (content === null) return; // closed to this user: rpm says what it misses
  try {
    const path = joinPath(folder, hostPathFromBytes(Buffer.from(file.name, 'latin1')));
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const copy = await fs.open(Buffer.from(hostPathToBytes(path)), flags, 0o600);
    try {
      for (let offset = 0; offset < file.sizeBytes; offset += windowBytes) {
        signal.throwIfAborted();
        await copy.writeFile(await wholeWindow(await content.window(offset)));
      }
    } finally {
      await copy.close();
    }
  } finally {
    await content.close();
  }
}
