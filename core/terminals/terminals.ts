import { randomUUID } from 'node:crypto';
import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import { type HostId, type TaskId, type TerminalId, terminalIdSchema } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { OneInstance } from '#core/contract/instances.ts';
import type { SandboxShell } from '#core/contract/sandboxes.ts';
import type { Terminal, TerminalSize, TerminalSubject } from '#core/contract/terminals.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host, Pty } from '#core/hosts/host.ts';
import type { Argument, CommandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { Broadcast } from '#core/tasks/broadcast.ts';
import type { TerminalChannel } from './terminalChannel.ts';
import type { SessionEnd, TerminalSession } from './terminalSession.ts';

/** What the terminals stand on. */
export interface TerminalsOptions {
  /** A host that is ready to be used; fails with host.notConnected. */
  readonly hosts: { open(id: HostId): Promise<Host> };
  /** Command line of shell, run or exec in an image. Fails with what is known to be missing (runtime.missing). */
  readonly resolveAction: (action: ActionInput, passphrase: string | null) => Promise<CommandSpec>;
  /** The command of a shell in a sandbox. Fails with sandbox.unknown, and input.invalid for a way that is not there. */
  readonly sandboxShell: (shell: SandboxShell) => Promise<CommandSpec>;
  /** The command of a shell in an instance. Fails with instance.unknown. */
  readonly instanceShell: (one: OneInstance) => Promise<CommandSpec>;
  /** The user's login shell on the host. */
  readonly hostShellCommand: (hostId: HostId) => CommandSpec | Promise<CommandSpec>;
  /** One line that installs a runtime on the host; null where none is known. */
  readonly installCommand: (hostId: HostId) => Promise<string | null>;
  /** Asked when a terminal is opened. */
  readonly scrollbackLines: () => number;
}

/** The terminals of a core, by id. */
export interface Terminals {
  /** The list now and after each change. Ends when the signal aborts. */
  watch(signal?: AbortSignal): AsyncGenerator<{ terminals: Terminal[] }, void, undefined>;
  /**
   * Starts a terminal. Fails with image.missing, host.pathMissing, host.notADirectory, runtime.missing or
   * host.commandMissing where it cannot be, with image.encrypted where the passphrase does not fit; a program that starts and ends at once leaves an ended terminal.
   */
  open(subject: TerminalSubject, size: TerminalSize, passphrase?: string): Promise<Terminal>;
  /** Starts a terminal for a task: the person sees it and types into it, the task reads what it shows. */
  openForTask(start: TaskTerminalStart): Promise<TaskTerminal>;
  rename(id: TerminalId, title: string): void;
  /** Ends what runs in it and forgets it. */
  close(id: TerminalId): Promise<void>;
  /** Gives a page the terminal's bytes. An unknown terminal says `gone` and closes the channel. */
  attach(id: TerminalId, channel: TerminalChannel): void;
  /** Whether one of this host has not ended. */
  runsOn(id: HostId): boolean;
  /** How many have not ended. */
  runningCount(): number;
  /** Ends all of them. */
  dispose(): Promise<void>;
}

/** What a task runs in a terminal of its own. */
export interface TaskTerminalStart {
  readonly hostId: HostId;
  readonly taskId: TaskId;
  /** For the title. */
  readonly name: string;
  readonly command: CommandSpec;
  readonly folder: HostPath;
  /** Until a page shows it, which then decides. */
  readonly size: TerminalSize;
  /** The bytes are valid during the call. What the person types is not among them unless the program echoes it. */
  readonly onData: (bytes: Uint8Array) => void;
}

/** A running terminal of a task. */
export interface TaskTerminal {
  /** With whether the terminal was closed before its program had ended. */
  readonly ended: Promise<SessionEnd & { readonly isClosed: boolean }>;
  /** Ctrl-C: reaches a program of root too, which no signal of ours does. */
  interrupt(): void;
  /** Ends what runs in it and forgets it, also where the person has closed it before. */
  close(): Promise<void>;
}

interface Entry {
  readonly session: TerminalSession;
  terminal: Terminal;
}

interface Start {
  readonly hostId: HostId;
  readonly name: string;
  readonly command: CommandSpec;
  readonly folder: HostPath | null;
  /** Typed for the person, who presses Enter. */
  readonly typed: string | null;
}

const interruptCharacter = 0x03;

export function createTerminals(options: TerminalsOptions): Terminals {
  const entries = new Map<TerminalId, Entry>();
  const changes = new Broadcast<{ terminals: Terminal[] }>();
  const list = () => ({ terminals: [...entries.values()].map((entry) => entry.terminal) });
  const tell = () => changes.tell(list());
  const known = (id: TerminalId): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw workbenchError('terminal.unknown', { id });
    return entry;
  };

  /** Shows what a terminal runs from now on. */
  async function addEntry(
    start: Pick<Start, 'hostId' | 'name' | 'command'>,
    shown: { readonly pty: Pty; readonly label: string; readonly size: TerminalSize },
    subject: Terminal['subject'],
  ): Promise<Entry> {
    const { pty, label, size } = shown;
    // Loaded with the first terminal: the emulator would cost every start of the workbench 40 ms.
    const { TerminalSession } = await import('./terminalSession.ts');
    const session = new TerminalSession({ pty, size, scrollbackLines: options.scrollbackLines() });
    const title = freeTitle(start.name, label, list().terminals);
    const entry: Entry = { session, terminal: describe(start, subject, title) };
    entries.set(entry.terminal.id, entry);
    session.onEnd((end) => {
      entry.terminal = { ...entry.terminal, ended: { at: Date.now(), ...end } };
      tell();
    });
    tell();
    return entry;
  }

  return {
    watch: (signal) =>
      changes.follow(
        signal,
        () => [list()],
        (waiting) => waiting.slice(-1),
      ),
    async open(subject, size, passphrase) {
      const start = await startOf(subject, options, passphrase ?? null);
      const host = await options.hosts.open(start.hostId);
      const pty = await host.openPty(start.command, {
        size,
        ...(start.folder === null ? {} : { workingFolder: start.folder }),
      });
      const entry = await addEntry(start, { pty, label: host.label, size }, subject);
      if (start.typed !== null) entry.session.typeAtFirstOutput(start.typed);
      return entry.terminal;
    },
    async openForTask({ onData, folder, size, taskId, ...start }) {
      const host = await options.hosts.open(start.hostId);
      const pty = await host.openPty(start.command, { size, workingFolder: folder, taskId });
      const subject = { kind: 'task' as const, hostId: start.hostId, taskId };
      const shown = { pty: withReader(pty, onData), label: host.label, size };
      const { session, terminal } = await addEntry(start, shown, subject);
      return {
        ended: new Promise((resolve) =>
          pty.onExit((end) => resolve({ ...end, isClosed: !entries.has(terminal.id) })),
        ),
        interrupt: () => pty.write(Uint8Array.of(interruptCharacter)),
        async close() {
          if (entries.delete(terminal.id)) tell();
          await session.dispose();
        },
      };
    },
    rename(id, title) {
      const entry = known(id);
      entry.terminal = { ...entry.terminal, title };
      tell();
    },
    async close(id) {
      const { session } = known(id);
      entries.delete(id);
      tell();
      await session.dispose();
    },
    attach(id, channel) {
      const entry = entries.get(id);
      if (entry !== undefined) entry.session.attach(channel);
      else {
        channel.sendText({ type: 'gone' });
        channel.close();
      }
    },
    runsOn: (id) =>
      [...entries.values()].some(({ terminal, session }) => terminal.hostId === id && session.end === null),
    runningCount: () => [...entries.values()].filter((entry) => entry.session.end === null).length,
    async dispose() {
      const sessions = [...entries.values()].map((entry) => entry.session);
      entries.clear();
      await Promise.all(sessions.map((session) => session.dispose()));
    },
  };
}

/** A terminal that a second reader reads from its first byte on: what came early goes to the first reader alone. */
function withReader(pty: Pty, reader: (bytes: Uint8Array) => void): Pty {
  return {
    processId: pty.processId,
    onData: (listener) =>
      pty.onData((bytes) => {
        listener(bytes);
        reader(bytes);
      }),
    onExit: (listener) => pty.onExit(listener),
    write: (bytes) => pty.write(bytes),
    resize: (size) => pty.resize(size),
    setPaused: (isPaused) => pty.setPaused(isPaused),
    dispose: () => pty.dispose(),
  };
}

function describe(
  start: Pick<Start, 'hostId' | 'command'>,
  subject: Terminal['subject'],
  title: string,
): Terminal {
  return {
    id: terminalIdSchema.parse(randomUUID()),
    hostId: start.hostId,
    title,
    subject,
    command: start.command.byHand ?? showCommand(start.command),
    startedAt: Date.now(),
    ended: null,
  };
}

/** `tiny @ local`, then `tiny 2 @ local`: two terminals of one image can be told apart. */
function freeTitle(name: string, label: string, open: readonly Terminal[]): string {
  const isFree = (title: string) => open.every((terminal) => terminal.title !== title);
  let title = `${name} @ ${label}`;
  for (let number = 2; !isFree(title); number += 1) title = `${name} ${number} @ ${label}`;
  return title;
}

async function startOf(
  subject: TerminalSubject,
  options: TerminalsOptions,
  passphrase: string | null,
): Promise<Start> {
  switch (subject.kind) {
    case 'hostShell': {
      const { hostId, folder } = subject;
      if (folder !== null) await checkFolder(await options.hosts.open(hostId), folder);
      const command = await options.hostShellCommand(hostId);
      return { hostId, name: programName(command.program), command, folder, typed: null };
    }
    case 'container': {
      const { action } = subject;
      const host = await options.hosts.open(action.hostId);
      if ((await host.files.stat(action.path)) === null) {
        throw workbenchError('image.missing', { path: action.path }, { hostId: host.id });
      }
      const command = await options.resolveAction(action, passphrase);
      const name = baseName(action.path).replace(/\.sif$/, '');
      return { hostId: action.hostId, name, command, folder: null, typed: null };
    }
    case 'sandbox': {
      const { shell } = subject;
      const command = await options.sandboxShell(shell);
      return { hostId: shell.hostId, name: baseName(shell.path), command, folder: null, typed: null };
    }
    case 'instance': {
      const { instance } = subject;
      const command = await options.instanceShell(instance);
      return { hostId: instance.hostId, name: instance.name, command, folder: null, typed: null };
    }
    case 'install': {
      const { hostId } = subject;
      const typed = await options.installCommand(hostId);
      if (typed === null || hasControlCharacter(typed)) {
        throw workbenchError(
          'terminal.failed',
          { reason: 'No install command is known for this host.' },
          { hostId },
        );
      }
      const command = await options.hostShellCommand(hostId);
      return { hostId, name: 'install', command, folder: null, typed };
    }
  }
}

async function checkFolder(host: Host, folder: HostPath): Promise<void> {
  const facts = await host.files.stat(folder);
  const where = { hostId: host.id };
  if (facts === null) throw workbenchError('host.pathMissing', { path: folder }, where);
  if (facts.kind !== 'folder') throw workbenchError('host.notADirectory', { path: folder }, where);
}

/** A line end in it would be the Enter that is the person's to press. */
function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\x7f');
}

function programName(program: Argument): string {
  if (typeof program === 'string') return program.slice(program.lastIndexOf('/') + 1);
  return 'path' in program ? baseName(program.path) : 'shell';
}
