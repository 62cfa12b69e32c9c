import { currentCsrfToken, type Item, Refused } from '../api.ts';

export type InvoiceFileItem = Item<'/api/v1/billers/{bid}/invoice-files'>;
export type ReceivedFile = InvoiceFileItem & { isRepeat: boolean };

/** Sends a file with its progress: XMLHttpRequest tells how much went out, which fetch does not. */
export function sendFile(
  bid: number,
  file: File,
  onProgress: (part: number) => void,
): { answer: Promise<ReceivedFile>; cancel: () => void } {
  const request = new XMLHttpRequest();
  const answer = new Promise<ReceivedFile>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      const body = readJson(request.responseText);
      if (request.status < 300) resolve(body as unknown as ReceivedFile);
      else reject(new Refused(request.status, body));
    };
    request.onerror = () => reject(new Error('The upload broke off. Nothing of it was loaded: send the file again.'));
    request.onabort = () => reject(new Error('The upload was cancelled. Nothing of it was loaded.'));
  });
  request.open('POST', `/api/v1/billers/${bid}/invoice-files?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader('content-type', 'text/plain');
  request.setRequestHeader('x-csrf-token', currentCsrfToken());
  request.send(file);
  return { answer, cancel: () => request.abort() };
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
