import { EventEmitter, once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { HostId } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { PageInHand } from '#core/terminals/pageInHand.ts';
import { createTerminals, type Terminals } from '#core/terminals/terminals.ts';
import type { OpenBuildTerminal } from './sudoBuild.ts';

/** Terminals of a workbench with a person before them, who types these passwords, one for each time that sudo asks, and then no more. */
export interface TypingPerson {
  readonly openTerminal: OpenBuildTerminal;
  readonly terminals: Terminals;
  /** Waits until a terminal is open that was not waited for before, and shows this text. */
  untilSeen(text: string): Promise<void>;
  /** Closes the terminal that was opened last, as the page does. */
  closeTerminal(): Promise<void>;
}

/** `elsewhere` gives ssh hosts that terminals are opened on. */
export function typingPerson(
  passwords: readonly string[],
  elsewhere: (id: HostId) => Host | null = () => null,
): TypingPerson {
  const host = createLocalHost({
    environment: scrubbedEnvironment(process.env, null),
    observer: { started: () => ({ ended: () => undefined }) },
  });
  const unused = () => Promise.reject(new Error('not in this test'));
  const terminals = createTerminals({
    hosts: { open: async (id) => elsewhere(id) ?? host },
    sandboxShell: () => Promise.reject(new Error('no sandbox in this test')),
    instanceShell: () => Promise.reject(new Error('no instance in this test')),
    resolveAction: unused,
    hostShellCommand: unused,
    installCommand: unused,
    scrollbackLines: () => 100,
  });
  const left = [...passwords];
  const changes = new EventEmitter();
  let newestOutput: { text: string } | null = null;
  async function newest() {
    const { value } = await terminals.watch().next();
    return value?.terminals.at(-1)?.id ?? null;
  }
  return {
    terminals,
    async openTerminal(start) {
      const page = new PageInHand();
      page.keepsUp = true;
      const decoder = new StringDecoder('utf8');
      const seen = { text: '' };
      let answered = 0;
      let isAttached = false;
      // What is typed before the page is attached reaches nobody.
      const answer = () => {
        const asked = seen.text.split('[sudo] password for').length - 1;
        if (!isAttached || asked <= answered || !/: $/.test(seen.text)) return;
        answered = asked;
        const password = left.shift();
        if (password !== undefined) page.type(`${password}\r`);
      };
      const terminal = await terminals.openForTask({
        ...start,
        onData(bytes) {
          start.onData(bytes);
          seen.text += decoder.write(Buffer.from(bytes));
          changes.emit('change');
          answer();
        },
      });
      const id = await newest();
      if (id === null) throw new Error('no terminal was opened');
      terminals.attach(id, page);
      page.say({ type: 'attach', size: start.size });
      isAttached = true;
      answer();
      newestOutput = seen;
      changes.emit('change');
      return terminal;
    },
    async untilSeen(text) {
      while (newestOutput === null || !newestOutput.text.includes(text)) await once(changes, 'change');
      newestOutput = null;
    },
    async closeTerminal() {
      const id = await newest();
      if (id !== null) await terminals.close(id);
    },
  };
}
