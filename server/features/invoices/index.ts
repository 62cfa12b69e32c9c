/** The door of invoices: files and single invoices in, accounts and invoices out. */
export { findAccount, searchAccounts, setBlockFlags, updateAccountFacts } from './account-store.ts';
export { atDueDate } from './at-due-date.ts';
export { billerReading, type InvoicesDeps } from './biller-reading.ts';
export type { InvoiceView } from './contract.ts';
export { importInvoiceFile } from './import-invoice-file.ts';
export { findInvoice, openInvoices, readInvoice, readOpenInvoices } from './invoice-store.ts';
export { findInvoiceTypesInUse } from './invoice-types-in-use.ts';
export { countInvoicesDue } from './invoices-due.ts';
export { INVOICES_QUEUES, invoicesJobs } from './jobs.ts';
export { matchAccount } from './match-account.ts';
export { matchRemittance } from './match-remittance.ts';
export { newestInvoice } from './newest-invoice.ts';
export {
  countRefusedFiles,
  findAccounts,
  findInvoiceFiles,
  findInvoices,
  importsByDay,
  readFilesInTrouble,
} from './overview-reads.ts';
export { faultsOfInvoiceFile, readInvoiceFile, receiveInvoiceFile } from './receive-invoice-file.ts';
export { registerInvoicesRoutes } from './routes.ts';
export { storeInvoice } from './store-invoice.ts';
