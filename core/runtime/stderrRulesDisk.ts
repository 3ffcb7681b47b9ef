import { documentation, named, rule, type StderrRule } from './stderrRule.ts';

/** Space and rights on disks. */
export const diskRules: readonly StderrRule[] = [
  rule('no-space', 'disk.full', /(?:write|open|mkdir|create) ([^\n:]+): no space left on device/i, {
    facts: named('path'),
  }),
  rule('no-space-plain', 'disk.full', /no space left on device/i, documentation),
  rule('quota', 'disk.quota', /disk quota exceeded/i, documentation),
  rule('read-only', 'disk.readOnly', /(?:open|mkdir|create) ([^\n:]+): read-only file system/i, {
    facts: named('path'),
  }),
  rule('target-exists-build', 'image.targetExists', /build target '([^\n]+)' already exists/, {
    facts: named('path'),
  }),
  rule(
    'target-exists-pull',
    'image.targetExists',
    /Image file already exists: "([^\n]+)" - will not overwrite/,
    { facts: named('path') },
  ),
  rule(
    'target-not-writable',
    'host.permissionDenied',
    /while creating container: open ([^\n:]+): permission denied/,
    {
      facts: ([path = '']) => ({ path, operation: 'write' }),
    },
  ),
  rule(
    'temporary-not-writable',
    'host.permissionDenied',
    /failed to create temporary file: open ([^\n:]+): permission denied/,
    {
      facts: ([path = '']) => ({ path, operation: 'write' }),
    },
  ),
  rule(
    'image-not-writable',
    'host.permissionDenied',
    /could not use ([^\n]+) for writing, you don't have write permissions/,
    {
      facts: ([path = '']) => ({ path, operation: 'write' }),
    },
  ),
];
