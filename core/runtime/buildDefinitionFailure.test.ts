import { describe, expect, it } from 'vitest';
import { placeOfFailure } from './buildDefinitionFailure.ts';

const definition = (post: string) => `Bootstrap: docker\nFrom: alpine\n\n%post\n${post}\n\n%test\n    true\n`;
const place = (post: string, trace: readonly string[]) =>
  placeOfFailure(definition(post), { section: 'post', trace });

describe('the line of a failed command', () => {
  it.each([
    ['as it is written', '    true\n    false\n', ['true', 'false'], 6, 5],
    ['the second of two that are the same', '    make\n    cd b\n    make\n', ['make', 'cd b', 'make'], 7, 5],
    ['quotes are traced in their own way', '    true\n    echo "a  b"\n', ['true', "echo 'a  b'"], 6, 5],
    [
      'variables are replaced',
      '    V=1\n    get "pkg-$V.tar" --to $D\n',
      ['V=1', 'get pkg-1.tar --to /opt'],
      6,
      5,
    ],
    ['lists are taken apart', '    cd /x && make -j4 | tee log\n', ['cd /x', 'make -j4'], 5, 14],
    [
      'continued lines are joined',
      '    apt-get install -y \\\n      git \\\n      nosuch\n',
      ['apt-get install -y git nosuch'],
      5,
      5,
    ],
    [
      'each in a list over several lines',
      '    apt-get update && \\\n    apt-get install nosuch\n',
      ['apt-get update', 'apt-get install nosuch'],
      6,
      5,
    ],
    [
      'keywords are not traced',
      '    if test -e /x; then\n        rm /x\n    fi\n',
      ['test -e /x', 'rm /x'],
      6,
      9,
    ],
    [
      'loops go back',
      '    for i in 1 2; do\n        one $i\n        two $i\n    done\n',
      ['one 1', 'two 1', 'one 2'],
      6,
      9,
    ],
    ['redirections are not traced', '    cat a >/dev/null 2>&1\n    b 2>&1 | c\n', ['cat a'], 5, 5],
    ['comments are left out', '    true # not false\n    false\n', ['true', 'false'], 6, 5],
    [
      'what a sourced script does belongs to who called it',
      '    true\n    . ./env\n    false\n',
      ['true', '. ./env', 'x=1'],
      6,
      5,
    ],
  ])('%s', (_what, post, trace, line, column) => {
    expect(place(post, trace)).toMatchObject({ line, column });
  });

  it('is not made up', () => {
    expect(place('    true\n', [])).toBeNull();
    expect(place('    "$@"\n', ['ls'])).toBeNull();
  });

  it('is found quickly in much that fits almost', () => {
    const post = Array.from({ length: 2000 }, (_, n) => `    run $A$B$C$D step ${n} $E`).join('\n');
    const trace = Array.from({ length: 500 }, (_, n) => `run aaaa step ${n} b`);
    expect(place(post, trace)).toMatchObject({ line: 504 });
  });
});
