/** Every address of the application, so that none is typed twice. Without the `/staff` before it: the router adds that. */
const one = encodeURIComponent;

export const addresses = {
  overview: () => '/',
  workItems: () => '/work-items',
  billers: () => '/billers',
  users: () => '/users',
  signIn: () => '/sign-in',
  signedOut: () => '/signed-out',
  biller: (bid: number) => `/billers/${bid}`,
  accounts: (bid: number) => `/billers/${bid}/accounts`,
  account: (bid: number, accountNumber: string) => `/billers/${bid}/accounts/${one(accountNumber)}`,
  invoices: (bid: number) => `/billers/${bid}/invoices`,
  invoice: (bid: number, invoiceNumber: string) => `/billers/${bid}/invoices/${one(invoiceNumber)}`,
  invoiceFiles: (bid: number) => `/billers/${bid}/invoice-files`,
  invoiceFile: (bid: number, id: string) => `/billers/${bid}/invoice-files/${one(id)}`,
  payments: (bid: number) => `/billers/${bid}/payments`,
  payment: (bid: number, paymentId: number | string) => `/billers/${bid}/payments/${paymentId}`,
  deliveries: (bid: number) => `/billers/${bid}/deliveries`,
  delivery: (bid: number, id: number | string) => `/billers/${bid}/deliveries/${id}`,
  held: (bid: number) => `/billers/${bid}/held`,
  heldOne: (bid: number, id: number | string) => `/billers/${bid}/held/${id}`,
  lanes: (bid: number) => `/billers/${bid}/lanes`,
  reconciliation: (bid: number) => `/billers/${bid}/reconciliation`,
  notices: (bid: number) => `/billers/${bid}/notices`,
  advancedSettings: (bid: number) => `/billers/${bid}/advanced-settings`,
  dataPumpManagement: (bid: number) => `/billers/${bid}/datapump-management`,
  configurationHistory: (bid: number) => `/billers/${bid}/configuration-history`,
  audit: (bid: number) => `/billers/${bid}/audit`,
  credentials: (bid: number) => `/billers/${bid}/api-credentials`,
};

/** The API's own addresses that a browser opens itself: downloads and documents. */
export const downloads = {
  billPdf: (bid: number, invoiceNumber: string) => `/api/v1/billers/${bid}/invoices/${one(invoiceNumber)}/pdf`,
  refusedBif: (bid: number, id: string) => `/api/v1/billers/${bid}/invoice-files/${one(id)}/refused.bif`,
  faults: (bid: number, id: string) => `/api/v1/billers/${bid}/invoice-files/${one(id)}/faults`,
};
