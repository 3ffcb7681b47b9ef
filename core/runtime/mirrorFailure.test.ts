import { describe, expect, it } from 'vitest';
import { mirrorFailure } from './mirrorFailure.ts';

const fatal = 'FATAL:   While performing build: conveyor failed to get: ';

describe('a mirror that gives no base', () => {
  it.each([
    [
      'Bootstrap: debootstrap\nOSVersion: bookworm\nMirrorURL: http://m:3/debian\n',
      `I: Retrieving Release \nE: Failed getting release file http://m:3/debian/dists/bookworm/Release\n${fatal}while debootstrapping: exit status 1`,
      { line: 3, mirror: 'http://m:3/debian/dists/bookworm/Release' },
    ],
    [
      '# one\nBootstrap: busybox\nMirrorURL: http://m:3/busybox\n',
      `${fatal}while inserting busybox: while performing http request: Get "http://m:3/busybox": dial tcp 127.0.0.1:3: connect: connection refused`,
      { line: 3, mirror: 'http://m:3/busybox', reason: 'dial tcp 127.0.0.1:3: connect: connection refused' },
    ],
    [
      'Bootstrap: dnf\nOSVersion: 9\nMirrorURL: http://m:3/os/\n',
      `Errors during downloading metadata for repository 'base':\n  - Curl error (7): Couldn't connect to server for http://m:3/os/repodata/repomd.xml [Failed to connect]\n${fatal}while bootstrapping: exit status 1`,
      { line: 3, mirror: 'http://m:3/os/repodata/repomd.xml' },
    ],
  ])('is found in what was said', (definition, output, expected) => {
    expect(mirrorFailure(definition, output)).toMatchObject(expected);
  });

  it('is not one where a script says the same', () => {
    const definition = 'Bootstrap: docker\nFrom: a\n%post\n    debootstrap x /x\n';
    expect(mirrorFailure(definition, `E: Failed getting release file http://m/\n${fatal}no`)).toBeNull();
    expect(
      mirrorFailure('Bootstrap: debootstrap\n', 'E: Failed getting release file http://m/\n'),
    ).toBeNull();
  });
});
