import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { baseName, type HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { isolationSchema } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { tell } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, inputClass, TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import {
  imageForStart,
  overlaysForStart,
  previewStartQuery,
  refreshInstances,
  workspacesForStart,
} from './instanceQueries.ts';
import { instancesStore, keyOfInstance } from './instancesState.ts';
import { checkStartForm, emptyStartForm, type StartForm } from './startForm.ts';

const noneValue = '-';

export interface StartInstanceDialogProps {
  readonly host: Host;
  readonly imagePath: HostPath | null;
  readonly onClose: () => void;
}

/** Asks what to start, and with what; the exact command stands below. */
export function StartInstanceDialog({ host, imagePath, onClose }: StartInstanceDialogProps) {
  const text = useText('instances');
  const common = useText('common');
  const [typed, setTyped] = useState<StartForm>({ ...emptyStartForm, image: imagePath ?? '' });
  const [isImageTyped, setIsImageTyped] = useState(imagePath !== null);
  const madeIn = useQuery(imageForStart(host.id, typed.workspace)).data?.path ?? '';
  const form: StartForm = isImageTyped ? typed : { ...typed, image: madeIn };
  const [isTried, setIsTried] = useState(false);
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const { input, problems } = checkStartForm(host.id, form);
  const preview = useQuery(previewStartQuery(input));
  const workspaces = useQuery(workspacesForStart(host.id)).data?.workspaces ?? [];
  const overlays = (useQuery(overlaysForStart(host.id)).data?.overlays ?? []).filter(
    ({ isEmbedded }) => !isEmbedded,
  );
  const change = (part: Partial<StartForm>) => {
    forgetFailure();
    if (part.image !== undefined) setIsImageTyped(true);
    setTyped((old) => ({ ...old, ...part }));
  };

  async function start() {
    if (input === null) return;
    const started = await client.instances.start(input);
    await refreshInstances(host.id);
    instancesStore.setState({ chosenKey: keyOfInstance(started) });
    tell(textOf('instances:started', { name: started.name, node: started.node }));
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('start.title')}
      description={text('start.description', { host: host.label })}
      onSubmit={() => {
        setIsTried(true);
        if (input !== null) void submit(start);
      }}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('start.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PathField
          hostId={host.id}
          label={text('start.image')}
          value={form.image}
          wants="any"
          offersWhenEmpty={false}
          problem={isTried && problems.image !== null ? text(`start.${problems.image}`) : null}
          onChange={(image) => change({ image })}
        />
        <TextField
          label={text('start.name')}
          hint={text('start.nameHint')}
          value={form.name}
          isCode
          problem={
            problems.name !== null && (isTried || problems.name === 'nameWrong')
              ? text(`start.${problems.name}`)
              : null
          }
          onChange={(name) => change({ name })}
        />
        <div className="grid grid-cols-2 gap-3">
          <Field label={text('start.workspace')} hint={text('start.workspaceHint')}>
            {(control) => (
              <Select
                control={control}
                value={form.workspace ?? noneValue}
                onChange={(chosen) =>
                  change({ workspace: workspaces.find(({ id }) => id === chosen)?.id ?? null })
                }
                options={[
                  { value: noneValue, label: text('start.workspaceNone') },
                  ...workspaces.map(({ id, name }) => ({ value: id as string, label: name })),
                ]}
              />
            )}
          </Field>
          <Field label={text('start.overlay')} hint={text('start.overlayHint')}>
            {(control) => (
              <Select
                control={control}
                value={form.overlay === '' ? noneValue : form.overlay}
                onChange={(chosen) => change({ overlay: chosen === noneValue ? '' : chosen })}
                options={[
                  { value: noneValue, label: text('start.overlayNone') },
                  ...overlays.map(({ path, holders }) => ({
                    value: path as string,
                    label: showControls(baseName(path)),
                    ...(holders.length === 0 ? {} : { detail: text('start.overlayUsed') }),
                  })),
                ]}
              />
            )}
          </Field>
        </div>
        <Segmented
          label={text('start.isolation')}
          value={form.isolation}
          options={isolationSchema.options.map((value) => ({
            value,
            label: text(`start.isolations.${value}`),
          }))}
          onChange={(isolation) => change({ isolation })}
        />
        <Field
          label={text('start.binds')}
          hint={text('start.bindsHint')}
          problem={problems.bindLine === null ? null : text('start.bindsWrong', { line: problems.bindLine })}
        >
          {(control) => (
            <textarea
              {...control}
              rows={2}
              spellCheck={false}
              value={form.binds}
              onChange={(event) => change({ binds: event.target.value })}
              className={classNames(inputClass, 'h-auto resize-y py-1 font-mono text-code')}
            />
          )}
        </Field>
        <TextField
          label={text('start.args')}
          hint={text('start.argsHint')}
          value={form.args}
          isCode
          onChange={(args) => change({ args })}
        />
        <section aria-label={text('start.command')} className="flex flex-col gap-1">
          {preview.data === undefined ? (
            <p className="text-small text-ink-3">{input === null ? text('start.waiting') : null}</p>
          ) : (
            <CommandLine command={preview.data.command} />
          )}
          {preview.data?.warnings.map((warning) => (
            <p key={warning} className="text-small text-pretty text-warn">
              {showControls(warning)}
            </p>
          ))}
        </section>
        {failure !== null ? (
          <ErrorNotice report={failure} />
        ) : preview.error !== null && input !== null ? (
          <ErrorNotice report={failureReport(preview.error)} />
        ) : null}
      </div>
    </Dialog>
  );
}
