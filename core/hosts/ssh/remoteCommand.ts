import type { HostPath } from '#core/contract/hostPath.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { printMark } from './fence.ts';
import {
  type ByteText,
  bytesOf,
  quoteArgument,
  quoteBytes,
  quoteHostPath,
  wordPrelude,
} from './remoteWords.ts';

/**
 * The one word that ssh gives to the login shell: it replaces that shell by `/bin/sh`, which takes its script from the
 * first line of its input. Fixed text that means the same to sh, dash, bash, zsh, ksh, tcsh, fish and busybox, and shows
 * nothing of the script in the process list. What follows that line stays for the script's own input: `read` takes no
 * byte too many.
 */
export const pipeWord = `exec /bin/sh -c 'IFS= read -r x;eval "$(echo "$x"|base64 -d)"'`;

/**
 * The same for a terminal, whose input lines must be short: it tells with `marker` that it reads (startup files that
 * swallow input are over then), and takes lines up to a lone dot. The terminal starts raw (sshPty.ts says why) and is
 * made an ordinary one before the script runs.
 */
export function terminalWord(marker: string): string {
  return `exec /bin/sh -c 'printf "\\036%s R\\037" ${marker};x=;while IFS= read -r l;do case $l in .)break;;esac;x=$x$l;done;{ stty sane;stty iutf8;} 2>/dev/null;eval "$(echo "$x"|base64 -d)"'`;
}

/** A script as the first line of the input of `pipeWord`. */
export function pipeInput(script: ByteText): Buffer {
  return Buffer.from(`${bytesOf(script).toString('base64')}\n`, 'latin1');
}

const lineLength = 1000;

/** A script as the input of `terminalWord`: a terminal's line holds at most 4095 bytes. */
export function terminalInput(script: ByteText): Buffer {
  const encoded = bytesOf(script).toString('base64');
  const lines = encoded.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return Buffer.from(`${[...lines, '.'].join('\n')}\n`, 'latin1');
}

/**
 * Runs `body` in a subshell and marks, in the output: `B pid group startTicks` before it (and `B` in the error output),
 * `E status` after it. An interrupt of the group ends the body and leaves this wrapper to tell how it ended.
 */
export function wrapScript(marker: string, body: ByteText): ByteText {
  return [
    wordPrelude,
    `m=${marker}`,
    's=; { read -r s </proc/$$/stat; } 2>/dev/null',
    // The name in it may hold anything, so fields count from the last parenthesis (proc(5)).
    // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
    "set -- ${s##*') '}",
    // Not HUP: when a terminal's line is cut only the leader hears of it, and its end tells the others.
    'trap : INT TERM QUIT',
    // The wrapper itself is mute: bash would tell of a killed subshell with the text of its script.
    'exec 3>&2 2>/dev/null',
    `( exec 2>&3 3>&-; ${printMark('B %s %s %s')} "$$" "$3" "\${20}"; ${printMark('B')} >&2`,
    body,
    ')',
    `${printMark('E %s')} "$?"`,
  ].join('\n');
}

/** What stands for a failure before the program runs: the words of a mark. */
export type StartFailure = 'missing' | 'denied' | 'folder';

/**
 * The script that becomes the program of a spec, for a subshell. It marks `F missing|denied|folder` where it cannot:
 * shells have only a line on stderr and 126 or 127 for that, which programs use, too. `S` comes right before the program.
 */
export function programScript(
  spec: CommandSpec,
  environment: ByteText,
  workingFolder: HostPath | undefined,
): ByteText {
  const words = [spec.program, ...spec.args].map(quoteArgument);
  return [
    environment,
    ...Object.entries(spec.environment).map(([name, value]) =>
      value === null ? `unset ${name}` : `export ${name}=${quoteArgument(value)}`,
    ),
    workingFolder === undefined
      ? 'cd 2>/dev/null || cd /'
      : `unset CDPATH; cd -- ${quoteHostPath(workingFolder)} 2>/dev/null || { ${printMark('F folder')}; exit 126; }`,
    `p=${words[0]}`,
    `case $p in
*/*) [ -e "$p" ] || { ${printMark('F missing')}; exit 127; }; { [ -x "$p" ] && [ ! -d "$p" ]; } || { ${printMark('F denied')}; exit 126; };;
*) command -v "$p" >/dev/null 2>&1 || { ${printMark('F missing')}; exit 127; };;
esac`,
    `${printMark('S')}; exec ${words.join(' ')}`,
  ].join('\n');
}

/** Shell lines that make the environment of commands what login and init lines made it. */
export function environmentScript(set: ReadonlyMap<string, ByteText>, unset: readonly string[]): ByteText {
  return [
    ...unset.map((name) => `unset ${name}`),
    ...[...set].map(([name, value]) => `export ${name}=${quoteBytes(value)}`),
  ].join('\n');
}
