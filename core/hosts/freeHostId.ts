import { type HostId, hostIdSchema } from '#core/contract/ids.ts';

/** An id for a new host, from its label: letters, digits, `-`, `.` and `_`; a number is added where it is taken. */
export function freeHostId(label: string, taken: readonly { readonly id: HostId }[]): HostId {
  const plain = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 48);
  const base = plain === '' || plain === 'local' ? `host-${plain}`.replace(/-$/, '') : plain;
  for (let number = 1; ; number += 1) {
    const id = hostIdSchema.parse(number === 1 ? base : `${base}-${number}`);
    if (taken.every((host) => host.id !== id)) return id;
  }
}
