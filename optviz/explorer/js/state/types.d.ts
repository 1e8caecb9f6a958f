/**
 * The types that state, views and controls share: what optviz/explorer/data.py and recorded.py write
 * (tests/test_types.py holds that against it), and names for what is defined beside the code.
 */
import type { BasinMap } from "../engine/basins.js";
import type { Run, Rule, Schedule, Surface } from "../engine/descend.js";
import type { RuleLines } from "../formula/lines.js";
import type { Value } from "../formula/tape.js";
import type { Recorded } from "./recorded.js";
import type { State } from "./schema.js";

export type { Flags, Numbers, Rule, Run, Schedule, Surface } from "../engine/descend.js";
export type { OwnSurface } from "../formula/user_formula.js";
export type { Recorded, RecordedPage } from "./recorded.js";
export type { Descent, Shown } from "./runs.js";
export type { Racer, RateText } from "./spec.js";
export type { Model } from "./model.js";
export type { Limits, QuizState, State } from "./schema.js";

/** A text in each language, by "en" and "zh"; Python may have none. */
export type Texts = Record<string, string>;

/** x and y. */
export type Point = number[];

/** A place on a view, in CSS pixels from its corner. */
export type Pixel = [px: number, py: number];

/** x0, x1, y0, y1. */
export type Domain = number[];

/** A surface on screen: of the data, or of the user's own formula. */
export interface SurfaceFacts {
  title: Texts;
  lesson: Texts;
  /** null for samples, and for what only Python computes. */
  formula: string | null;
  /** What the coordinates are called. */
  letters: string[];
  /** What stands at the axes in each language, where it is not these. */
  axes?: Record<string, string[]>;
  /** How many samples there are from left to right and from below up, if it is made of samples. */
  samples?: number[];
  domain: Domain;
  start: Point;
  steps: number;
  scale: "linear" | "log";
  /** x, y and value each. */
  minima: number[][];
  at: Surface;
  family?: Texts;
  /** Whether a command knows it by name. */
  catalogue?: boolean;
  /** Whether the usual start of an own formula is not finite. */
  moved?: boolean;
  /** f(x, y) alone, which own formulas have. */
  value?: Value;
}

export interface SurfaceEntry extends SurfaceFacts {
  family: Texts;
  catalogue: boolean;
}

/** The range of a slider, and what may be typed: an interval as in mathematics, such as "[0, 1)". */
export interface Range {
  low: number;
  high: number;
  log?: boolean;
  allowed?: string;
  whole?: boolean;
}

export interface RuleEntry extends Rule {
  /** A recorded optimizer, which cannot run here: it has no slots, start, step and lines. */
  fixed?: true;
  /** Of one that is fixed: the rule of ours whose colour and shape it has. */
  marked?: string | null;
  ranges: Record<string, Range>;
  /** Slots that remember gradients, and those that add up squares. */
  memories: string[];
  squares: string[];
  /** Settings besides lr that labels name even where they are the default. */
  said?: string[];
  /** null of a rule that calls helpers. */
  lines: RuleLines | null;
}

export interface ScheduleEntry extends Schedule {
  ranges: Record<string, Range>;
}

export interface Lesson {
  title: Texts;
  claim: Texts;
  surface: string;
  /** As specs. */
  optimizers: string[];
  start: Point;
  furtherStarts: Point[];
  steps: number;
  noise: number;
  seed: number;
}

/** Colours, "#rrggbb" each. */
export interface Theme {
  page: string;
  ink: string;
  quiet: string;
  level: string;
  casing: string;
  memory: string;
  /** From the lowest values to the highest. */
  ramp: string[];
  lines: string[];
  /** Of a start whose run reaches no minimum. */
  undecided: string;
  /** Of each kind of optimizer its colour and others like it. */
  shades: string[][];
}

export interface Data {
  /** The surface that is seen before any is chosen. */
  first: string;
  surfaces: Record<string, SurfaceEntry>;
  rules: Record<string, RuleEntry>;
  schedules: Record<string, ScheduleEntry>;
  scenarios: Record<string, Lesson>;
  themes: Record<"light" | "dark" | "print", Theme>;
  /** Names of rules, whose places choose colours and shapes. */
  order: string[];
  shapes: string[];
  /** The places of the user's own optimizers. */
  own: number[];
  /** The optimizers that are seen first. */
  five: string[];
  words: Record<string, Texts>;
  /** Colours of maps: of each minimum its shades, from few steps to many, then that of its stripes. */
  basins: { hues: string[][]; diverged: string };
  /** Of a page with recorded runs. */
  recorded?: Recorded[];
}

/** What recorded.py writes of a run. */
export interface RecordedNumbers {
  points: number[];
  values: number[];
  gradients: number[];
  steps: number[];
  states: Record<string, number[]>;
  status: Run["status"];
}

/** What recorded.py writes. */
export interface RecordedGiven {
  surface: string;
  starts: Point[];
  steps: number;
  noise: number;
  seed: number;
  /** Whether the page draws samples of a surface that only Python computes. */
  sampled: boolean;
  title: string | null;
  caption: string | null;
  /** Each optimizer with its run from each start. */
  racers: { spec: string; name: string; rule: string | null; label: string | null; canRun: boolean; fits: boolean | null; runs: RecordedNumbers[] }[];
}

/** What Python sets of the state; `specs` in place of `racers`. */
export type Given = Partial<State> & { specs?: string[] };

/** What a widget shares with its kernel: optviz/widget. */
export interface TraitValues extends Pick<State, "speed" | "language" | "views" | "theme" | "letters" | "window"
  | "camera" | "colouring" | "basins" | "lesson" | "steps" | "noise" | "seed" | "domain" | "starts" | "playing" | "selected"> {
  /** A name of the data, or an own formula. */
  surface: string;
  /** As specs; one that is off begins with "-". */
  racers: string[];
  /** Those that are on. */
  optimizers: string[];
  /** The first one. */
  start: Point;
  /** The moment, in steps. */
  frame: number;
  /** The tuned rates that the page has found; none where both sides find the same. */
  _rates: (number | null)[];
}

/** A notebook's front end: the model of a widget, of which there may be several views. */
export interface Traits {
  get<K extends keyof TraitValues>(name: K): TraitValues[K];
  set<K extends keyof TraitValues>(name: K, value: TraitValues[K]): void;
  save_changes(): void;
  on(event: string, listener: (message?: KernelMessage) => void): void;
  off(event: string, listener: (message?: KernelMessage) => void): void;
}

/** What a kernel says beside its traits: why it did not take a value. */
export interface KernelMessage {
  refused?: string;
}

/** A map with the surface that it is of. */
export type ShownMap = BasinMap & { surface: SurfaceFacts };

/** Values at the rates of a sweep, infinite where a run diverges. */
export interface ShownSweep {
  values: Float64Array;
  surface: SurfaceFacts;
}

/** How a run is drawn. */
export interface Mark {
  colour: string;
  /** matplotlib's letter. */
  shape: string;
  /** How many runs of its kind stand before it. */
  variant: number;
}

/** A vector of the step that is taken apart, at the place where it begins. */
export interface Arrow {
  kind: "gradient" | "memory" | "update";
  x: number;
  y: number;
  /** Of the longest of its kind. */
  share: number;
  colour: string;
  width: number;
}
