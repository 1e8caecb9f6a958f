/**
 * An MP4 file of one silent video track with a constant frame rate: ISO/IEC 14496-12, and -15 for
 * AVC. The libraries for it do far more and weigh 30 to 124 kB; this is all that a film needs.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {{bytes: Bytes, timestamp: number, isKey: boolean}} Chunk  `timestamp` in microseconds
 *
 * @typedef {{width: number, height: number, fps: number}} About
 */

const TICKS = 1000; // of a frame
const WHOLE = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]; // the matrix that changes nothing
// Numbers of ISO/IEC 23091-2 for what WebCodecs calls by names.
/** @type {Record<string, number>} */
const PRIMARIES = { bt709: 1, bt470bg: 5, smpte170m: 6 };
/** @type {Record<string, number>} */
const TRANSFERS = { bt709: 1, smpte170m: 6, "iec61966-2-1": 13 };
/** @type {Record<string, number>} */
const MATRICES = { rgb: 0, bt709: 1, bt470bg: 5, smpte170m: 6 };

/** @typedef {(...numbers: number[]) => Bytes} Writer */

/** @type {Writer} */
const u8 = (...numbers) => Uint8Array.from(numbers);
/** @type {Writer} */
const u16 = (...numbers) => Uint8Array.from(numbers.flatMap((n) => [(n >> 8) & 255, n & 255]));
/** @type {Writer} */
const u32 = (...numbers) =>
  Uint8Array.from(numbers.flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]));
/** @type {(text: string) => Bytes} */
const letters = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** @param {Bytes[]} parts */
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}

/**
 * @param {string} kind
 * @param {...Bytes} parts
 */
function box(kind, ...parts) {
  const content = joined(parts);
  return joined([u32(content.length + 8), letters(kind), content]);
}

/**
 * A box with a version and flags.
 * @param {string} kind
 * @param {number} flags
 * @param {...Bytes} parts
 */
const full = (kind, flags, ...parts) => box(kind, u32(flags), ...parts);

/**
 * @param {Chunk[]} chunks  in the order of decoding
 * @param {VideoDecoderConfig} config  as a VideoEncoder tells it
 * @param {About} about
 * @returns {Bytes[]} the parts of the file
 */
export function mp4Of(chunks, config, { width, height, fps }) {
  const first = box("ftyp", letters("isom"), u32(0x200), letters("isomiso2mp41"));
  const size = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  // Where the pictures begin is written before them; the table's length does not depend on it.
  const table = (/** @type {number} */ begin) => movie(chunks, config, { width, height, fps, begin });
  const begin = first.length + table(0).length + 8;
  return [first, table(begin), u32(size + 8), letters("mdat"), ...chunks.map(({ bytes }) => bytes)];
}

/**
 * @param {Chunk[]} chunks
 * @param {VideoDecoderConfig} config
 * @param {About & {begin: number}} about  `begin`: the place of the first picture in the file
 */
function movie(chunks, config, { width, height, fps, begin }) {
  const rate = Math.round(fps * TICKS);
  const long = chunks.length * TICKS;
  const samples = box("stbl",
    full("stsd", 0, u32(1), sampleEntry(config, width, height)),
    full("stts", 0, u32(1, chunks.length, TICKS)),
    ...shifts(chunks, fps),
    full("stss", 0, ...counted(chunks.flatMap(({ isKey }, i) => (isKey ? [i + 1] : [])))),
    full("stsc", 0, u32(1, 1, chunks.length, 1)),
    full("stsz", 0, u32(0), ...counted(chunks.map(({ bytes }) => bytes.length))),
    full("stco", 0, u32(1, begin)));
  const media = box("mdia",
    full("mdhd", 0, u32(0, 0, rate, long), u16(0x55c4, 0)), // no language
    full("hdlr", 0, u32(0), letters("vide"), u32(0, 0, 0), u8(0)),
    box("minf", full("vmhd", 1, u16(0, 0, 0, 0)), box("dinf", full("dref", 0, u32(1), full("url ", 1))), samples));
  return box("moov",
    full("mvhd", 0, u32(0, 0, rate, long, 0x10000), u16(0x100, 0), u32(0, 0, ...WHOLE, 0, 0, 0, 0, 0, 0, 2)),
    box("trak", full("tkhd", 3, u32(0, 0, 1, 0, long, 0, 0), u16(0, 0, 0, 0), u32(...WHOLE, width << 16, height << 16)),
      media));
}

/** @type {(numbers: number[]) => Bytes[]} */
const counted = (numbers) => [u32(numbers.length), u32(...numbers)];

/**
 * Where an encoder decodes pictures in another order than they are shown: by how much each waits.
 * @param {Chunk[]} chunks
 * @param {number} fps
 */
function shifts(chunks, fps) {
  const waits = chunks.map(({ timestamp }, i) => Math.round((timestamp * fps) / 1e6 - i) * TICKS);
  if (!waits.some(Boolean)) return [];
  return [full("ctts", 1 << 24, u32(chunks.length), ...waits.map((wait) => u32(1, wait)))];
}

/**
 * How the pictures are coded.
 * @param {VideoDecoderConfig} config
 * @param {number} width
 * @param {number} height
 */
function sampleEntry({ codec, description, colorSpace }, width, height) {
  const { primaries, transfer, matrix, fullRange } = colorSpace ?? {};
  // 2: not said.
  const colours = [PRIMARIES[primaries ?? ""] ?? 2, TRANSFERS[transfer ?? ""] ?? 2, MATRICES[matrix ?? ""] ?? 2];
  const common = [
    u32(0), u16(0, 1, 0, 0), u32(0, 0, 0), u16(width, height), u32(0x480000, 0x480000, 0), u16(1),
    new Uint8Array(32), u16(0x18, 0xffff),
  ];
  const colr = box("colr", letters("nclx"), u16(...colours), u8(fullRange ? 128 : 0));
  if (codec.startsWith("avc1")) {
    const avc = new Uint8Array(/** @type {ArrayBuffer | Bytes} */ (description));
    return box("avc1", ...common, box("avcC", avc), colr);
  }
  const [, profile, level, depth] = codec.split(".").map(Number);
  const sampling = (depth << 4) | (1 << 1) | (fullRange ? 1 : 0); // 4:2:0
  return box("vp09", ...common, full("vpcC", 1 << 24, u8(profile, level, sampling, ...colours), u16(0)), colr);
}
