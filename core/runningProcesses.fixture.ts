import { readdirSync, readFileSync, statSync } from 'node:fs';

/** A process of this user, but no zombie. */
export interface RunningProcess {
  /** Process id and start time: ids are reused. */
  readonly mark: string;
  readonly name: string;
  readonly words: readonly string[];
  /** `NAME=VALUE` each; empty where it may not be read. */
  readonly environment: readonly string[];
}

/** The processes of this user, read without starting any. */
export function runningProcesses(): readonly RunningProcess[] {
  return readdirSync('/proc').flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      if (statSync(`/proc/${id}`).uid !== process.getuid?.()) return [];
      const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') return [];
      const name = readFileSync(`/proc/${id}/comm`, 'utf8').trim();
      return [
        { mark: `${id} ${fields[19]}`, name, words: list(id, 'cmdline'), environment: list(id, 'environ') },
      ];
    } catch {
      return []; // gone meanwhile
    }
  });
}

function list(id: string, file: 'cmdline' | 'environ'): readonly string[] {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8').split('\0');
  } catch {
    return []; // another user's once, or gone
  }
}

/** Whether it is what an engine without root leaves in the background: what holds its namespace, and a session bus. */
export function isKeeper({ name, words }: RunningProcess): boolean {
  return (
    name === 'podman pause' || name === 'catatonit' || (name === 'dbus-daemon' && words.includes('--session'))
  );
}
