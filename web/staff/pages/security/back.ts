import { addresses } from '../../addresses.ts';

/** Back to where the person was, if that is a page of ours. */
export const safeBack = (back: string | undefined): string =>
  back && /^\/(?![/\\])/.test(back) ? back : addresses.overview();
