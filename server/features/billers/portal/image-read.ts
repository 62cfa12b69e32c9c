/** An image that is what it says it is, with its size in pixels; or why not, for whoever chose the file. */
export type ImageRead =
  | { readonly kind: 'image'; readonly format: 'PNG' | 'WebP' | 'SVG'; readonly width: number; readonly height: number }
  | { readonly kind: 'refused'; readonly why: string };
