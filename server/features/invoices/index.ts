/** The door of invoices: files and single invoices in, accounts and invoices out. */
export {
  type AccountFacts,
  findAccount,
  readAccount,
  searchAccounts,
  setBlockFlags,
  setEnrolment,
  updateAccountFacts,
} from './account-store.ts';
export { type BillerReading, billerReading, type InvoicesDeps } from './biller-reading.ts';
export type {
  AccountRow,
  InvoiceFileView,
  InvoiceVersion,
  InvoiceView,
  ReceivedFile,
  StoredInvoice,
} from './contract.ts';
export { importInvoiceFile } from './import-invoice-file.ts';
export {
  findInvoice,
  invoiceHistory,
  listInvoices,
  openInvoices,
  readInvoice,
  readOpenInvoices,
} from './invoice-store.ts';
export { INVOICES_QUEUES, invoicesJobs } from './jobs.ts';
export { matchAccount } from './match-account.ts';
export { newestInvoice } from './newest-invoice.ts';
export { previewCustomizations } from './preview-customizations.ts';
export { faultsOfInvoiceFile, readInvoiceFile, receiveInvoiceFile } from './receive-invoice-file.ts';
export { registerInvoicesRoutes } from './routes.ts';
export { storeInvoice, type UploadedInvoice } from './store-invoice.ts';
