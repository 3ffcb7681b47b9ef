import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { buildOutline } from '#core/runtime/definition/buildOutline.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { Definition } from './buildRequest.ts';
import { neededFiles } from './neededFiles.ts';
import { type Shipment, sendShipment, shipmentOf } from './sendNeeded.ts';

const host: Host = createLocalHost({
  environment: { PATH: process.env['PATH'] ?? '' },
  observer: { started: () => ({ ended: () => undefined }) },
});
const clusterId = hostIdSchema.parse('cluster');
/** Another host, as far as a build can tell: its files are read by its own methods. */
const cluster: Host = { ...host, id: clusterId, kind: 'ssh', label: 'cluster' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'send-needed-'));
  for (const name of ['there', 'there/tree', 'outside', 'work']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): HostPath => hostPathFromText(join(folder, name));

const context: TaskContext = {
  id: taskIdSchema.parse('11111111-aaaa'),
  signal: new AbortController().signal,
  report: () => undefined,
  log: () => undefined,
  resumeFrom: 0,
  isAdopted: false,
};

async function shipment(source: string, hostId = clusterId): Promise<Shipment> {
  const text = `Bootstrap: scratch\n\n%files\n    ${source} /opt/\n`;
  const definition: Definition = {
    name: 'x.def',
    path: null,
    hostId: localHostId,
    folder: path('outside'),
    text,
    outline: buildOutline(text, {}),
  };
  const open = async (id: string) => (id === localHostId ? host : cluster);
  const elsewhere = [{ source, hostId, path: path('there/tree') }];
  const needed = await neededFiles(definition, { elsewhere, builderId: localHostId, open });
  return await shipmentOf(definition, needed, { builderId: localHostId, open, work: path('work') });
}
const send = (what: Shipment) =>
  sendShipment(what, { work: path('work'), builder: host, send: null }, context);
const sent = (name: string) => join(folder, 'work/outside/0/tree', name);

it('brings small and large files of another host, programs as programs, links followed', async () => {
  writeFileSync(join(folder, 'there/tree/small'), 'small');
  writeFileSync(join(folder, 'there/tree/big'), Buffer.alloc(700_000, 7));
  chmodSync(join(folder, 'there/tree/big'), 0o755);
  writeFileSync(join(folder, 'outside/far'), 'far');
  symlinkSync(join(folder, 'outside/far'), join(folder, 'there/tree/link'));
  symlinkSync(join(folder, 'nothing'), join(folder, 'there/tree/dangling'));
  const what = await shipment('tree');
  expect(what.sizeBytes).toBe(700_008);
  await send(what);
  expect(readFileSync(sent('small'), 'utf8')).toBe('small');
  expect(readFileSync(sent('big')).equals(Buffer.alloc(700_000, 7))).toBe(true);
  expect(statSync(sent('big')).mode & 0o100).toBe(0o100);
  expect(readFileSync(sent('link'), 'utf8')).toBe('far');
  expect(what.parcels).toHaveLength(4);
});

it.each([
  ['small', 5],
  ['large', 700_000],
])('fails where a %s file grows after it was measured', async (_, sizeBytes) => {
  const file = join(folder, 'there/tree/grows');
  writeFileSync(file, Buffer.alloc(sizeBytes));
  const what = await shipment('tree');
  appendFileSync(file, 'more');
  await expect(send(what)).rejects.toMatchObject({
    report: { code: expect.stringMatching(/^transfer\./), data: { path: expect.stringContaining('grows') } },
  });
});

it('uses what lies on the machine that builds as it lies', async () => {
  const what = await shipment('tree', localHostId);
  expect(what).toMatchObject({ parcels: [], sizeBytes: 0 });
  await send(what);
  expect(readlinkSync(join(folder, 'work/outside/0/tree'))).toBe(join(folder, 'there/tree'));
  await host.files.remove(path('work'));
  expect(statSync(join(folder, 'there/tree')).isDirectory()).toBe(true);
});
