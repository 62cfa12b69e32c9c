import type { Reminder } from './close-reminders.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import type { StaffEmail } from './ports.ts';

/** The email that goes with a work item about a window: the same sentence, and where to act. */
export function reminderEmail(from: {
  publicUrl: string;
  window: Pick<MaintenanceWindow, 'bid' | 'description'>;
  kind: Reminder;
  billerName: string;
  sentence: string;
}): Pick<StaffEmail, 'subject' | 'text' | 'html'> {
  const { window, billerName, sentence } = from;
  const address = `${from.publicUrl}/staff/billers/${window.bid}/portal-customization/maintenance-windows`;
  const what = from.kind === 'maintenance-ending' ? 'Maintenance ends soon' : 'Maintenance window still open';
  const where = 'Biller Portal › Settings › Portal Customization › Maintenance Windows';
  return {
    subject: `${what}: ${billerName}`,
    text: `${billerName} (BID ${window.bid})\n\n${sentence}\n\n${where}:\n${address}\n`,
    html: `<p>${escaped(billerName)} (BID ${window.bid})</p><p>${escaped(sentence)}</p><p><a href="${escaped(address)}">${escaped(where)}</a></p>`,
  };
}

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
