import type { HostId } from '#core/contract/ids.ts';
import { hostOf, hostsStore, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Field } from './Field.tsx';
import { HostDot } from './HostDot.tsx';
import { Select } from './Select.tsx';

export interface HostSelectProps {
  readonly label: string;
  readonly value: HostId;
  readonly onChange: (hostId: HostId) => void;
  /** A machine that is not offered. */
  readonly exceptId?: HostId;
}

/** Where a person's files on a machine begin, with a slash at its end; the root where that is not known. */
export function homeFolderOf(hostId: HostId): string {
  const home = hostOf(hostsStore.getState(), hostId)?.facts?.homeFolder ?? null;
  return home === null ? '/' : `${home}/`;
}

/** One of the machines that can be asked now. */
export function HostSelect({ label, value, onChange, exceptId }: HostSelectProps) {
  const hosts = useHosts((state) => state.hosts);
  const choices = hosts.filter((each) => each.id !== exceptId && (isReachable(each) || each.id === value));
  return (
    <Field label={label}>
      {(control) => (
        <span className="flex items-center gap-2">
          <HostDot colour={hosts.find(({ id }) => id === value)?.colour ?? 0} />
          <Select
            control={control}
            className="flex-1"
            value={value}
            onChange={onChange}
            options={choices.map(({ id, label: name }) => ({ value: id, label: name }))}
          />
        </span>
      )}
    </Field>
  );
}
