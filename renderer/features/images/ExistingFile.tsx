import { FileWarning } from 'lucide-react';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { imageListOf } from './imagesState.ts';
import { wholeMoment } from './when.ts';

export interface ExistingFileProps {
  readonly hostId: HostId;
  readonly path: HostPath;
  readonly sizeBytes: number;
  readonly isOverwritten: boolean;
  readonly onChange: (isOverwritten: boolean) => void;
}

/** The file that already has the name, with its size and date: it is overwritten only when the person says so. */
export function ExistingFile({ hostId, path, sizeBytes, isOverwritten, onChange }: ExistingFileProps) {
  const text = useText('images');
  const known = imageListOf(hostId).imageAt(path);
  const when = known === null ? null : wholeMoment(known.modifiedAt);
  const size = formatBytes(sizeBytes);
  return (
    <section role="status" className="flex gap-2 rounded-control bg-warn-soft p-2.5">
      <FileWarning aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="flex min-w-0 flex-col gap-1.5">
        <p className="font-semibold">{text('pull.exists')}</p>
        <p className="text-small [overflow-wrap:anywhere] text-ink-2" data-selectable>
          {when === null
            ? text('pull.existsDetailSize', { path, size })
            : text('pull.existsDetail', { path, size, when })}
        </p>
        <Checkbox
          label={text('pull.overwrite')}
          hint={text('pull.overwriteHint')}
          isChecked={isOverwritten}
          onChange={onChange}
        />
      </div>
    </section>
  );
}
