/** Small line drawings, 16 by 16, for buttons that also have words or a label: none of them speaks by itself. */
const DRAWINGS = {
  search: 'M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.500 3.500 3.500',
  down: 'M8 2v8m0 0 3-3m-3 3-3-3M2.500 13.500h11',
  up: 'M8 10V2m0 0 3 3M8 2 5 5M2.500 13.500h11',
  refresh: 'M13.500 8a5.500 5.500 0 1 1-1.700-4M13.500 1.500v3h-3',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-10v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1m8 8 1 1M13 3l-1 1M4 12l-1 1',
  columns: 'M2 3h12v10H2zM6 3v10M10 3v10',
  right: 'm6 3 5 5-5 5',
  person: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-6 6.500c0-3 3-4.500 6-4.500s6 1.500 6 4.500',
  plus: 'M8 2.500v11M2.500 8h11',
  file: 'M3.500 1.500h6l3 3v10h-9zM9.500 1.500v3h3',
} as const;

export function Icon({ name }: { name: keyof typeof DRAWINGS }) {
  return (
    <svg className="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={DRAWINGS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
