/**
 * The worker that computes many runs: made of the page's own text, so that it has the same rules,
 * surfaces and formulas. Where a page may have none, the work is done in idle time.
 *
 * @import { Answer, Question } from "../state/many_runs.js"
 * @import { Data } from "../state/types.js"
 */
import { answersTo, Queue } from "../state/many_runs.js";

/** The function that makes our modules and the data. @type {(() => unknown) | null} */
let source = null;

/**
 * Take the function whose text workers run.
 * @param {() => unknown} make
 */
export function useSource(make) {
  source = make;
}

/**
 * Be the worker: what the text that is made below calls.
 * @param {Data} data
 */
export function serve(data) {
  const { port1, port2 } = new MessageChannel(); // a timer would come 4 ms later
  /** @type {() => void} */
  let work = () => {};
  port1.onmessage = () => work();
  const queue = new Queue((question) => answersTo(question, data),
    (answer, question) => postMessage({ answer, question }),
    (next) => {
      work = next;
      port2.postMessage(null);
    });
  addEventListener("message", ({ data: question }) => queue.ask(question));
}

export class Calculator {
  /**
   * @param {Data} data
   * @param {(answer: Answer, question: Question) => void} tell
   */
  constructor(data, tell) {
    this.tell = tell;
    /** @type {Question | null} */
    this.question = null;
    this.queue = new Queue((question) => answersTo(question, data), tell, whenIdle);
    this.worker = this.begin();
  }

  /** @returns {Worker | null} */
  begin() {
    if (!source) return null;
    const text = `"use strict";const made=(${source})();made.optvizExplorer.serve(made.DATA);`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    try {
      const worker = new Worker(url);
      worker.addEventListener("message", ({ data: { answer, question } }) => {
        URL.revokeObjectURL(url);
        this.tell(answer, question);
      });
      // A page that may have no workers is told so now, or here.
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        worker.terminate();
        this.worker = null;
        this.ask(this.question);
      });
      return worker;
    } catch {
      return null;
    }
  }

  /** @param {Question | null} question  instead of those before; none: rest */
  ask(question) {
    this.question = question;
    if (this.worker) this.worker.postMessage(question);
    else this.queue.ask(question);
  }

  end() {
    this.ask(null);
    this.worker?.terminate();
  }
}

/** @param {() => void} work */
function whenIdle(work) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 50 });
  else setTimeout(work, 4);
}
