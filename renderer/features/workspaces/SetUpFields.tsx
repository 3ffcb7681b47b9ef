import type { HostId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import type { CheckedSetUp, SetUpField, SetUpForm } from './setUpForm.ts';

export interface SetUpFieldsProps {
  /** Of the workspace. */
  readonly hostId: HostId;
  readonly form: SetUpForm;
  readonly problems: CheckedSetUp['problems'];
  /** Whether the form was sent: what is missing is told from then on. */
  readonly isTried: boolean;
  readonly onChange: (part: Partial<SetUpForm>) => void;
}

type RecipeField = Exclude<SetUpField, 'image'>;

/** Addresses and paths are wrong while they are typed: what is wrong with them is told when the form was sent. */
const isTypedOn: ReadonlySet<RecipeField> = new Set(['address', 'path', 'installer', 'wheels', 'repository']);

/** What the chosen recipe has to know. */
export function SetUpFields({ hostId, form, problems, isTried, onChange }: SetUpFieldsProps) {
  const text = useText('workspacesForms');
  const host = useHosts((state) => hostOf(state, hostId))?.label ?? hostId;
  const problemOf = (field: RecipeField): string | null => {
    const problem = problems.get(field);
    const isTold = isTried || (problem?.what === 'bad' && !isTypedOn.has(field));
    return problem === undefined || !isTold
      ? null
      : text(`setUp.problems.${field}`, { word: showControls(problem.word) });
  };
  const packages = (field: 'pythonPackages' | 'rPackages') => (
    <TextField
      isCode
      label={text('setUp.packages')}
      hint={text(`setUp.hints.${field}`)}
      value={form[field]}
      onChange={(typed) => onChange({ [field]: typed })}
      problem={problemOf(field)}
    />
  );
  switch (form.kind) {
    case 'spack':
      return (
        <>
          <Segmented
            label={text('setUp.from')}
            value={form.from}
            options={[
              { value: 'git', label: text('setUp.git') },
              { value: 'path', label: text('setUp.path', { host }) },
            ]}
            onChange={(from) => onChange({ from })}
          />
          {form.from === 'git' ? (
            <TextField
              autoFocus
              isCode
              label={text('setUp.address')}
              placeholder="https://…/spack.git"
              value={form.address}
              onChange={(address) => onChange({ address })}
              problem={problemOf('address')}
            />
          ) : (
            <PathField
              hostId={hostId}
              label={text('setUp.source')}
              wants="any"
              offersWhenEmpty={false}
              value={form.path}
              onChange={(path) => onChange({ path })}
              problem={problemOf('path')}
            />
          )}
          <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
            <TextField
              isCode
              label={text('setUp.reference')}
              hint={text('setUp.hints.reference')}
              value={form.reference}
              onChange={(reference) => onChange({ reference })}
              problem={problemOf('reference')}
            />
            <TextField
              inputMode="numeric"
              label={text('setUp.buildJobs')}
              hint={text('setUp.hints.buildJobs')}
              value={form.buildJobs}
              onChange={(buildJobs) => onChange({ buildJobs })}
              problem={problemOf('buildJobs')}
            />
          </div>
        </>
      );
    case 'conda':
      return (
        <PathField
          hostId={hostId}
          label={text('setUp.installer', { host })}
          hint={text('setUp.hints.installer')}
          wants="file"
          offersWhenEmpty={false}
          value={form.installer}
          onChange={(installer) => onChange({ installer })}
          problem={problemOf('installer')}
        />
      );
    case 'pip':
      return (
        <>
          {packages('pythonPackages')}
          <TextField
            isCode
            label={text('setUp.folder')}
            value={form.folder}
            onChange={(folder) => onChange({ folder })}
            problem={problemOf('folder')}
          />
          <PathField
            hostId={hostId}
            label={text('setUp.wheels', { host })}
            hint={text('setUp.hints.wheels')}
            wants="folder"
            offersWhenEmpty={false}
            value={form.wheels}
            onChange={(wheels) => onChange({ wheels })}
            problem={problemOf('wheels')}
          />
        </>
      );
    case 'r':
      return (
        <>
          {packages('rPackages')}
          <TextField
            isCode
            label={text('setUp.repository')}
            hint={text('setUp.hints.repository')}
            value={form.repository}
            onChange={(repository) => onChange({ repository })}
            problem={problemOf('repository')}
          />
        </>
      );
  }
}
