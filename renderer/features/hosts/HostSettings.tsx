import { type FormEvent, type ReactNode, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { FolderProposal, Host, HostPreferences } from '#core/contract/hosts.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, inputClass, TextField } from '#renderer/ui/Field.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Switch } from '#renderer/ui/Switch.tsx';
import { withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { ColourChoice } from './ColourChoice.tsx';
import { FolderProposals } from './FolderProposals.tsx';
import {
  checkHostForm,
  type HostForm,
  type HostProblems,
  hostFormOf,
  linesOf,
  withLine,
} from './hostForm.ts';
import { RuntimeChoice } from './RuntimeChoice.tsx';

export interface HostSettingsProps {
  readonly host: Host;
  readonly preferences: HostPreferences;
}

/** Everything that a person decides about an ssh host. Kept when Save is pressed. */
export function HostSettings({ host, preferences }: HostSettingsProps) {
  const text = useText('hostsForms');
  const saved = hostFormOf(preferences);
  const [form, setForm] = useState(saved);
  const [problems, setProblems] = useState<HostProblems>({});
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const isChanged = JSON.stringify(form) !== JSON.stringify(saved);
  const isElsewhere = form.destination !== saved.destination || form.port !== saved.port;

  function change(changed: Partial<HostForm>) {
    setForm((known) => ({ ...known, ...changed }));
    setProblems((known) =>
      Object.fromEntries(Object.entries(known).filter(([field]) => !(field in changed))),
    );
    setFailure(null);
  }

  function discard() {
    setForm(saved);
    setProblems({});
    setFailure(null);
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    const others = hostsStore.getState().hosts.filter(({ id }) => id !== host.id);
    const checked = checkHostForm(
      form,
      others.map(({ label }) => label),
    );
    if (!checked.ok) return setProblems(checked.problems);
    setIsBusy(true);
    try {
      await client.hosts.edit({ hostId: host.id, preferences: checked.preferences });
      setForm(hostFormOf(checked.preferences));
    } catch (thrown) {
      setFailure(failureReport(thrown));
    } finally {
      setIsBusy(false);
    }
  }

  const problemOf = (field: keyof HostForm) => {
    const problem = problems[field];
    return problem === undefined ? null : text(`problems.${problem}`);
  };
  const proposalsFor = (use: FolderProposal['use']) =>
    host.proposals.filter((proposal) => proposal.use === use);
  const folderHint = (use: FolderProposal['use']) => {
    const first = proposalsFor(use)[0];
    return first === undefined ? text('folderEmpty') : text('folderNow', { path: first.path });
  };
  const folder = (
    field: 'workspaceFolder' | 'cacheFolder' | 'temporaryFolder',
    use: FolderProposal['use'],
  ) => (
    <div>
      <PathField
        hostId={host.id}
        wants="folder"
        offersWhenEmpty={false}
        label={text(field)}
        {...(form[field] === '' ? { hint: folderHint(use) } : {})}
        value={form[field]}
        onChange={(value) => change({ [field]: value })}
        problem={problemOf(field)}
      />
      <FolderProposals
        proposals={proposalsFor(use)}
        isUsed={(path) => withoutLastSlash(form[field]) === path}
        onUse={(path) => change({ [field]: path })}
      />
    </div>
  );

  return (
    <form noValidate onSubmit={(event) => void save(event)} className="flex min-h-full flex-col">
      {/* What has the focus is never below the bar that says what is not saved. */}
      <div className="flex max-w-170 flex-1 flex-col px-3 pb-4 [&_input]:scroll-mb-14 [&_textarea]:scroll-mb-14">
        <Section title={text('sections.identity')}>
          <div className="flex flex-wrap items-start gap-3">
            <TextField
              label={text('label')}
              hint={text('labelHint')}
              value={form.label}
              onChange={(label) => change({ label })}
              problem={problemOf('label')}
              className="min-w-48 flex-1"
            />
            <ColourChoice value={form.colour} onChange={(colour) => change({ colour })} />
          </div>
          <div className="flex items-start gap-3">
            <TextField
              isCode
              label={text('destination')}
              hint={text('destinationHint')}
              value={form.destination}
              onChange={(destination) => change({ destination })}
              problem={problemOf('destination')}
              className="flex-1"
            />
            <TextField
              inputMode="numeric"
              label={text('port')}
              value={form.port}
              onChange={(port) => change({ port })}
              problem={problemOf('port')}
              className="w-24"
            />
          </div>
          {isElsewhere ? <p className="text-small text-warn">{text('reconnectHint')}</p> : null}
        </Section>
        <Section title={text('sections.connection')}>
          <Switch
            label={text('sharesConnection')}
            hint={text('sharesConnectionHint')}
            isOn={form.sharesConnection}
            onChange={(sharesConnection) => change({ sharesConnection })}
          />
          <TextField
            isCode
            label={text('transferDestination')}
            hint={text('transferDestinationHint')}
            value={form.transferDestination}
            onChange={(transferDestination) => change({ transferDestination })}
            problem={problemOf('transferDestination')}
          />
        </Section>
        <Section title={text('sections.commands')}>
          <TextArea
            label={text('initLines')}
            hint={text('initLinesHint')}
            rows={3}
            value={form.initLines}
            onChange={(initLines) => change({ initLines })}
            problem={problemOf('initLines')}
          />
          <RuntimeChoice
            runtimes={host.facts?.runtimes ?? null}
            value={form.runtimePath}
            onChange={(runtimePath) => change({ runtimePath })}
          />
        </Section>
        <Section title={text('sections.folders')}>
          {host.proposals.length === 0 ? (
            <p className="text-small text-pretty text-ink-3">{text('noProposals')}</p>
          ) : null}
          <div>
            <TextArea
              label={text('imageFolders')}
              hint={
                form.imageFolders.trim() === ''
                  ? `${text('imageFoldersHint')} ${folderHint('images')}`
                  : text('imageFoldersHint')
              }
              rows={Math.max(2, Math.min(6, linesOf(form.imageFolders).length))}
              value={form.imageFolders}
              onChange={(imageFolders) => change({ imageFolders })}
              problem={problemOf('imageFolders')}
            />
            <FolderProposals
              proposals={proposalsFor('images')}
              isUsed={(path) => linesOf(form.imageFolders).includes(path)}
              onUse={(path) => change({ imageFolders: withLine(form.imageFolders, path) })}
            />
          </div>
          {folder('workspaceFolder', 'workspaces')}
          {folder('cacheFolder', 'cache')}
          {folder('temporaryFolder', 'temporary')}
        </Section>
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
      {isChanged || isBusy ? (
        <div className="sticky bottom-0 flex items-center justify-end gap-2 border-t border-line bg-panel px-3 py-2">
          <p role="status" className="flex-1 text-small text-ink-2">
            {text('unsaved')}
          </p>
          <Button onClick={discard}>{text('discard')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3 border-b border-line py-3 first:pt-0.5 last:border-b-0">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

interface TextAreaProps {
  readonly label: string;
  readonly hint: string;
  readonly rows: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: string | null;
}

function TextArea({ label, hint, rows, value, onChange, problem }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <textarea
          {...control}
          rows={rows}
          spellCheck={false}
          wrap="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(inputClass, 'h-auto! resize-y py-1 font-mono text-code leading-relaxed')}
        />
      )}
    </Field>
  );
}
