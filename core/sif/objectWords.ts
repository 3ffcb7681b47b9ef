import type { SifObject } from '#core/contract/images.ts';
import { dataType, type SifDescriptor } from './descriptor.ts';

/** Words of `sif list`. Source: sif internal/app/siftool/info.go and pkg/sif/sif.go. */
const plainTypes: Readonly<Record<number, string>> = {
  [dataType.definition]: 'Def.FILE',
  [dataType.environment]: 'Env.Vars',
  [dataType.labels]: 'JSON.Labels',
  [dataType.partition]: 'FS',
  [dataType.signature]: 'Signature',
  [dataType.json]: 'JSON.Generic',
  [dataType.raw]: 'Generic/Raw',
  [dataType.cryptographicMessage]: 'Cryptographic Message',
  [dataType.sbom]: 'SBOM',
  [dataType.ociRootIndex]: 'OCI.RootIndex',
  [dataType.ociBlob]: 'OCI.Blob',
};
const fileSystems: Readonly<Record<number, string>> = {
  1: 'Squashfs',
  2: 'Ext3',
  3: 'Archive',
  4: 'Raw',
  5: 'Encrypted squashfs',
  6: 'Gocryptfs squashfs',
};
const roles: Readonly<Record<number, string>> = { 1: 'System', 2: '*System', 3: 'Data', 4: 'Overlay' };
const hashes: Readonly<Record<number, string>> = {
  1: 'SHA-256',
  2: 'SHA-384',
  3: 'SHA-512',
  4: 'BLAKE2s-256',
  5: 'BLAKE2b-256',
};
const messageFormats: Readonly<Record<number, string>> = { 1: 'OpenPGP', 2: 'PEM' };
const messageTypes: Readonly<Record<number, string>> = { 256: 'Clear Signature', 512: 'RSA-OAEP' };
const sbomFormats: Readonly<Record<number, string>> = {
  1: 'cyclonedx-json',
  2: 'cyclonedx-xml',
  3: 'github-json',
  4: 'spdx-json',
  5: 'spdx-rdf',
  6: 'spdx-tag-value',
  7: 'spdx-yaml',
  8: 'syft-json',
};

/** A descriptor as a row for people. */
export function sifObject(descriptor: SifDescriptor): SifObject {
  const { link } = descriptor;
  return {
    id: descriptor.id,
    type: typeWords(descriptor),
    name: descriptor.name,
    group: descriptor.group,
    link: link === null ? null : `${link.id}${link.isGroup ? ' (G)' : ''}`,
    offset: descriptor.offset,
    sizeBytes: descriptor.sizeBytes,
    createdAt: descriptor.createdAt,
  };
}

function typeWords({ type, partition, codes }: SifDescriptor): string {
  const word = plainTypes[type] ?? `Unknown (0x${(type >>> 0).toString(16)})`;
  if (partition !== null) {
    const { fileSystem, role, architecture } = partition;
    return `${word} (${from(fileSystems, fileSystem)}/${from(roles, role)}/${architecture ?? 'unknown'})`;
  }
  switch (type) {
    case dataType.signature:
      return `${word} (${from(hashes, codes[0])})`;
    case dataType.cryptographicMessage:
      return `${word} (${from(messageFormats, codes[0])}/${from(messageTypes, codes[1])})`;
    case dataType.sbom:
      return `${word} (${from(sbomFormats, codes[0])})`;
    default:
      return word;
  }
}

function from(words: Readonly<Record<number, string>>, code: number): string {
  return words[code] ?? `unknown ${code}`;
}
