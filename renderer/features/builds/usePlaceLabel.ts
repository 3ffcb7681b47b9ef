import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { useHosts } from '#renderer/state/hosts.ts';
import type { FilePlace } from './buildsState.ts';

/** Gives what a file is called in lists: its path, after the name of the host where that is not this machine. */
export function usePlaceLabel(): (place: FilePlace) => HostPath {
  const hosts = useHosts((state) => state.hosts);
  return ({ hostId, path }) => {
    if (hostId === localHostId) return path;
    const label = hosts.find(({ id }) => id === hostId)?.label ?? hostId;
    return `${hostPathFromText(label)}:${path}` as HostPath;
  };
}
