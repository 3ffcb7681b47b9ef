import { Check, CircleHelp, type LucideIcon, Minus, TriangleAlert, X } from 'lucide-react';
import type { Feature, Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { DiagnosisFrame } from './DiagnosisFrame.tsx';

const hereLooks: Readonly<
  Record<Feature['here'], { readonly icon: LucideIcon; readonly className: string }>
> = {
  works: { icon: Check, className: 'text-ok' },
  limited: { icon: TriangleAlert, className: 'text-warn' },
  no: { icon: X, className: 'text-bad' },
  unknown: { icon: CircleHelp, className: 'text-ink-3' },
};

const means = ['setuid', 'userNamespaces', 'subuid', 'fuse'] as const;

/** The table that people ask for: what works on a host as installed, and what would make the rest work. */
export function FeaturesTab({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  return (
    <DiagnosisFrame host={host}>
      {({ features }) => (
        <div className="pb-4">
          <div className="px-3 pb-2">
            <h3 className="font-semibold">{text('features.title', { host: host.label })}</h3>
            <p className="text-small text-ink-3">{text('features.text')}</p>
          </div>
          <div className="overflow-x-auto">
            <table className="w-full border-collapse text-left">
              <thead className="text-small text-ink-2">
                <tr className="border-b border-line">
                  <th scope="col" className="px-3 py-1.5 font-medium">
                    {text('features.feature')}
                  </th>
                  <th scope="col" className="px-2 py-1.5 font-medium">
                    {text('features.here')}
                  </th>
                  {means.map((mean) => (
                    <th key={mean} scope="col" className="px-2 py-1.5 text-center font-medium last:pr-3">
                      {text(`features.${mean}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {features.map((feature) => (
                  <FeatureRow key={feature.id} feature={feature} />
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </DiagnosisFrame>
  );
}

function FeatureRow({ feature }: { readonly feature: Feature }) {
  const text = useText('hosts');
  const { icon: Icon, className } = hereLooks[feature.here];
  return (
    <tr className="border-b border-line align-top">
      <th scope="row" className="min-w-48 px-3 py-1.5 font-normal">
        <span className="block">{feature.title}</span>
        <span className="block text-small text-pretty text-ink-3" data-selectable>
          {feature.reason}
        </span>
      </th>
      <td className="px-2 py-1.5">
        <span className={classNames('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
          <Icon aria-hidden className="size-4 shrink-0" strokeWidth={2} />
          {text(`features.${feature.here}`)}
        </span>
      </td>
      {means.map((mean) => {
        const works = feature.with[mean];
        const Sign = works ? Check : Minus;
        return (
          <td key={mean} className="px-2 py-1.5 last:pr-3">
            <Sign
              aria-hidden
              className={classNames('mx-auto size-4', works ? 'text-ok' : 'text-ink-3')}
              strokeWidth={2}
            />
            <span className="sr-only">{text(works ? 'features.wouldWork' : 'features.wouldNot')}</span>
          </td>
        );
      })}
    </tr>
  );
}
