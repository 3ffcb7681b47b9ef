import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostPathFromBytes } from '#core/contract/hostPath.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { newMarker } from './fence.ts';
import {
  pipeInput,
  pipeWord,
  programScript,
  terminalInput,
  terminalWord,
  wrapScript,
} from './remoteCommand.ts';
import { byteText } from './remoteWords.ts';

const everyByte = Uint8Array.from({ length: 255 }, (_, index) => index + 1).filter((byte) => byte !== 0x2f);
const hostile: readonly string[] = [
  '',
  ' ',
  '-',
  '--help',
  '-n',
  "it's",
  '"quoted"',
  '`id`',
  '$(id)',
  '$HOME',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
  '${HOME}',
  '!!',
  '!$ !x',
  '\\',
  'ends with \\',
  "ends with \\'",
  'a\nb',
  '\n',
  'ends with a line end\n\n',
  '\t tab',
  'a;b&c|d>e<f',
  '*?[a-z]{x,y}',
  '~root',
  '#comment',
  '%s%d\\n\\0101',
  '\r\n',
  'é ü 漢字 🙂',
  "'\\''",
  '^caret^',
  '=(x) <(y)',
  '\u001b[31m\u0007',
  '\u001e\u001f',
];
const shells = [
  ['/bin/sh'],
  ['/bin/dash'],
  ['/bin/bash'],
  ['/bin/busybox', 'sh'],
  ['/usr/bin/zsh'],
  ['/usr/bin/ksh'],
  ['/usr/bin/tcsh'],
  ['/usr/bin/fish'],
].filter(([program = '']) => existsSync(program));

function script(marker: string): string {
  const words = [...hostile, { path: hostPathFromBytes(everyByte) }, { secret: 'pass word' }];
  const spec = commandSpec('printf', ['%s\\0', ...words], {
    purpose: 'test',
    environment: { HOSTILE: "a'b\nc", SHELL: null },
  });
  return wrapScript(marker, programScript(spec, `export WORD='${byteText('ü')}'`, undefined));
}

function expectedBytes(): Buffer {
  const words = [
    ...hostile.map((word) => Buffer.from(word)),
    Buffer.from(everyByte),
    Buffer.from('pass word'),
  ];
  return Buffer.concat(words.flatMap((word) => [word, Buffer.of(0)]));
}

describe.each(shells)('over %s', (...shell) => {
  const [program = '', ...args] = shell;

  it('gives a program exactly the words of its spec, and leaves it its input', () => {
    const marker = newMarker();
    const { stdout } = spawnSync(program, [...args, '-c', pipeWord], { input: pipeInput(script(marker)) });
    const begin = stdout.indexOf('S\u001f');
    expect(stdout.subarray(begin + 2, stdout.indexOf(`\u001e${marker} E`))).toEqual(expectedBytes());
    expect(stdout.toString('latin1')).toMatch(new RegExp(`\u001e${marker} E 0\u001f$`));

    const cat = wrapScript(marker, programScript(commandSpec('cat', [], { purpose: 'test' }), '', undefined));
    const rest = Buffer.alloc(300_000, 'x');
    const fed = spawnSync(program, [...args, '-c', pipeWord], {
      input: Buffer.concat([pipeInput(cat), rest]),
    });
    expect(fed.stdout.length - fed.stdout.indexOf('S\u001f') - 2).toBe(
      300_000 + `\u001e${marker} E 0\u001f`.length,
    );
  });

  it('gives the same by the short lines of a terminal', () => {
    const marker = newMarker();
    const { stdout } = spawnSync(program, [...args, '-c', terminalWord(marker)], {
      input: terminalInput(script(marker)),
    });
    expect(stdout.indexOf(`\u001e${marker} R\u001f`)).toBe(0);
    const begin = stdout.indexOf('S\u001f');
    expect(stdout.subarray(begin + 2, stdout.indexOf(`\u001e${marker} E`))).toEqual(expectedBytes());
  });

  it('tells why a program could not be started', () => {
    const failure = (path: string, folder?: string) => {
      const marker = newMarker();
      const spec = commandSpec(path, [], { purpose: 'test' });
      const body = programScript(
        spec,
        '',
        folder === undefined ? undefined : hostPathFromBytes(Buffer.from(folder)),
      );
      const { stdout } = spawnSync(program, [...args, '-c', pipeWord], {
        input: pipeInput(wrapScript(marker, body)),
      });
      return /F (\w+)/.exec(stdout.toString('latin1'))?.[1];
    };
    expect(failure('no-such-program')).toBe('missing');
    expect(failure('/no/such/program')).toBe('missing');
    expect(failure('/etc/passwd')).toBe('denied');
    expect(failure('/etc')).toBe('denied');
    expect(failure('true', '/no/such/folder')).toBe('folder');
  });
});
