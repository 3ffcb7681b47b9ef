import type { Workspace } from '#core/contract/workspaces.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { countWords } from './workspaceWords.ts';

/** The software that was found in a workspace: what, where and how much of it. */
export function SoftwareTable({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const { software, size } = workspace;
  return (
    <section aria-label={text('software')} className="flex flex-col gap-1">
      <h3 className="text-small font-semibold">{text('software')}</h3>
      {software.length === 0 ? (
        <div className="flex flex-col items-start gap-1.5">
          <p className="text-small text-ink-3">{text(size === null ? 'softwareUnknown' : 'softwareNone')}</p>
          <CommandButton id="workspaces.setUp" />
        </div>
      ) : (
        <ul className="flex flex-col">
          {software.map((each) => {
            const { kind, path, version } = each;
            const count = countWords(each);
            return (
              <li
                key={`${kind} ${path}`}
                className="grid grid-cols-[minmax(0,8.5rem)_minmax(0,1fr)_max-content] items-baseline gap-x-2 border-b border-line/55 py-1 text-small last:border-b-0"
              >
                <span className="font-medium">
                  {text(`kinds.${kind}`)}
                  {version === null ? null : (
                    <span className="font-normal text-ink-2"> {showControls(version)}</span>
                  )}
                </span>
                <bdi dir="ltr" className="truncate font-mono text-code text-ink-2" title={path}>
                  {path}
                </bdi>
                <span className="text-ink-3 tabular-nums">{count}</span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
