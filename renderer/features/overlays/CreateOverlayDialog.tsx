import { useState } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { smallestOverlayBytes } from '#core/contract/overlays.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, inputClass, TextField } from '#renderer/ui/Field.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { beginWork } from './overlayActions.ts';
import { sizeOf } from './sizeText.ts';

export interface CreateOverlayDialogProps {
  readonly host: Host;
  readonly onClose: () => void;
}

/** Asks for name, size and whose folders are in a new overlay. */
export function CreateOverlayDialog({ host, onClose }: CreateOverlayDialogProps) {
  const text = useText('overlays');
  const common = useText('common');
  const [form, setForm] = useState({
    name: 'overlay.img',
    folder: '',
    size: '1 GiB',
    folders: '/home/mysingularity',
    isFakeroot: false,
  });
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const change = (part: Partial<typeof form>) => {
    forgetFailure();
    setForm((old) => ({ ...old, ...part }));
  };
  const name = form.name.trim();
  const folder = withoutLastSlash(form.folder.trim());
  const size = sizeOf(form.size);
  const lines = form.folders.split('\n').map((line) => line.trim());
  const wrong = lines.findIndex((line) => line !== '' && !/^\/[^,]+$/.test(line));
  const nameProblem = name === '' ? 'nameEmpty' : name.includes('/') ? 'nameSlash' : null;
  const folderProblem = folder !== '' && !folder.startsWith('/') ? 'notAbsolute' : null;
  const isSmall = size === null || size < smallestOverlayBytes;
  const isGood = nameProblem === null && folderProblem === null && !isSmall && wrong < 0;

  async function create() {
    const begin = () =>
      client.overlays.create({
        hostId: host.id,
        folder: folder === '' ? null : typedPath(folder),
        fileName: typedPath(name),
        sizeBytes: size ?? smallestOverlayBytes,
        folders: form.isFakeroot ? [] : lines.filter((line) => line !== ''),
        isFakeroot: form.isFakeroot,
      });
    await beginWork({ hostId: host.id, path: null }, begin);
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('create.title')}
      description={text('create.description', { host: host.label })}
      onSubmit={() => (isGood ? void submit(create) : undefined)}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!isGood}>
            {text('create.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          label={text('create.name')}
          value={form.name}
          isCode
          problem={nameProblem === null ? null : text(`create.${nameProblem}`)}
          onChange={(typed) => change({ name: typed })}
        />
        <PathField
          hostId={host.id}
          label={text('create.folder')}
          hint={text('create.folderHint')}
          value={form.folder}
          wants="folder"
          offersWhenEmpty={false}
          problem={folderProblem === null ? null : text(`create.${folderProblem}`)}
          onChange={(typed) => change({ folder: typed })}
        />
        <TextField
          label={text('create.size')}
          hint={text('create.sizeHint')}
          value={form.size}
          problem={isSmall ? text('create.sizeSmall') : null}
          onChange={(typed) => change({ size: typed })}
        />
        <Checkbox
          label={text('create.fakeroot')}
          hint={text('create.fakerootHint')}
          isChecked={form.isFakeroot}
          onChange={(isFakeroot) => change({ isFakeroot })}
        />
        {form.isFakeroot ? null : (
          <Field
            label={text('create.folders')}
            hint={text('create.foldersHint')}
            problem={wrong < 0 ? null : text('create.foldersWrong', { line: wrong + 1 })}
          >
            {(control) => (
              <textarea
                {...control}
                rows={2}
                spellCheck={false}
                value={form.folders}
                onChange={(event) => change({ folders: event.target.value })}
                className={classNames(inputClass, 'h-auto resize-y py-1 font-mono text-code')}
              />
            )}
          </Field>
        )}
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
