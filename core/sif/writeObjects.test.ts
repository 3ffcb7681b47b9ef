import { describe, expect, it } from 'vitest';
import { dataType } from './descriptor.ts';
import { usualDataOffset } from './header.ts';
import { parseImageHead, type SifHead } from './imageHead.ts';
import { packedWorkspace, workspaceObjectName, workspaceTreeName } from './packedWorkspace.ts';
import { emptySif, type NewObject, withObjects } from './writeObjects.ts';

const json: NewObject = {
  type: dataType.json,
  name: workspaceObjectName,
  offset: 32_768,
  sizeBytes: 100,
  partition: null,
};
const tree: NewObject = {
  type: dataType.partition,
  name: workspaceTreeName,
  offset: 36_864,
  sizeBytes: 8192,
  partition: { fileSystem: 1, role: 4, architecture: 'arm64' },
};
const end = tree.offset + tree.sizeBytes;

function read(bytes: Uint8Array | null, size: number): SifHead {
  const head = bytes === null ? null : parseImageHead(bytes, size);
  if (head?.kind !== 'sif') throw new Error(`no SIF: ${JSON.stringify(head)}`);
  return head;
}

describe('objects written into a SIF', () => {
  const begun = read(emptySif(), usualDataOffset);

  it('are read again as they were written', () => {
    const head = read(withObjects(emptySif(), begun.header, [json, tree]), end);
    expect(head.truncation).toBeNull();
    expect(head.header).toMatchObject({
      uuid: null,
      createdAt: null,
      descriptorsUsed: 2,
      descriptorsTotal: 48,
    });
    expect(head.descriptors).toMatchObject([
      {
        id: 1,
        group: 1,
        link: null,
        offset: 32_768,
        sizeBytes: 100,
        name: workspaceObjectName,
        createdAt: null,
      },
      { id: 2, group: 1, offset: 36_864, sizeBytes: 8192, partition: tree.partition },
    ]);
    expect(packedWorkspace(head.descriptors)?.tree.offset).toBe(36_864);
    expect(head.header.dataOffset + head.header.dataSize).toBe(end);
  });

  it('come behind those that are there, and leave them alone', () => {
    const first = withObjects(emptySif(), begun.header, [tree]);
    const { header } = read(first, end);
    const both = withObjects(first ?? new Uint8Array(), header, [{ ...json, offset: end }]);
    const head = read(both, end + 100);
    expect(head.descriptors.map(({ id, name }) => [id, name])).toEqual([
      [1, workspaceTreeName],
      [2, workspaceObjectName],
    ]);
    expect(parseImageHead(both ?? new Uint8Array(), end + 99)).toMatchObject({
      truncation: { expectedBytes: end + 100, actualBytes: end + 99 },
    });
  });

  it('need free rows in the table, and the whole of it', () => {
    const many = Array.from({ length: 49 }, () => json);
    expect(withObjects(emptySif(), begun.header, many)).toBeNull();
    expect(withObjects(emptySif().subarray(0, 5000), begun.header, [json])).toBeNull();
  });
});
