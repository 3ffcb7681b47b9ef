import type { SignedObject } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

/** Objects of a SIF by number, type and name. */
export function ObjectNames({
  label,
  objects,
}: {
  readonly label: string;
  readonly objects: readonly SignedObject[];
}) {
  const text = useText('trustForms');
  return (
    <ul aria-label={label} className="flex flex-col">
      {objects.map(({ id, type, name }) => (
        <li key={id} className="flex min-w-0 gap-2 [overflow-wrap:anywhere]">
          <span className="w-6 shrink-0 text-right text-ink-3 tabular-nums">{id}</span>
          <span className="min-w-0">
            {showControls(type)}
            {name === '' ? null : (
              <bdi dir="ltr" className="text-ink-3">
                {' '}
                {text('objectName', { name: showControls(name) })}
              </bdi>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
