/** What we use of gifenc, which has no types of its own. */
declare module "gifenc/src/index.js" {
  interface Frame {
    /** Red, green and blue of each colour; of the first frame, or all. */
    palette?: number[][];
    /** In ms. */
    delay?: number;
    /** 0 for ever. */
    repeat?: number;
    transparent?: boolean;
    transparentIndex?: number;
    /** What happens to a frame when the next one comes: 1 leaves it. */
    dispose?: number;
  }
  interface Encoder {
    writeFrame(indices: Uint8Array, width: number, height: number, frame: Frame): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
    /** The same, but not a copy. */
    bytesView(): Uint8Array<ArrayBuffer>;
  }
  export function GIFEncoder(): Encoder;
  /** At most so many colours that stand for those of pixels: red, green and blue each. */
  export function quantize(pixels: Uint8Array, size: number): number[][];
}
