import { parentPort, workerData } from 'node:worker_threads';
import { WorkbookRefused } from './guard-workbook.ts';
import { parseWorksheet } from './parse-worksheet.ts';

/** The thread that reads one worksheet and ends; what it may use is set by read-worksheet.ts. */
const { bytes } = workerData as { bytes: Uint8Array };
try {
  parentPort?.postMessage({ sheets: await parseWorksheet(Buffer.from(bytes)) });
} catch (cause) {
  // Only our own sentences leave: a reader's error may quote a cell.
  parentPort?.postMessage({ refused: cause instanceof WorkbookRefused ? cause.message : 'the file can’t be read' });
}
