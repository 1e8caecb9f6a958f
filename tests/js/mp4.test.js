/** Our MP4 files as Mediabunny reads them. */
import assert from "node:assert/strict";
import test from "node:test";
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import { mp4Of } from "../../optviz/explorer/js/app/mp4.js";

const ABOUT = { width: 640, height: 360, fps: 20 };
// The head of an avcC box: version, profile, level, lengths of 4 bytes; one SPS and one PPS of a byte.
/** @type {VideoDecoderConfig} */
const AVC = {
  codec: "avc1.640028", description: Uint8Array.of(1, 100, 0, 40, 255, 225, 0, 1, 103, 1, 0, 1, 104),
  colorSpace: { primaries: "bt709", transfer: "iec61966-2-1", matrix: "bt709", fullRange: true },
};

/**
 * Chunks of a few bytes, shown in the order of `shown` frames.
 * @param {number[]} shown
 */
const chunksOf = (shown) => shown.map((frame, i) => ({
  bytes: Uint8Array.from({ length: 5 + (i % 7) }, (_, k) => (i + k) % 256),
  timestamp: Math.round((frame * 1e6) / ABOUT.fps), isKey: i % 10 === 0,
}));

/**
 * @param {ReturnType<typeof chunksOf>} chunks
 * @param {VideoDecoderConfig} config
 */
async function read(chunks, config) {
  const file = new Blob(mp4Of(chunks, config, ABOUT));
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(await file.arrayBuffer()) });
  const track = await input.getPrimaryVideoTrack();
  assert.ok(track);
  const packets = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  return { track, packets, duration: await input.computeDuration() };
}

test("every frame, its time, its bytes and whether players can seek to it", async () => {
  const chunks = chunksOf(Array.from({ length: 150 }, (_, i) => i));
  const { track, packets, duration } = await read(chunks, AVC);
  assert.equal(duration, 7.5);
  assert.deepEqual([track.codedWidth, track.codedHeight, track.codec], [640, 360, "avc"]);
  assert.deepEqual(packets.map(({ timestamp }) => timestamp), chunks.map((_, i) => i / 20));
  assert.deepEqual(packets.map(({ duration: long }) => long), chunks.map(() => 1 / 20));
  assert.deepEqual(packets.map(({ data }) => [...data]), chunks.map(({ bytes }) => [...bytes]));
  assert.deepEqual(packets.map(({ type }) => type === "key"), chunks.map(({ isKey }) => isKey));
});

test("colours are told", async () => {
  const { track } = await read(chunksOf([0, 1, 2]), AVC);
  const { primaries, transfer, matrix, fullRange } = await track.getColorSpace();
  assert.deepEqual({ primaries, transfer, matrix, fullRange }, AVC.colorSpace);
});

test("frames that are decoded in another order than they are shown", async () => {
  const shown = [0, 3, 1, 2, 6, 4, 5, 7];
  const { packets } = await read(chunksOf(shown), AVC);
  assert.deepEqual(packets.map(({ timestamp }) => timestamp), shown.map((frame) => frame / 20));
});

test("VP9", async () => {
  const { track, packets } = await read(chunksOf([0, 1]), { codec: "vp09.00.51.08" });
  assert.equal(track.codec, "vp9");
  assert.equal(await track.getCodecParameterString().then((text) => text?.slice(0, 13)), "vp09.00.51.08");
  assert.equal(packets.length, 2);
});
