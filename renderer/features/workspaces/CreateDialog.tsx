import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { CreateWorkspaceInput, Workspace } from '#core/contract/workspaces.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { homeFolderOf } from '#renderer/ui/HostSelect.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { DescriptionField } from './DescriptionField.tsx';
import { NameField } from './NameField.tsx';
import { nameProblem, suggestedName, wholePath } from './workspaceForm.ts';
import { workspacesQuery } from './workspacesQuery.ts';
import { workspacesStore } from './workspacesState.ts';

export interface CreateDialogProps {
  readonly hostId: HostId;
  /** The workspace that is forked; null where a new one begins empty or from a folder. */
  readonly forkOf: WorkspaceId | null;
  readonly onClose: () => void;
}

const none: readonly Workspace[] = [];
const beginnings = ['empty', 'folder', 'fork'] as const;

/** Asks for the name of a new workspace, what it begins with, and which image it is made for. */
export function CreateDialog({ hostId, forkOf, onClose }: CreateDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const host = useHosts((state) => hostOf(state, hostId));
  const { data } = useQuery(workspacesQuery(hostId));
  const workspaces = data?.workspaces ?? none;
  const taken = workspaces.map(({ name }) => name);
  const [from, setFrom] = useState<(typeof beginnings)[number]>(forkOf === null ? 'empty' : 'fork');
  const [sourceId, setSourceId] = useState<string | null>(forkOf);
  const [folder, setFolder] = useState(() => homeFolderOf(hostId));
  const [typedName, setName] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const [image, setImage] = useState('');
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const source = workspaces.find(({ id }) => id === sourceId) ?? null;
  const proposed = from === 'fork' && source !== null ? suggestedName(source.name, taken) : '';
  const name = typedName ?? proposed;
  const problem = nameProblem(name, taken);
  const folderPath = wholePath(folder);
  const imagePath = image.trim() === '' ? null : wholePath(image);
  const isImageBad = image.trim() !== '' && imagePath === null;
  const isGood =
    problem === null &&
    !isImageBad &&
    (from === 'empty' || (from === 'folder' ? folderPath !== null : source !== null));

  function originOf(): CreateWorkspaceInput['from'] | null {
    if (from === 'empty') return { kind: 'empty' };
    if (from === 'folder') return folderPath === null ? null : { kind: 'folder', path: folderPath };
    return source === null ? null : { kind: 'workspace', id: source.id };
  }

  function create() {
    setIsTried(true);
    const origin = originOf();
    if (!isGood || origin === null) return;
    void submit(async () => {
      await client.workspaces.create({ hostId, name, description, parent: null, from: origin, imagePath });
      workspacesStore.setState({ filter: '' });
      onClose();
    });
  }

  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('create.title')}
      description={text('create.description', { host: host?.label ?? hostId, folder: data?.parent ?? '…' })}
      onSubmit={create}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text(from === 'fork' ? 'create.submitFork' : 'create.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <NameField
          autoFocus
          hostId={hostId}
          value={name}
          onChange={(typed) => {
            forgetFailure();
            setName(typed);
          }}
          problem={problem}
          isTried={isTried}
        />
        <Segmented
          label={text('create.from')}
          value={from}
          options={beginnings.map((value) => ({ value, label: text(`create.${value}`) }))}
          onChange={setFrom}
        />
        {from === 'folder' ? (
          <PathField
            hostId={hostId}
            label={text('create.folderPath')}
            hint={text('create.folderHint')}
            wants="folder"
            value={folder}
            onChange={setFolder}
            problem={isTried && folderPath === null ? text('pathProblem') : null}
          />
        ) : null}
        {from === 'fork' ? (
          workspaces.length === 0 ? (
            <p className="text-small text-ink-2">{text('create.forkNone')}</p>
          ) : (
            <Field label={text('create.forkOf')} hint={text('create.forkHint')}>
              {(control) => (
                <Select
                  control={control}
                  value={source?.id ?? ''}
                  onChange={setSourceId}
                  options={workspaces.map(({ id, name: label }) => ({ value: id as string, label }))}
                />
              )}
            </Field>
          )
        ) : null}
        <DescriptionField value={description} onChange={setDescription} />
        <PathField
          hostId={hostId}
          label={text('image')}
          hint={text('imageHint')}
          wants="any"
          offersWhenEmpty={false}
          placeholder={host?.imageFolders[0] === undefined ? '' : `${host.imageFolders[0]}/`}
          value={image}
          onChange={setImage}
          problem={isImageBad ? text('pathProblem') : null}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
