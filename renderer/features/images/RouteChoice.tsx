import { RadioGroup as Primitive } from 'radix-ui';
import { useId } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import type { PullPlan, PullRoute } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';

export interface RouteChoiceProps {
  readonly host: Host;
  /** The ways that the plan offers, the proposed one first; none before the first plan. */
  readonly routes: PullPlan['routes'];
  /** Null is the proposed one. */
  readonly value: PullRoute | null;
  readonly onChange: (route: PullRoute) => void;
}

/** How a pulled image gets to an ssh host, each way with what it can and cannot do. */
export function RouteChoice({ host, routes, value, onChange }: RouteChoiceProps) {
  const text = useText('images');
  const id = useId();
  const [proposed] = routes;
  if (proposed === undefined) return null;
  const chosen = routes.some(({ route }) => route === value) ? value : proposed.route;
  function choose(word: string) {
    const option = routes.find(({ route }) => route === word);
    if (option !== undefined) onChange(option.route);
  }
  return (
    <div className="flex flex-col gap-1">
      <span id={id} className="text-small font-medium text-ink-2">
        {text('pull.route')}
      </span>
      <Primitive.Root
        aria-labelledby={id}
        value={chosen}
        onValueChange={choose}
        className="overflow-hidden rounded-control border border-control-line"
      >
        {routes.map(({ route, text: words }) => (
          <div
            key={route}
            className="flex gap-2 border-t border-line px-2.5 py-2 first:border-t-0 has-data-[state=checked]:bg-accent-soft"
          >
            <Primitive.Item
              id={`${id}-${route}`}
              value={route}
              aria-describedby={`${id}-${route}-text`}
              className="mt-px grid size-4 shrink-0 place-items-center rounded-pill border border-control-line bg-bg data-[state=checked]:border-accent"
            >
              <Primitive.Indicator className="size-2 rounded-pill bg-accent" />
            </Primitive.Item>
            <div className="min-w-0 flex-1">
              <label htmlFor={`${id}-${route}`} className="flex items-center gap-2 font-medium">
                {text(`pull.routes.${route}`, { host: host.label })}
                {route === 'host' ? <Badge>{text('pull.noResume')}</Badge> : null}
              </label>
              <p id={`${id}-${route}-text`} className="text-small text-pretty text-ink-2">
                {words}
              </p>
            </div>
          </div>
        ))}
      </Primitive.Root>
    </div>
  );
}
