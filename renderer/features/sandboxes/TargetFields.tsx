import type { HostId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import type { CheckedTarget, TargetForm } from './targetForm.ts';

export interface TargetFieldsProps {
  readonly hostId: HostId;
  readonly form: TargetForm;
  readonly checked: CheckedTarget;
  /** What it is called: a folder's name, or a file's. */
  readonly isFile: boolean;
  /** Something has the name already, and cannot be replaced. */
  readonly isTaken: boolean;
  readonly onChange: (part: Partial<TargetForm>) => void;
}

/** In which folder, and under which name. */
export function TargetFields({ hostId, form, checked, isFile, isTaken, onChange }: TargetFieldsProps) {
  const text = useText('sandboxes');
  const { folderProblem, nameProblem } = checked;
  return (
    <>
      <TextField
        isCode
        autoFocus
        label={text(isFile ? 'form.fileName' : 'form.name')}
        value={form.name}
        onChange={(name) => onChange({ name })}
        problem={nameProblem !== null ? text(`form.${nameProblem}`) : isTaken ? text('form.exists') : null}
      />
      <PathField
        hostId={hostId}
        wants="folder"
        label={text('form.folder')}
        value={form.folder}
        onChange={(folder) => onChange({ folder })}
        problem={folderProblem === null ? null : text('form.notAbsolute')}
      />
    </>
  );
}
