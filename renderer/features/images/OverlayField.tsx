import { useQuery } from '@tanstack/react-query';
import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Select } from '#renderer/ui/Select.tsx';

export interface OverlayFieldProps {
  readonly hostId: HostId;
  readonly path: HostPath | null;
  readonly isReadOnly: boolean;
  readonly onChange: (path: HostPath | null, isReadOnly: boolean) => void;
}

const none = '-';

/** Which overlay of the host keeps what is changed. */
export function OverlayField({ hostId, path, isReadOnly, onChange }: OverlayFieldProps) {
  const text = useText('images');
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'overlays.list',
      hostId,
      call: (signal) => client.overlays.list({ hostId }, { signal }),
    }),
  });
  const overlays = (data?.overlays ?? []).filter(({ isEmbedded }) => !isEmbedded);
  const isGone = path !== null && data !== undefined && overlays.every((overlay) => overlay.path !== path);
  const isUnlisted = path !== null && overlays.every((overlay) => overlay.path !== path);
  return (
    <div className="flex flex-col gap-1.5">
      <Field
        label={text('run.overlay')}
        hint={
          data !== undefined && overlays.length === 0 ? text('run.overlayEmpty') : text('run.overlayHint')
        }
        problem={error !== null ? failureReport(error).title : isGone ? text('run.overlayGone') : null}
      >
        {(control) => (
          <Select
            control={control}
            value={path ?? none}
            isDisabled={data === undefined}
            onChange={(chosen) =>
              onChange(overlays.find((overlay) => overlay.path === chosen)?.path ?? null, isReadOnly)
            }
            options={[
              { value: none, label: text('run.overlayNone') },
              ...(isUnlisted ? [{ value: path as string, label: showControls(baseName(path)) }] : []),
              ...overlays.map((overlay) => ({
                value: overlay.path as string,
                label: showControls(baseName(overlay.path)),
                ...(overlay.holders.length === 0 ? {} : { detail: text('run.overlayInUse') }),
              })),
            ]}
          />
        )}
      </Field>
      {path === null ? null : (
        <Checkbox
          label={text('run.overlayReadOnly')}
          isChecked={isReadOnly}
          onChange={(chosen) => onChange(path, chosen)}
        />
      )}
    </div>
  );
}
