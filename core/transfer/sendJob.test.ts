import { expect, test } from 'vitest';
import type { HostPath } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { failureThere } from './sendJob.ts';

const line: Pick<SshConnection, 'hostId' | 'label'> = { hostId: hostIdSchema.parse('big'), label: 'Big' };
const job = { target: '/data/a.sif' as HostPath, line };

// Of dd, mkdir, chmod and rsync of Debian 12, in the C locale.
test.each([
  [
    "dd: error writing '/data/.a.sif.0.part': No space left on device\n1+0 records in\n0+0 records out\n",
    'disk.full',
  ],
  ["dd: error writing '/data/.a.sif.0.part': Disk quota exceeded\n", 'disk.quota'],
  ["dd: failed to open '/data/.a.sif.0.part': Read-only file system\n", 'disk.readOnly'],
  ["dd: failed to open '/usr/.a.sif.0.part': Permission denied\n", 'host.permissionDenied'],
  ["chmod: changing permissions of 'a': Operation not permitted\n", 'host.permissionDenied'],
  [
    'rsync: [receiver] write failed on "/data/a.sif": No space left on device (28)\nrsync error: error in file IO (code 11)\n',
    'disk.full',
  ],
  ['sync: error syncing a: Input/output error\n', 'transfer.failed'],
  ['', 'transfer.failed'],
])('%j is %s', (stderr, code) => {
  const { report } = failureThere(job, { exitStatus: 1, stderr });
  expect(report).toMatchObject({ code, hostId: 'big', data: { path: '/data/a.sif' }, evidence: stderr });
});
