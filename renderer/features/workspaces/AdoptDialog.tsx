import { useState } from 'react';
import type { AdoptInput } from '#core/contract/handover.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { type HostId, localHostId, type WorkspaceId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostSelect, homeFolderOf } from '#renderer/ui/HostSelect.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { type AdoptForm, AdoptFormField } from './AdoptFormField.tsx';
import { AdoptPlanView, lacksSpace } from './AdoptPlanView.tsx';
import { useAdoptPlan } from './adoptQuery.ts';
import { NameField } from './NameField.tsx';
import { useLatest } from './useLatest.ts';
import { useWorkspacesOf, WorkspaceSelect } from './WorkspaceSelect.tsx';
import { nameProblem, suggestedName, wholePath } from './workspaceForm.ts';
import { workspacesStore } from './workspacesState.ts';

export interface AdoptDialogProps {
  /** Where it comes to. */
  readonly hostId: HostId;
  readonly onClose: () => void;
}

type Origin = 'file' | 'workspace';

/** Asks what is made one's own, under which name, and in which form; what would come is said before. */
export function AdoptDialog({ hostId, onClose }: AdoptDialogProps) {
  const text = useText('workspacesForms');
  const common = useText('common');
  const host = useHosts((state) => hostOf(state, hostId));
  const others = useHosts((state) => state.hosts);
  const otherId = others.find((each) => each.id !== hostId && isReachable(each))?.id ?? null;
  const [origin, setOrigin] = useState<Origin>('file');
  const [fileHostId, setFileHostId] = useState<HostId>(hostId);
  const [path, setPath] = useState(() => homeFolderOf(hostId));
  const [isDropUnknown, setIsDropUnknown] = useState(false);
  const [chosenHostId, setSourceHostId] = useState<HostId | null>(null);
  const [sourceId, setSourceId] = useState<WorkspaceId | null>(null);
  const [typedName, setName] = useState<string | null>(null);
  const [form, setForm] = useState<AdoptForm>('automatic');
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const sourceHostId = chosenHostId ?? otherId;
  const taken = useWorkspacesOf(hostId).map(({ name }) => name);
  const sources = useWorkspacesOf(sourceHostId ?? hostId);
  const source = sources.find(({ id }) => id === sourceId) ?? null;
  const filePath = path.endsWith('/') ? null : wholePath(path);
  const proposed =
    origin === 'file' ? suggestedName(filePath ?? '', taken) : suggestedName(source?.name ?? '', taken);
  const name = typedName ?? proposed;
  const problem = nameProblem(name, taken);
  const from = originOf();
  const input: AdoptInput | null =
    from === null || problem !== null
      ? null
      : { hostId, from, name, parent: null, form: form === 'automatic' ? null : form };
  const answer = useAdoptPlan(input);
  const plan = useLatest(answer.plan);
  const canSubmit = input !== null && answer.plan !== null && !lacksSpace(answer.plan);

  function originOf(): AdoptInput['from'] | null {
    if (origin === 'file') {
      return filePath === null ? null : { kind: 'file', hostId: fileHostId, path: filePath };
    }
    if (sourceHostId === null || source === null) return null;
    return { kind: 'workspace', hostId: sourceHostId, id: source.id };
  }

  function adopt() {
    setIsTried(true);
    if (input === null || !canSubmit) return;
    void submit(async () => {
      await client.handover.adopt(input);
      workspacesStore.setState({ filter: '' });
      onClose();
    });
  }

  /** Electron tells where a dropped file lies; a browser does not. */
  function takeDrop(file: File) {
    const dropped = window.workbench?.pathOf?.(file) ?? '';
    setIsDropUnknown(dropped === '');
    if (dropped === '') return;
    setOrigin('file');
    setFileHostId(localHostId);
    setPath(hostPathFromText(dropped));
  }

  const report = failure ?? answer.failure;
  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('adopt.title')}
      description={text('adopt.description', { host: host?.label ?? hostId })}
      onSubmit={adopt}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text('adopt.submit')}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shorter way to what the field takes */}
      <div
        className="flex flex-col gap-3"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          const [file] = event.dataTransfer.files;
          if (file !== undefined) takeDrop(file);
        }}
      >
        {otherId === null ? null : (
          <Segmented
            label={text('adopt.from')}
            value={origin}
            options={[
              { value: 'file', label: text('adopt.fromFile') },
              { value: 'workspace', label: text('adopt.fromWorkspace') },
            ]}
            onChange={setOrigin}
          />
        )}
        {origin === 'file' ? (
          <>
            {otherId === null ? null : (
              <HostSelect
                label={text('adopt.fileHost')}
                value={fileHostId}
                onChange={(chosen) => {
                  forgetFailure();
                  setFileHostId(chosen);
                  setPath(homeFolderOf(chosen));
                }}
              />
            )}
            <PathField
              autoFocus
              hostId={fileHostId}
              label={text('adopt.file')}
              hint={text('adopt.fileHint')}
              wants="any"
              value={path}
              onChange={(typed) => {
                forgetFailure();
                setIsDropUnknown(false);
                setPath(typed);
              }}
              problem={
                isDropUnknown
                  ? text('adopt.dropped')
                  : isTried && filePath === null
                    ? text('pathMissing')
                    : null
              }
            />
          </>
        ) : sourceHostId === null ? null : (
          <>
            <HostSelect
              exceptId={hostId}
              label={text('adopt.sourceHost')}
              value={sourceHostId}
              onChange={(chosen) => {
                forgetFailure();
                setSourceHostId(chosen);
                setSourceId(null);
              }}
            />
            <WorkspaceSelect
              hostId={sourceHostId}
              label={text('adopt.source')}
              value={sourceId}
              onChange={setSourceId}
              empty={null}
            />
          </>
        )}
        <NameField
          hostId={hostId}
          value={name}
          onChange={(typed) => {
            forgetFailure();
            setName(typed);
          }}
          problem={problem}
          isTried={isTried}
        />
        <AdoptFormField value={form} onChange={setForm} />
        {plan === null && answer.isPlanning ? <Spinner label={text('planning')} /> : null}
        {plan === null || input === null || answer.failure !== null ? null : <AdoptPlanView plan={plan} />}
        {report === null ? null : <ErrorNotice report={report} />}
      </div>
    </Dialog>
  );
}
