import {
  Box,
  Container,
  FileDiff,
  Hammer,
  HardDrive,
  House,
  KeyRound,
  Layers2,
  Library,
  type LucideIcon,
  Monitor,
  ServerCog,
  Settings,
  SquareTerminal,
} from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { ImagesPage } from '#renderer/features/images/ImagesPage.tsx';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import type { PageId } from '#renderer/state/layout.ts';

/** A page of the window. */
export interface Page {
  readonly id: PageId;
  readonly label: TextKey;
  readonly icon: LucideIcon;
  /** At the lower end of the rail. */
  readonly isBelow: boolean;
  /** True for a page that is reached from what it is about, and has no entry in the rail. */
  readonly isOutsideRail?: boolean;
  readonly Body: ComponentType | LazyExoticComponent<ComponentType>;
}

/** The pages that work, in the rail's order. A page enters this table when it does its work. */
export const pages: readonly Page[] = [
  {
    id: 'images',
    label: 'frame:pages.images',
    icon: Container,
    isBelow: false,
    // The first picture: a chunk of its own would only come later.
    Body: ImagesPage,
  },
  {
    id: 'registries',
    label: 'frame:pages.registries',
    icon: Library,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/registries/RegistriesPage.tsx')).RegistriesPage,
    })),
  },
  {
    id: 'builds',
    label: 'frame:pages.builds',
    icon: Hammer,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/builds/BuildsPage.tsx')).BuildsPage,
    })),
  },
  {
    id: 'sandboxes',
    label: 'sandboxes:title',
    icon: Box,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/sandboxes/SandboxesPage.tsx')).SandboxesPage,
    })),
  },
  {
    id: 'workspaces',
    label: 'workspaces:title',
    icon: House,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/workspaces/WorkspacesPage.tsx')).WorkspacesPage,
    })),
  },
  {
    id: 'instances',
    label: 'instances:title',
    icon: ServerCog,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/instances/InstancesPage.tsx')).InstancesPage,
    })),
  },
  {
    id: 'overlays',
    label: 'overlays:title',
    icon: Layers2,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/overlays/OverlaysPage.tsx')).OverlaysPage,
    })),
  },
  {
    id: 'shells',
    label: 'frame:pages.shells',
    icon: SquareTerminal,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/shells/ShellsPage.tsx')).ShellsPage,
    })),
  },
  {
    id: 'storage',
    label: 'frame:pages.storage',
    icon: HardDrive,
    isBelow: false,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/storage/StoragePage.tsx')).StoragePage,
    })),
  },
  {
    id: 'keys',
    label: 'trust:title',
    icon: KeyRound,
    isBelow: false,
    Body: lazy(async () => ({ default: (await import('#renderer/features/trust/KeysPage.tsx')).KeysPage })),
  },
  {
    id: 'compare',
    label: 'compare:title',
    icon: FileDiff,
    isBelow: false,
    isOutsideRail: true,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/compare/ComparePage.tsx')).ComparePage,
    })),
  },
  {
    id: 'hosts',
    label: 'frame:pages.hosts',
    icon: Monitor,
    isBelow: true,
    Body: lazy(async () => ({ default: (await import('#renderer/features/hosts/HostsPage.tsx')).HostsPage })),
  },
  {
    id: 'settings',
    label: 'frame:pages.settings',
    icon: Settings,
    isBelow: true,
    Body: lazy(async () => ({
      default: (await import('#renderer/features/settings/SettingsPage.tsx')).SettingsPage,
    })),
  },
];
