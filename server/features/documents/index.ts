/** The door of documents: the PDF of a bill. */
export { type BillPdf, billPdf, type DocumentsDeps } from './bill-pdf.ts';
export { type BillDocument, documentsFor, storeDocument } from './documents-store.ts';
export { registerDocumentsRoutes } from './routes.ts';
export { sendPdf } from './send-pdf.ts';
