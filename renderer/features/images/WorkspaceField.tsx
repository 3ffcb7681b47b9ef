import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { WorkspaceId } from '#core/contract/ids.ts';
import { type ActionInput, actionInputSchema } from '#core/contract/images.ts';
import type { Preflight, PreflightItem, Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useDelayed } from '#renderer/api/useDelayed.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { Select } from '#renderer/ui/Select.tsx';

const typingPauseMs = 200;

export interface WorkspaceFieldProps {
  /** What would be started, with the workspace that is chosen. */
  readonly action: ActionInput;
  readonly value: WorkspaceId | null;
  readonly onChange: (id: WorkspaceId | null) => void;
  /** Chooses one by itself, the one that changed last, while the person has chosen none. */
  readonly isWanted: boolean;
}

const none = 'none';

/** Which workspace of the host takes the place of the home, and what the preflight says of it. */
export function WorkspaceField({ action, value, onChange, isWanted }: WorkspaceFieldProps) {
  const text = useText('images');
  const { hostId } = action;
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'workspaces.list',
      hostId,
      call: (signal) => client.workspaces.list({ hostId }, { signal }),
    }),
  });
  const workspaces: readonly Workspace[] = data?.workspaces ?? [];
  const latest = [...workspaces].sort((a, b) => (b.modifiedAt ?? 0) - (a.modifiedAt ?? 0))[0]?.id;
  const isProposed = useRef(false);
  useEffect(() => {
    if (!isWanted || isProposed.current || data === undefined) return;
    isProposed.current = true;
    if (value === null && latest !== undefined) onChange(latest);
  });
  const isGone = value !== null && data !== undefined && workspaces.every(({ id }) => id !== value);
  return (
    <div className="flex flex-col gap-1.5">
      <Field
        label={text('run.workspace')}
        hint={
          data !== undefined && workspaces.length === 0
            ? text('run.workspaceEmpty')
            : text('run.workspaceHint')
        }
        problem={error !== null ? failureReport(error).title : isGone ? text('run.workspaceGone') : null}
      >
        {(control) => (
          <Select
            control={control}
            value={value ?? none}
            isDisabled={data === undefined}
            onChange={(chosen) => onChange(workspaces.find(({ id }) => id === chosen)?.id ?? null)}
            options={[
              { value: none, label: text('run.workspaceNone') },
              ...(isGone || (data === undefined && value !== null) ? [{ value, label: value }] : []),
              ...workspaces.map(({ id, name, description }) => ({
                value: id,
                label: name,
                ...(description === '' ? {} : { detail: description }),
              })),
            ]}
          />
        )}
      </Field>
      {value === null || isGone ? null : <PreflightNotes action={action} id={value} />}
    </div>
  );
}

function PreflightNotes({ action, id }: { readonly action: ActionInput; readonly id: WorkspaceId }) {
  const text = useText('images');
  const { preflight, failure } = usePreflight(action, id);
  if (failure !== null)
    return (
      <p role="alert" className="text-small text-pretty text-bad">
        {failure.title} {failure.cause}
      </p>
    );
  if (preflight === null) return null;
  return (
    <ul aria-label={text('run.preflight')} aria-live="polite" className="flex flex-col gap-1 text-small">
      {preflight.route === 'none' ? null : (
        <li className="flex gap-2 text-ink-2">
          <CircleCheck aria-hidden className="mt-px size-4 shrink-0 text-ok" strokeWidth={1.75} />
          <span className="min-w-0 text-pretty">{preflight.sentence}</span>
        </li>
      )}
      {preflight.items.map((item) => (
        <PreflightRow key={`${item.code} ${item.sentence}`} item={item} />
      ))}
    </ul>
  );
}

const looks = {
  blocked: { Icon: CircleX, tone: 'text-bad' },
  warning: { Icon: TriangleAlert, tone: 'text-warn' },
  note: { Icon: Info, tone: 'text-ink-3' },
} as const;

function PreflightRow({ item }: { readonly item: PreflightItem }) {
  const text = useText('images');
  const { Icon, tone } = looks[item.level];
  return (
    <li className="flex gap-2">
      <Icon aria-hidden className={`mt-px size-4 shrink-0 ${tone}`} strokeWidth={1.75} />
      <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">
        <span className="sr-only">{text(`run.preflightLevels.${item.level}`)}: </span>
        {item.sentence}
        {item.nextStep === null ? null : <span className="text-ink-3"> {item.nextStep}</span>}
      </span>
    </li>
  );
}

/** What the preflight of an action says; the last answer stays while typing. */
function usePreflight(
  action: ActionInput,
  id: WorkspaceId,
): { readonly preflight: Preflight | null; readonly failure: ErrorReport | null } {
  const wanted = useDelayed(JSON.stringify({ ...action, workspace: id }), typingPauseMs);
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'workspaces.preflight',
      hostId: action.hostId,
      input: wanted,
      call: (signal) =>
        client.workspaces.preflight({ id, action: actionInputSchema.parse(JSON.parse(wanted)) }, { signal }),
    }),
    placeholderData: keepPreviousData,
  });
  return { preflight: data ?? null, failure: error === null ? null : failureReport(error) };
}
