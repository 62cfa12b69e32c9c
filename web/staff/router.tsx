import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  redirect,
} from '@tanstack/react-router';
import { isSignedOut, Refused } from './api.ts';
import { Frame } from './frame.tsx';
import { NotFound } from './parts/not-found.tsx';
import { Failure, Loading } from './parts/notes.tsx';
import { ProvePlace } from './parts/prove-place.tsx';
import { queryClient, whenSessionEnds } from './query-client.ts';
import { sessionQuery } from './session.ts';

/** Filters are plain texts in the address: what is written there is what a person typed. */
const readSearch = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(search)
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([name, value]) => [name, String(value)]),
  );

/** Every page, and above it the question who it is: within the router, since what it says may link somewhere. */
const Whole = () => (
  <>
    <Outlet />
    <ProvePlace />
  </>
);
const root = createRootRoute({ component: Whole, notFoundComponent: NotFound, validateSearch: readSearch });

/** Behind it all pages ask who is signed in; nobody leads to sign-in, and from there back to where they wanted. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Frame,
  beforeLoad: async ({ location }) => {
    try {
      const session = await queryClient.ensureQueryData(sessionQuery);
      if (session.mustEnrol) throw redirect({ to: '/second-factor', search: { back: location.href } });
    } catch (cause) {
      // Who never signed in is told nothing; whose session was ended is told why.
      const why = cause instanceof Refused && cause.code !== 'not-signed-in' ? { why: cause.code } : {};
      if (isSignedOut(cause)) throw redirect({ to: '/sign-in', search: { back: location.href, ...why } });
      throw cause;
    }
  },
  errorComponent: ({ error }) => <Failure cause={error} retry={() => window.location.reload()} />,
});

const open = (path: string, component: RouteComponent) => createRoute({ getParentRoute: () => root, path, component });
const page = (path: string, component: RouteComponent) =>
  createRoute({ getParentRoute: () => signedIn, path, component });

const door = () => import('./pages/security/door.tsx');
const setPassword = () => import('./pages/security/set-password.tsx');
const heldPages = () => import('./pages/held.tsx');
const maintenanceWindow = () => import('./pages/configuration/maintenance/window-page.tsx');

const routes = root.addChildren([
  open('/sign-in', lazyRouteComponent(door, 'SignIn')),
  open('/signed-out', lazyRouteComponent(door, 'SignedOut')),
  open(
    '/second-factor',
    lazyRouteComponent(() => import('./pages/security/enrol.tsx'), 'Enrol'),
  ),
  open('/accept-invitation', lazyRouteComponent(setPassword, 'AcceptInvitation')),
  open('/forgot-password', lazyRouteComponent(setPassword, 'ForgotPassword')),
  open('/reset-password', lazyRouteComponent(setPassword, 'ResetPassword')),
  signedIn.addChildren([
    page(
      '/',
      lazyRouteComponent(() => import('./pages/overview.tsx'), 'Overview'),
    ),
    page(
      '/work-items',
      lazyRouteComponent(() => import('./pages/work-items.tsx'), 'WorkItems'),
    ),
    page(
      '/billers',
      lazyRouteComponent(() => import('./pages/billers.tsx'), 'Billers'),
    ),
    page(
      '/operations',
      lazyRouteComponent(() => import('./pages/operations/operations.tsx'), 'Operations'),
    ),
    page(
      '/operations/endpoint',
      lazyRouteComponent(() => import('./pages/operations/endpoint.tsx'), 'OperationsEndpoint'),
    ),
    page(
      '/operations/jobs',
      lazyRouteComponent(() => import('./pages/operations/jobs.tsx'), 'OperationsJobs'),
    ),
    page(
      '/operations/alerts',
      lazyRouteComponent(() => import('./pages/operations/alerts.tsx'), 'Alerts'),
    ),
    page(
      '/operations/destinations',
      lazyRouteComponent(() => import('./pages/operations/destinations.tsx'), 'AlertDestinations'),
    ),
    page(
      '/operations/conditions',
      lazyRouteComponent(() => import('./pages/operations/conditions.tsx'), 'AlertConditions'),
    ),
    page(
      '/users',
      lazyRouteComponent(() => import('./pages/security/users.tsx'), 'Users'),
    ),
    page(
      '/users/$userId',
      lazyRouteComponent(() => import('./pages/security/user.tsx'), 'User'),
    ),
    page(
      '/roles',
      lazyRouteComponent(() => import('./pages/security/roles.tsx'), 'Roles'),
    ),
    page(
      '/own-security',
      lazyRouteComponent(() => import('./pages/security/own-security.tsx'), 'OwnSecurity'),
    ),
    page(
      '/billers/$bid',
      lazyRouteComponent(() => import('./pages/biller-home.tsx'), 'BillerHome'),
    ),
    page(
      '/billers/$bid/accounts',
      lazyRouteComponent(() => import('./pages/accounts.tsx'), 'Accounts'),
    ),
    page(
      '/billers/$bid/accounts/$accountNumber',
      lazyRouteComponent(() => import('./pages/account.tsx'), 'Account'),
    ),
    page(
      '/billers/$bid/invoices',
      lazyRouteComponent(() => import('./pages/invoices.tsx'), 'Invoices'),
    ),
    page(
      '/billers/$bid/invoices/$invoiceNumber',
      lazyRouteComponent(() => import('./pages/invoice.tsx'), 'Invoice'),
    ),
    page(
      '/billers/$bid/invoice-files',
      lazyRouteComponent(() => import('./pages/invoice-files.tsx'), 'InvoiceFiles'),
    ),
    page(
      '/billers/$bid/invoice-files/$fileId',
      lazyRouteComponent(() => import('./pages/invoice-file.tsx'), 'InvoiceFile'),
    ),
    page(
      '/billers/$bid/payments',
      lazyRouteComponent(() => import('./pages/payments.tsx'), 'Payments'),
    ),
    page(
      '/billers/$bid/payments/$paymentId',
      lazyRouteComponent(() => import('./pages/payment.tsx'), 'Payment'),
    ),
    page(
      '/billers/$bid/notices',
      lazyRouteComponent(() => import('./pages/notices.tsx'), 'Notices'),
    ),
    page(
      '/billers/$bid/deliveries',
      lazyRouteComponent(() => import('./pages/deliveries.tsx'), 'Deliveries'),
    ),
    page(
      '/billers/$bid/deliveries/$deliveryId',
      lazyRouteComponent(() => import('./pages/delivery.tsx'), 'Delivery'),
    ),
    page('/billers/$bid/held', lazyRouteComponent(heldPages, 'HeldPayments')),
    page(
      '/billers/$bid/held/$deliveryId',
      lazyRouteComponent(() => import('./pages/held-one.tsx'), 'HeldPayment'),
    ),
    page(
      '/billers/$bid/lanes',
      lazyRouteComponent(() => import('./pages/lanes.tsx'), 'Lanes'),
    ),
    page(
      '/billers/$bid/reconciliation',
      lazyRouteComponent(() => import('./pages/reconciliation.tsx'), 'Reconciliation'),
    ),
    page(
      '/billers/$bid/advanced-settings',
      lazyRouteComponent(() => import('./pages/configuration/advanced-settings.tsx'), 'AdvancedSettings'),
    ),
    page(
      '/billers/$bid/datapump-management',
      lazyRouteComponent(() => import('./pages/configuration/datapump-management.tsx'), 'DataPumpManagement'),
    ),
    page(
      '/billers/$bid/configuration',
      lazyRouteComponent(() => import('./pages/configuration/configuration-overview.tsx'), 'ConfigurationOverview'),
    ),
    page(
      '/billers/$bid/profile',
      lazyRouteComponent(() => import('./pages/configuration/profile.tsx'), 'Profile'),
    ),
    page(
      '/billers/$bid/invoice-types',
      lazyRouteComponent(() => import('./pages/configuration/invoice-types.tsx'), 'InvoiceTypes'),
    ),
    page(
      '/billers/$bid/products',
      lazyRouteComponent(() => import('./pages/configuration/products.tsx'), 'Products'),
    ),
    page(
      '/billers/$bid/credit-debit-cards',
      lazyRouteComponent(() => import('./pages/configuration/cards.tsx'), 'CreditDebitCards'),
    ),
    page(
      '/billers/$bid/obd',
      lazyRouteComponent(() => import('./pages/configuration/obd.tsx'), 'Obd'),
    ),
    page(
      '/billers/$bid/cloud-ivr-connect-invoice-types',
      lazyRouteComponent(() => import('./pages/configuration/cloud-ivr.tsx'), 'CloudIvr'),
    ),
    page(
      '/billers/$bid/advanced-configuration',
      lazyRouteComponent(() => import('./pages/configuration/advanced-configuration.tsx'), 'AdvancedConfiguration'),
    ),
    page(
      '/billers/$bid/integration-summary',
      lazyRouteComponent(() => import('./pages/configuration/integration-summary.tsx'), 'IntegrationSummary'),
    ),
    page(
      '/billers/$bid/ftp-management',
      lazyRouteComponent(() => import('./pages/configuration/ftp-management.tsx'), 'FtpManagement'),
    ),
    page(
      '/ftp-credentials',
      lazyRouteComponent(() => import('./pages/configuration/ftp-credentials.tsx'), 'FtpCredentials'),
    ),
    page(
      '/billers/$bid/import-worksheet',
      lazyRouteComponent(() => import('./pages/configuration/import-worksheet.tsx'), 'ImportWorksheet'),
    ),
    page(
      '/billers/$bid/portal-customization',
      lazyRouteComponent(() => import('./pages/configuration/portal-customization.tsx'), 'PortalCustomization'),
    ),
    page(
      '/billers/$bid/export-apply',
      lazyRouteComponent(() => import('./pages/configuration/export-apply.tsx'), 'ExportApply'),
    ),
    page(
      '/audit',
      lazyRouteComponent(() => import('./pages/audit.tsx'), 'AuditAcross'),
    ),
    page(
      '/billers/$bid/configuration-history',
      lazyRouteComponent(() => import('./pages/configuration/configuration-history.tsx'), 'ConfigurationHistory'),
    ),
    page(
      '/billers/$bid/api-credentials',
      lazyRouteComponent(() => import('./pages/security/credentials.tsx'), 'Credentials'),
    ),
    page(
      '/billers/$bid/portal-customization/maintenance-windows',
      lazyRouteComponent(
        () => import('./pages/configuration/maintenance/maintenance-windows.tsx'),
        'MaintenanceWindows',
      ),
    ),
    page(
      '/billers/$bid/portal-customization/maintenance-windows/new',
      lazyRouteComponent(maintenanceWindow, 'NewMaintenanceWindow'),
    ),
    page(
      '/billers/$bid/portal-customization/maintenance-windows/$windowId',
      lazyRouteComponent(maintenanceWindow, 'MaintenanceWindow'),
    ),
    page(
      '/billers/$bid/audit',
      lazyRouteComponent(() => import('./pages/audit.tsx'), 'Audit'),
    ),
    // Within the frame: who mistyped an address needs the menu and the search most.
    page('$', NotFound),
  ]),
]);

export const router = createRouter({
  routeTree: routes,
  basepath: '/staff',
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultErrorComponent: ({ error, reset }) => <Failure cause={error} retry={reset} />,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
  // A filter is text: `?status=7` stays “7”, and addresses stay readable.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text ? `?${text}` : '';
  },
});

whenSessionEnds((why) => {
  queryClient.removeQueries({ queryKey: ['session'] });
  const { location } = router.state;
  const to = why === 'second-factor-required' ? '/second-factor' : '/sign-in';
  if (location.pathname !== to) {
    void router.navigate({ to, search: { back: location.href, why } as never });
  }
});
