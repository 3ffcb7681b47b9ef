import { CircleCheck, CircleX, TriangleAlert, X } from 'lucide-react';
import type { BuildInput, BuildPlan, NeededFile } from '#core/contract/builds.ts';
import type { Finding } from '#core/contract/definitions.ts';
import { localHostId } from '#core/contract/ids.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useHosts } from '#renderer/state/hosts.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';

const headingClass = 'text-small font-medium text-ink-2';

export interface PlannedWayProps {
  readonly plan: BuildPlan;
  readonly way: BuildInput['way'];
  readonly onChange: (way: BuildInput['way']) => void;
}

/** Which way it is built there, and what will not work with it; root through sudo where that can be had. */
export function PlannedWay({ plan, way: chosen, onChange }: PlannedWayProps) {
  const text = useText('buildsForms');
  const { way, warnings } = plan;
  const Icon = way.canBuild ? (way.limits.length === 0 ? CircleCheck : TriangleAlert) : CircleX;
  const tone = way.canBuild ? (way.limits.length === 0 ? 'text-ok' : 'text-warn') : 'text-bad';
  return (
    <section aria-label={text('build.way')} className="flex flex-col gap-1.5">
      <h3 className={headingClass}>{text('build.way')}</h3>
      {way.canSudo || chosen === 'sudo' ? (
        <Segmented
          label={text('build.rights')}
          value={chosen}
          options={[
            { value: 'own', label: text('build.rightsOwn') },
            { value: 'sudo', label: text('build.rightsSudo') },
          ]}
          onChange={onChange}
        />
      ) : null}
      <p className="flex items-start gap-2 text-pretty">
        <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          {way.canBuild ? null : <strong>{`${text('build.cannot')} `}</strong>}
          {showControls(way.sentence)}{' '}
          {way.isFromDocumentation ? <Badge>{text('build.fromDocumentation')}</Badge> : null}
        </span>
      </p>
      <Sentences label={text('build.limits')} sentences={way.limits} />
      <Sentences label={text('build.warnings')} sentences={warnings} />
      {way.asRoot === null || way.canSudo ? null : (
        <div className="flex flex-col gap-1">
          <h4 className={headingClass}>{text('build.asRoot')}</h4>
          <CommandLine command={way.asRoot} />
        </div>
      )}
    </section>
  );
}

const mostFindings = 6;

/** What lint says would fail, for the machine and the arguments of the form. */
export function LintedErrors({ findings }: { readonly findings: readonly Finding[] }) {
  const text = useText('buildsForms');
  const errors = findings.filter(({ severity }) => severity === 'error').slice(0, mostFindings);
  const sentences = errors.map(({ range, message }) =>
    text('build.lintError', { line: range.line, message }),
  );
  return <Sentences label={text('build.lintErrors')} sentences={sentences} />;
}

interface SentencesProps {
  readonly label: string;
  readonly sentences: readonly string[];
}

function Sentences({ label, sentences }: SentencesProps) {
  if (sentences.length === 0) return null;
  return (
    <div className="flex flex-col gap-0.5 pl-6">
      <h4 className={headingClass}>{label}</h4>
      <ul aria-label={label} className="list-disc pl-4 text-small text-pretty">
        {sentences.map((sentence) => (
          <li key={sentence} className="[overflow-wrap:anywhere]">
            {showControls(sentence)}
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface PlannedFilesProps {
  readonly plan: BuildPlan;
  /** What people call the machine that builds. */
  readonly sentTo: string;
  /** Asks where something lies. */
  readonly onPick: (file: NeededFile) => void;
  /** It lies where the definition says, after all. */
  readonly onUnpick: (file: NeededFile) => void;
}

/** The files that a build needs, with their sizes, and the space that it takes. */
export function PlannedFiles({ plan, sentTo, onPick, onUnpick }: PlannedFilesProps) {
  const text = useText('buildsForms');
  const { files, sentBytes, space } = plan;
  const [free, folder] = [formatBytes(space.freeBytes), space.folder];
  const isShort = space.neededBytes !== null && space.neededBytes > space.freeBytes;
  return (
    <>
      {files.length === 0 ? null : (
        <section aria-label={text('build.files')} className="flex flex-col gap-1">
          <h3 className={headingClass}>{text('build.files')}</h3>
          {files.some(({ isSent }) => isSent) ? (
            <p className="text-small">
              {text('build.filesSent', { size: formatBytes(sentBytes), host: sentTo })}
            </p>
          ) : null}
          <div className="max-h-40 overflow-auto rounded-control border border-line">
            <table className="w-full text-small">
              <thead>
                <tr className="border-b border-line text-left text-ink-3">
                  <th scope="col" className="px-2 py-0.5 font-medium">
                    {text('build.file')}
                  </th>
                  <th scope="col" className="px-2 py-0.5 font-medium">
                    {text('build.place')}
                  </th>
                  <th scope="col" className="px-2 py-0.5 text-right font-medium">
                    {text('build.line')}
                  </th>
                  <th scope="col" className="px-2 py-0.5 text-right font-medium">
                    {text('build.size')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {files.map((file) => (
                  <FileRow
                    key={`${file.line} ${file.source}`}
                    file={file}
                    onPick={onPick}
                    onUnpick={onUnpick}
                  />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      <section aria-label={text('build.space')} className="flex flex-col gap-0.5">
        <h3 className={headingClass}>{text('build.space')}</h3>
        <p className="text-small [overflow-wrap:anywhere]">
          {space.neededBytes === null
            ? text('build.spaceFree', { free, folder })
            : text('build.spaceNeeded', { needed: formatBytes(space.neededBytes), free, folder })}
        </p>
        {isShort ? <p className="text-small text-bad">{text('build.spaceShort')}</p> : null}
      </section>
    </>
  );
}

interface FileRowProps extends Pick<PlannedFilesProps, 'onPick' | 'onUnpick'> {
  readonly file: NeededFile;
}

function FileRow({ file, onPick, onUnpick }: FileRowProps) {
  const text = useText('buildsForms');
  const size = formatBytes(file.sizeBytes);
  const source = showControls(file.source);
  const isMissing = file.kind === 'missing';
  return (
    <tr>
      <td className="px-2 py-0.5 font-mono text-code [overflow-wrap:anywhere]">{source}</td>
      <td className="px-2 py-0.5">
        <div className="flex flex-wrap items-center gap-x-1.5">
          <FilePlaceText file={file} />
          {isMissing || file.pickedPath !== null ? (
            <Button aria-label={text('build.pickOf', { source })} onClick={() => onPick(file)}>
              {text('build.pick')}
            </Button>
          ) : null}
          {file.pickedPath === null ? null : (
            <IconButton
              size="small"
              icon={X}
              label={text('build.unpick', { source })}
              onClick={() => onUnpick(file)}
            />
          )}
        </div>
      </td>
      <td className="px-2 py-0.5 text-right text-ink-2 tabular-nums">{file.line}</td>
      <td className="px-2 py-0.5 text-right whitespace-nowrap tabular-nums">
        {isMissing ? (
          <Badge tone="bad">{text('build.missing')}</Badge>
        ) : file.kind === 'there' ? null : file.kind === 'folder' ? (
          text('build.inFiles', { count: file.count, size })
        ) : (
          size
        )}
      </td>
    </tr>
  );
}

/** On which machine a file lies, and under which path where it was picked. */
function FilePlaceText({ file }: { readonly file: NeededFile }) {
  const text = useText('buildsForms');
  const host = useHosts((state) => state.hosts.find(({ id }) => id === file.hostId) ?? null);
  const label = host?.label ?? file.hostId;
  return (
    <span className="min-w-0 [overflow-wrap:anywhere]">
      <HostLabel colour={host?.colour ?? 0} label={label} />
      {file.pickedPath === null ? null : (
        <span className="font-mono text-code">{` ${showControls(file.pickedPath)}`}</span>
      )}
      {file.kind === 'missing' || file.isSent || file.hostId === localHostId ? null : (
        <span className="text-ink-3">{` ${text('build.inPlace')}`}</span>
      )}
    </span>
  );
}
