import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { workspacesQuery } from './workspacesQuery.ts';

const none: readonly Workspace[] = [];

/** The workspaces of a host; empty while they are read. */
export function useWorkspacesOf(hostId: HostId): readonly Workspace[] {
  return useQuery(workspacesQuery(hostId)).data?.workspaces ?? none;
}

export interface WorkspaceSelectProps {
  readonly hostId: HostId;
  readonly label: string;
  readonly value: WorkspaceId | null;
  readonly onChange: (id: WorkspaceId) => void;
  /** In the place of the choice, where the host has none. */
  readonly empty: ReactNode;
}

/** One of the workspaces of a host. */
export function WorkspaceSelect({ hostId, label, value, onChange, empty }: WorkspaceSelectProps) {
  const text = useText('workspacesForms');
  const host = useHosts((state) => hostOf(state, hostId));
  const { data, error } = useQuery(workspacesQuery(hostId));
  if (error !== null) return <ErrorNotice report={failureReport(error)} />;
  if (data === undefined) return <Spinner label={text('adopt.sourceReading')} />;
  if (data.workspaces.length === 0) {
    return (
      <div className="flex flex-col items-start gap-2">
        <p className="text-small text-ink-2">{text('adopt.sourceNone', { host: host?.label ?? hostId })}</p>
        {empty}
      </div>
    );
  }
  return (
    <Field label={label}>
      {(control) => (
        <Select
          control={control}
          value={value ?? 'none'}
          onChange={(chosen) => {
            const workspace = data.workspaces.find(({ id }) => id === chosen);
            if (workspace !== undefined) onChange(workspace.id);
          }}
          options={[
            ...(value === null ? [{ value: 'none', label: text('choose') }] : []),
            ...data.workspaces.map(({ id, name, size, description }) => {
              const [line = ''] = description.split('\n');
              const detail = [size === null ? '' : formatBytes(size.bytes), line.slice(0, 80)]
                .filter((part) => part !== '')
                .join(', ');
              return { value: id as string, label: name, ...(detail === '' ? {} : { detail }) };
            }),
          ]}
        />
      )}
    </Field>
  );
}
