import { Server } from 'lucide-react';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { Image } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { currentHost, hostOf, hostsStore, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Chip } from '#renderer/ui/Chip.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, TextField } from '#renderer/ui/Field.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { ConnectFirst } from './ConnectFirst.tsx';
import { imageKey } from './imageKey.ts';
import { SendRows } from './SendRows.tsx';
import { checkSend, pushInput, type SendForm, type SendSummary, summarizeSend } from './sendPlan.ts';
import { useSendRows } from './useSendRows.ts';

export interface SendDialogProps {
  /** Images of this machine. */
  readonly images: readonly Image[];
  readonly onClose: () => void;
}

/** More would ask the host that often before anything is sent. */
const limit = 100;

/** Asks where images of this machine shall be sent to; what will happen to each is said before anything is. */
export function SendDialog({ images, onClose }: SendDialogProps) {
  const text = useText('images');
  const hosts = useHosts((state) => state.hosts);
  const targets = targetsOf(hosts);
  const [first] = targets;
  const [chosenId] = useState(() => firstTarget(targets)?.id ?? null);
  if (first === undefined || chosenId === null) {
    return (
      <Dialog isOpen onClose={onClose} title={sendTitle(images, text)}>
        <EmptyState icon={Server} title={text('send.noHost')} text={text('send.noHostText')}>
          <Button
            tone="primary"
            onClick={() => {
              onClose();
              goToPage('hosts');
            }}
          >
            {text('send.goToHosts')}
          </Button>
        </EmptyState>
      </Dialog>
    );
  }
  return <SendForms images={images} targets={targets} firstId={chosenId} onClose={onClose} />;
}

function sendTitle(images: readonly Image[], text: ReturnType<typeof useText<'images'>>): string {
  return text('send.title', { count: images.length, name: images[0]?.name ?? '' });
}

/** Hosts that images can be sent to: those that can be asked now come first. */
function targetsOf(hosts: readonly Host[]): readonly Host[] {
  const elsewhere = hosts.filter((host) => host.kind === 'ssh');
  return [...elsewhere.filter(isReachable), ...elsewhere.filter((host) => !isReachable(host))];
}

function firstTarget(targets: readonly Host[]): Host | undefined {
  const shown = currentHost(hostsStore.getState());
  return shown?.kind === 'ssh' && isReachable(shown) ? shown : targets[0];
}

interface SendFormsProps extends SendDialogProps {
  readonly targets: readonly Host[];
  readonly firstId: Host['id'];
}

function SendForms({ images, targets, firstId, onClose }: SendFormsProps) {
  const text = useText('images');
  const [form, setForm] = useState<Omit<SendForm, 'folder'> & { readonly folder: string | null }>({
    hostId: firstId,
    folder: null,
    fileName: null,
    overwrite: false,
  });
  const [started, setStarted] = useState<ReadonlySet<string>>(new Set());
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const host = useHosts((state) => hostOf(state, form.hostId));
  const isThere = host !== null && isReachable(host);
  const folder = form.folder ?? host?.imageFolders[0] ?? '';
  const typed: SendForm = { ...form, folder };
  const problems = checkSend(typed);
  const isGood = problems.folder === null && problems.fileName === null;
  const isTooMany = images.length > limit;
  const left = images.filter((image) => !started.has(imageKey(image)));
  const rows = useSendRows(isTooMany ? [] : left, typed, isThere && isGood);
  const summary = summarizeSend(rows);
  const canSubmit =
    isThere && isGood && !summary.isPlanning && summary.going.length > 0 && !summary.lacksSpace;
  const change = (part: Partial<typeof form>) => {
    setFailure(null);
    setForm((old) => ({ ...old, ...part }));
  };

  async function submit() {
    if (!canSubmit || isSending) return;
    setIsSending(true);
    try {
      for (const { image } of summary.going) {
        await client.images.push(pushInput(image, typed));
        setStarted((known) => new Set(known).add(imageKey(image)));
      }
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsSending(false);
    }
  }

  const [single] = images;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={sendTitle(images, text)}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isSending} disabled={!canSubmit}>
            {text('send.submit', { count: Math.max(1, summary.going.length) })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={text('send.host')}>
          {(control) => (
            <span className="flex items-center gap-2">
              <HostDot colour={host?.colour ?? 0} />
              <Select
                control={control}
                className="flex-1"
                value={form.hostId}
                onChange={(hostId) => change({ hostId, folder: null, overwrite: false })}
                options={targets.map((target) => ({
                  value: target.id,
                  label: target.label,
                  detail: text('send.hostDetail', {
                    address: target.address ?? target.preferences?.destination ?? target.label,
                    state: text(`send.states.${target.connection.state}`),
                  }),
                }))}
              />
            </span>
          )}
        </Field>
        {host === null || isThere ? null : <ConnectFirst host={host} />}
        {isThere ? (
          <>
            <PathField
              hostId={host.id}
              label={text('send.folder')}
              wants="folder"
              value={folder}
              onChange={(value) => change({ folder: value, overwrite: false })}
              problem={problems.folder === null ? null : text('pathNotAbsolute')}
            />
            <FolderChips host={host} folder={folder} onChange={(value) => change({ folder: value })} />
            {images.length === 1 && single !== undefined ? (
              <TextField
                isCode
                label={text('send.name')}
                value={form.fileName ?? single.name}
                onChange={(fileName) => change({ fileName, overwrite: false })}
                problem={
                  problems.fileName === null ? null : text(`pull.fileNameProblem.${problems.fileName}`)
                }
              />
            ) : null}
            {isTooMany ? <p className="text-small text-bad">{text('send.tooMany', { limit })}</p> : null}
            {isGood && !isTooMany ? <SendRows rows={rows} host={host.label} /> : null}
            {isGood ? (
              <SendSummaryLines
                summary={summary}
                host={host}
                overwrite={form.overwrite}
                onOverwrite={(overwrite) => change({ overwrite })}
              />
            ) : null}
          </>
        ) : null}
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}

/** The host's image folders, where there is a choice. */
function FolderChips({
  host,
  folder,
  onChange,
}: {
  readonly host: Host;
  readonly folder: string;
  readonly onChange: (folder: string) => void;
}) {
  const text = useText('images');
  if (host.imageFolders.length < 2) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend of its own
    <div
      role="group"
      aria-label={text('send.folders', { host: host.label })}
      className="flex flex-wrap gap-1.5"
    >
      {host.imageFolders.map((choice) => (
        <Chip key={choice} isOn={choice === folder} onToggle={() => onChange(choice)}>
          <bdi dir="ltr" className="font-mono text-code">
            {choice}
          </bdi>
        </Chip>
      ))}
    </div>
  );
}

/** Room, what is in the way, and how it would be done by hand. */
function SendSummaryLines({
  summary,
  host,
  overwrite,
  onOverwrite,
}: {
  readonly summary: SendSummary;
  readonly host: Host;
  readonly overwrite: boolean;
  readonly onOverwrite: (overwrite: boolean) => void;
}) {
  const text = useText('images');
  const { going, others, freeBytes } = summary;
  const size = formatBytes(summary.sizeBytes);
  const free = freeBytes === null ? '' : formatBytes(freeBytes);
  return (
    <>
      {others === 0 ? null : (
        <Checkbox
          label={text('send.overwrite', { count: others })}
          hint={text('send.overwriteHint')}
          isChecked={overwrite}
          onChange={onOverwrite}
        />
      )}
      {summary.isPlanning ? null : going.length === 0 ? (
        <p role="status" className="text-small text-ink-2">
          {text('send.nothing')}
        </p>
      ) : summary.lacksSpace ? (
        <p role="alert" className="text-small text-bad">
          {text('send.noSpace', { host: host.label, size, free })}
        </p>
      ) : (
        <p className="text-small text-ink-2 tabular-nums">
          {freeBytes === null ? text('send.spaceUnknown', { size }) : text('send.space', { size, free })}
        </p>
      )}
      {going.length === 0 ? null : (
        <section aria-label={text('send.byHand')} className="flex flex-col gap-1">
          <h3 className="text-small font-medium text-ink-2">{text('send.byHand')}</h3>
          <CommandLine command={going.map(({ plan }) => plan.byHand).join('\n')} />
          {summary.means.map((means) => (
            <p key={means} className="text-small text-pretty text-ink-3">
              {means}
            </p>
          ))}
        </section>
      )}
    </>
  );
}
