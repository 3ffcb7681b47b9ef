import type { HostId } from '#core/contract/ids.ts';

/** The tab's memory of the host that pages show, so that a reload does not silently change the machine. */
const key = 'mysingularity.host';

/** The host that was shown last in this tab, else the contract's own id of core's machine. */
export function rememberedHostId(): HostId {
  // The contract's module would bring the schema library into the first chunk.
  return (globalThis.sessionStorage?.getItem(key) ?? 'local') as HostId;
}

/** Keeps it for a reload. */
export function rememberHostId(id: HostId): void {
  sessionStorage.setItem(key, id);
}
