import { expect, test } from 'vitest';
import { PERMISSIONS } from '../../../../server/platform/access.ts';
import { RIGHT_GROUPS, RIGHT_WORDS } from './right-words.ts';

test('every right stands once in the table of roles, with words of its own', () => {
  expect(RIGHT_GROUPS.flatMap(([, rights]) => rights).toSorted()).toEqual(PERMISSIONS.toSorted());
  expect(new Set(Object.values(RIGHT_WORDS)).size).toBe(PERMISSIONS.length);
});
