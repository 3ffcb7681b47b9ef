import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { errnoOf } from './fileErrors.ts';

/** A process of a terminal's session. `foreground` is the group that owns the terminal. */
interface SessionMember {
  readonly processId: number;
  readonly group: number;
  readonly session: number;
  readonly foreground: number;
}

const graceMs = 2000;
const stepMs = 20;

/**
 * Ends a terminal's session as a closing terminal does: SIGHUP (and SIGCONT, for what is stopped) to every process group
 * of it; what is still there after two seconds in the leader's or the foreground group is killed. Background jobs that
 * chose to ignore the hang-up (`nohup`) live on, as under every terminal. Resolves when both groups are gone, or with false
 * when they stay: we may not signal what has become root's.
 */
export async function hangUpSession(leader: number): Promise<boolean> {
  const members = sessionMembers(leader);
  const foreground = members.find((member) => member.processId === leader)?.foreground ?? leader;
  const doomed = new Set([leader, ...(foreground > 1 ? [foreground] : [])]);
  for (const group of new Set([leader, ...members.map((member) => member.group)])) {
    signalGroup(group, 'SIGHUP');
    signalGroup(group, 'SIGCONT');
  }
  if (await areGone(leader, doomed, null)) return true;
  return await areGone(leader, doomed, 'SIGKILL'); // again and again: sudo is root's for moments only
}

/** Waits for it, with a signal at each look where one is given. */
async function areGone(
  leader: number,
  groups: ReadonlySet<number>,
  signal: NodeJS.Signals | null,
): Promise<boolean> {
  const end = performance.now() + graceMs;
  while (sessionMembers(leader).some((member) => groups.has(member.group))) {
    if (performance.now() > end) return false;
    if (signal !== null) for (const group of groups) signalGroup(group, signal);
    await after(stepMs);
  }
  return true;
}

/** Living processes of a session, from /proc/PID/stat (proc(5)); zombies do not count. */
function sessionMembers(session: number): readonly SessionMember[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readMember(Number(name)) ?? [])
    .filter((member) => member.session === session);
}

function readMember(processId: number): SessionMember | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${processId}/stat`, 'latin1');
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ESRCH') return null;
    throw thrown;
  }
  // The name may hold anything, so fields count from the last parenthesis: state, parent, group, session, tty, foreground.
  const [state, , group, session, , foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  return { processId, group: Number(group), session: Number(session), foreground: Number(foreground) };
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (thrown) {
    // ESRCH: gone meanwhile. EPERM: a set-user-id program such as sudo, which may be root's just now.
    if (errnoOf(thrown) !== 'ESRCH' && errnoOf(thrown) !== 'EPERM') throw thrown;
  }
}
