import { setTimeout as after } from 'node:timers/promises';
import type { RemoteMark } from './remoteProcess.ts';
import type { RemoteShell } from './remoteShell.ts';
import { type ByteText, quoteBytes } from './remoteWords.ts';

/** Which machine, since which start: process ids mean nothing on another or after a reboot. */
export interface RemoteMachine {
  readonly node: ByteText;
  readonly bootId: ByteText;
}

interface Member {
  readonly processId: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly foreground: number;
  readonly startTicks: string;
}

const stepMs = 50;
const endSteps = [
  ['INT', 3000],
  ['TERM', 2000],
  ['KILL', 2000],
] as const;
const hangUpGraceMs = 2000;

/**
 * Functions for the remote shell. `same` is true on the machine that was meant; `mine P START` when process P is the
 * one that started then; `signal SIG TARGET P START` sends only then. `members` prints /proc/PID/stat of all processes.
 */
export const processLibrary = `same() { b=; h=; { read -r b </proc/sys/kernel/random/boot_id; read -r h </proc/sys/kernel/hostname; } 2>/dev/null; [ "$b $h" = "$1" ]; }
mine() { r=; { read -r r </proc/$1/stat; } 2>/dev/null || return 1; w=$2; set -- \${r##*') '}; [ "\${20}" = "$w" ]; }
signal() { mine "$3" "$4" && kill "-$1" "$2" 2>/dev/null; }
members() { for p in /proc/[0-9]*; do { read -r r <"$p/stat"; } 2>/dev/null && printf '%s\\n' "$r"; done; }`;

/**
 * Ends a remote process group and everything that descends from it, as it is done locally: interrupt, terminate after
 * 3 s, kill after 5 s; descendants were noted before each step and are killed at the end. Nothing is signalled that is
 * not the very process that was marked. `gone` settles when the group's leader has ended. Fails when the host cannot be reached.
 */
export async function endRemoteGroup(
  shell: RemoteShell,
  machine: RemoteMachine,
  mark: RemoteMark,
  gone: Promise<unknown>,
): Promise<void> {
  const known = new Map<number, Member>();
  let isGone = false;
  const end = gone.then(
    () => true,
    () => true, // how it ended does not matter here
  );
  for (const [signal, waitMs] of endSteps) {
    for (const member of descendants(await listMembers(shell, machine), mark.processId)) {
      known.set(member.processId, member);
    }
    await tell(shell, machine, [sendScript(signal, -mark.group, mark.processId, mark.startTicks)]);
    isGone = await Promise.race([end, after(waitMs, false)]);
    if (isGone) break;
  }
  // One question says whether anything is left; most commands leave nothing.
  const left = await leftOf(shell, machine, known);
  if (left.length === 0) return;
  await tell(
    shell,
    machine,
    left.map((member) => sendScript('KILL', member.processId, member.processId, member.startTicks)),
  );
}

/**
 * Ends a remote terminal's session as a closing terminal does: hang-up to every process group of it; what is left of the
 * leader's and the foreground group after two seconds is killed.
 */
export async function hangUpRemoteSession(
  shell: RemoteShell,
  machine: RemoteMachine,
  mark: RemoteMark,
): Promise<void> {
  const ofSession = (members: readonly Member[]) =>
    members.filter((member) => member.session === mark.processId);
  const all = await listMembers(shell, machine);
  const leader = all.find((member) => member.processId === mark.processId);
  if (leader !== undefined && leader.startTicks !== mark.startTicks) return; // another process by now
  const members = ofSession(all);
  const doomed = new Set([mark.group, ...(leader === undefined ? [] : [leader.foreground])]);
  const groups = new Map(members.map((member) => [member.group, member]));
  await tell(
    shell,
    machine,
    [...groups.values()].flatMap((member) => [
      sendScript('HUP', -member.group, member.processId, member.startTicks),
      sendScript('CONT', -member.group, member.processId, member.startTicks),
    ]),
  );
  const isLeft = (member: Member) => doomed.has(member.group);
  const until = performance.now() + hangUpGraceMs;
  for (;;) {
    const left = ofSession(await listMembers(shell, machine)).filter(isLeft);
    if (left.length === 0) return;
    if (performance.now() > until) {
      await tell(
        shell,
        machine,
        left.map((member) => sendScript('KILL', member.processId, member.processId, member.startTicks)),
      );
      return;
    }
    await after(stepMs);
  }
}

function sendScript(signal: string, target: number, processId: number, startTicks: string): ByteText {
  return `signal ${signal} ${target} ${processId} ${startTicks}`;
}

async function tell(shell: RemoteShell, machine: RemoteMachine, scripts: readonly ByteText[]): Promise<void> {
  if (scripts.length > 0) await shell.run(onMachine(machine, `{ ${scripts.join('; ')}; }`), urgent);
}

const urgent = { whenBusy: 'terminal' } as const;

function onMachine({ node, bootId }: RemoteMachine, script: ByteText): ByteText {
  return `same ${quoteBytes(`${bootId} ${node}`)} && ${script}`;
}

async function listMembers(shell: RemoteShell, machine: RemoteMachine): Promise<readonly Member[]> {
  const { stdout } = await shell.run(onMachine(machine, 'members'), { ...urgent, isRepeatable: true });
  return parseMembers(stdout.toString('latin1'));
}

async function leftOf(
  shell: RemoteShell,
  machine: RemoteMachine,
  known: ReadonlyMap<number, Member>,
): Promise<readonly Member[]> {
  if (known.size === 0) return [];
  const now = await listMembers(shell, machine);
  return now.filter((member) => known.get(member.processId)?.startTicks === member.startTicks);
}

/** Lines of /proc/PID/stat (proc(5)) → living processes; names may hold anything, so fields count from the last parenthesis. */
export function parseMembers(text: string): readonly Member[] {
  return text.split('\n').flatMap((line) => {
    const processId = Number.parseInt(line, 10);
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, session, , foreground] = fields;
    const startTicks = fields[19];
    if (startTicks === undefined || state === 'Z' || state === 'X' || Number.isNaN(processId)) return [];
    return [
      {
        processId,
        parent: Number(parent),
        group: Number(group),
        session: Number(session),
        foreground: Number(foreground),
        startTicks,
      },
    ];
  });
}

function descendants(members: readonly Member[], root: number): readonly Member[] {
  const children = new Map<number, Member[]>();
  for (const member of members) {
    for (const above of new Set([member.parent, member.group])) {
      const siblings = children.get(above) ?? [];
      siblings.push(member);
      children.set(above, siblings);
    }
  }
  const found = new Map<number, Member>();
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const member of children.get(next) ?? []) {
      if (member.processId === root || found.has(member.processId)) continue;
      found.set(member.processId, member);
      waiting.push(member.processId);
    }
  }
  return [...found.values()];
}
