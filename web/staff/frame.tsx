import { Burger, Button } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { addresses } from './addresses.ts';
import { BillerSwitcher } from './parts/biller-switcher.tsx';
import { Icon } from './parts/icons.tsx';
import { type Screen, useScreens } from './screens.ts';
import { keepBiller, lastBiller, sessionQuery } from './session.ts';

const PersonMenu = lazy(() => import('./person-menu.tsx').then((module) => ({ default: module.PersonMenu })));
const loadPalette = () => import('./palette.tsx').then((module) => ({ default: module.Palette }));
const Palette = lazy(loadPalette);

/** Everything around a page for who is signed in: head, menu, palette. */
export function Frame() {
  const [isMenuOpen, menu] = useDisclosure(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const bid = useCurrentBiller();
  const { pathname } = useLocation();
  useHotkeys([['mod+K', () => setPaletteOpen(true)]], []);
  useEffect(menu.close, [pathname]);
  // Loaded before it is asked for: what is typed right after Ctrl-K must not be lost.
  useEffect(() => void loadPalette().catch(() => undefined), []);
  return (
    <div className="frame">
      <a href="#main" className="skip">
        To the page
      </a>
      <header className="head">
        <Burger
          className="burger"
          opened={isMenuOpen}
          onClick={menu.toggle}
          size="sm"
          aria-label="Menu"
          aria-expanded={isMenuOpen}
        />
        <Link to={addresses.overview()} className="brand" aria-label="Causeway: overview">
          <img src="/staff/mark.svg" alt="" width="22" height="22" />
          <span className="hide-narrow">Causeway</span>
        </Link>
        <Switcher bid={bid} />
        <Button
          className="head-search"
          variant="default"
          leftSection={<Icon name="search" />}
          onClick={() => setPaletteOpen(true)}
        >
          <span className="hide-narrow">
            Search or go to&ensp;<kbd>Ctrl K</kbd>
          </span>
        </Button>
        <Suspense fallback={<span className="person-place" />}>
          <PersonMenu />
        </Suspense>
      </header>
      <div className={isMenuOpen ? 'side side-open' : 'side'}>
        <Navigation bid={bid} pathname={pathname} />
      </div>
      <main id="main" tabIndex={-1}>
        <div className="page">
          <Outlet />
        </div>
      </main>
      {isPaletteOpen && (
        <Suspense>
          <Palette bid={bid} onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** The biller of the address; else the one chosen on the overview; else the one last worked for. */
function useCurrentBiller(): number | undefined {
  const { bid: inPath } = useParams({ strict: false }) as { bid?: string };
  const { bid: chosen } = useSearch({ strict: false }) as { bid?: string };
  const { data: session } = useQuery(sessionQuery);
  const named = Number(inPath ?? chosen ?? session?.user.bid ?? Number.NaN);
  useEffect(() => {
    if (named > 0) keepBiller(named);
  }, [named]);
  return named > 0 ? named : lastBiller();
}

function Switcher({ bid }: { bid: number | undefined }) {
  const { data: session } = useQuery(sessionQuery);
  const { bid: inPath } = useParams({ strict: false }) as { bid?: string };
  const { bid: chosen } = useSearch({ strict: false }) as { bid?: string };
  const isFixed = session?.user.bid !== null;
  return <BillerSwitcher bid={inPath || chosen || isFixed ? bid : undefined} isFixed={isFixed} />;
}

function Navigation({ bid, pathname }: { bid: number | undefined; pathname: string }) {
  const groups = Map.groupBy(useScreens(bid), (screen: Screen) => screen.group);
  return (
    <nav aria-label="Screens">
      {[...groups].map(([group, items]) => (
        <div key={group}>
          <div className="menu-title" aria-hidden="true">
            {group}
          </div>
          {items.map((screen) => {
            const isHere = isWithin(pathname, screen.address);
            return (
              <Link
                key={screen.name}
                to={screen.address}
                className="menu-link"
                activeOptions={{ exact: true }}
                aria-current={isHere ? 'page' : undefined}
              >
                {screen.name}
              </Link>
            );
          })}
        </div>
      ))}
    </nav>
  );
}

/** A page of a thing belongs to the screen that lists it; a biller's home only to itself. */
function isWithin(pathname: string, address: string): boolean {
  const path = address.split('?')[0] ?? '';
  const isLeaf = path === '/' || path === '/billers' || /^\/billers\/\d+$/.test(path);
  return pathname === path || (!isLeaf && pathname.startsWith(`${path}/`));
}
