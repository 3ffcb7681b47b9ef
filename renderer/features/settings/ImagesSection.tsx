import { ArrowUp, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Compression } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { currentHost, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Field, TextField } from '#renderer/ui/Field.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

const compressions: readonly Compression[] = ['gzip-6', 'gzip-9', 'zstd-3', 'zstd-9'];

/** Where images live, and how new ones are compressed, with the price of each choice in words. */
export function ImagesSection({ settings }: SectionProps) {
  const text = useText('settings');
  return (
    <div className="flex flex-col gap-4">
      <Folders settings={settings} />
      <Field label={text('compression')} hint={text(`compressionPrices.${settings.images.compression}`)}>
        {(control) => (
          <Select
            control={control}
            value={settings.images.compression}
            onChange={(compression) => saveSettings({ images: { compression } })}
            options={compressions.map((value) => ({
              value,
              label: text(`compressions.${value}`),
              detail: text(`compressionPrices.${value}`),
            }))}
            className="w-40"
          />
        )}
      </Field>
    </div>
  );
}

function Folders({ settings }: SectionProps) {
  const text = useText('settings');
  const host = useHosts(currentHost);
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { folders } = settings.images;

  async function add() {
    // The schema library comes with the first use, not with the page.
    const { hostPathFromText } = await import('#core/contract/hostPath.ts');
    const folder = hostPathFromText(typed.trim());
    if (host === null) return;
    await client.images.addFolder({ hostId: host.id, folder });
    setTyped('');
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = typed.trim();
    if (!wanted.startsWith('/')) return setProblem(text('addFolderProblem'));
    if (folders.some((folder) => folder === wanted)) return setProblem(text('addFolderKnown'));
    setProblem(null);
    attempt(add);
  }

  return (
    <div className="flex flex-col gap-2">
      <div>
        <h3 className="text-small font-medium text-ink-2">{text('folders')}</h3>
        <p className="text-small text-ink-3">
          {folders.length === 0 ? text('foldersNone') : text('foldersHint')}
        </p>
      </div>
      {folders.length === 0 ? null : (
        <ol className="rounded-control border border-line">
          {folders.map((folder, index) => (
            <li
              key={folder}
              className="flex min-h-8 items-center gap-2 border-b border-line pr-1 pl-2.5 last:border-b-0"
            >
              <code className="min-w-0 flex-1 font-mono text-code [overflow-wrap:anywhere]">{folder}</code>
              {index === 0 ? <Badge tone="accent">{text('pullsGoHere')}</Badge> : null}
              {index === 0 ? null : (
                <IconButton
                  size="small"
                  icon={ArrowUp}
                  label={text('moveUp', { folder })}
                  onClick={() => saveSettings({ images: { folders: movedUp(folders, index) } })}
                />
              )}
              <IconButton
                size="small"
                icon={X}
                label={text('removeFolder', { folder })}
                disabled={host === null}
                onClick={() =>
                  host === null
                    ? undefined
                    : attempt(() => client.images.removeFolder({ hostId: host.id, folder }))
                }
              />
            </li>
          ))}
        </ol>
      )}
      <p className="text-small text-ink-3">{text('removeFolderHint')}</p>
      <form onSubmit={submit} className="flex items-start gap-2">
        <TextField
          isCode
          label={text('addFolderLabel')}
          hint={text('addFolderHint', { host: host?.label ?? '' })}
          value={typed}
          onChange={(value) => {
            setTyped(value);
            setProblem(null);
          }}
          problem={problem}
          className="flex-1"
        />
        <Button type="submit" className="mt-5.5">
          {text('addFolder')}
        </Button>
      </form>
    </div>
  );
}

function movedUp<Item>(items: readonly Item[], index: number): Item[] {
  const moved = items.slice(index, index + 1);
  const others = items.filter((_, at) => at !== index);
  return [...others.slice(0, index - 1), ...moved, ...others.slice(index - 1)];
}
