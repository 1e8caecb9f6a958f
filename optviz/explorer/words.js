/** The explorer's own words, in English and Simplified Chinese. */

const EXPLORER_WORDS = {
  title: { en: "Optimizers at work", zh: "看优化器如何下降" },
  surface: { en: "Surface", zh: "曲面" },
  own: { en: "own formula", zh: "自己的公式" },
  formula: { en: "Formula f(x, y)", zh: "公式 f(x, y)" },
  use: { en: "Use it", zh: "使用" },
  scenario: { en: "Lesson", zh: "课题" },
  none: { en: "none: explore freely", zh: "无：自由探索" },
  optimizers: { en: "Optimizers", zh: "优化器" },
  add: { en: "Add an optimizer", zh: "添加优化器" },
  remove: { en: "Remove", zh: "移除" },
  shown: { en: "shown", zh: "显示" },
  settings: { en: "Settings of", zh: "设置：" },
  tune: { en: "Tune rates", zh: "调整学习率" },
  schedule: { en: "schedule", zh: "学习率变化" },
  constant_rate: { en: "constant", zh: "恒定" },
  steps: { en: "Steps", zh: "步数" },
  noise: { en: "Noise", zh: "噪声" },
  seed: { en: "Seed", zh: "随机种子" },
  start: { en: "Start", zh: "起点" },
  back: { en: "One step back", zh: "后退一步" },
  forward: { en: "One step forward", zh: "前进一步" },
  play: { en: "Play", zh: "播放" },
  pause: { en: "Pause", zh: "暂停" },
  rewind: { en: "To the start", zh: "回到起点" },
  scrub: { en: "Step shown", zh: "当前步" },
  speed: { en: "Speed", zh: "速度" },
  step_of: { en: "step {k} of {n}", zh: "第 {k} 步，共 {n} 步" },
  at_step: { en: "step {k}", zh: "第 {k} 步" },
  views: { en: "Views", zh: "视图" },
  loss: { en: "Loss curves", zh: "损失曲线" },
  relief: { en: "3-D relief", zh: "三维曲面" },
  anatomy: { en: "Step taken apart", zh: "单步剖析" },
  anatomy_of: { en: "Taken apart", zh: "剖析对象" },
  plane: {
    en: "Surface from above. Click or drag the ring to place the start; arrow keys move it, "
      + "plus and minus zoom, 0 shows the whole window.",
    zh: "从上方看曲面。点击或拖动圆环设置起点；方向键移动起点，加减键缩放，0 键显示全部。",
  },
  relief_label: {
    en: "Surface in three dimensions. Drag or use arrow keys to turn it.",
    zh: "三维曲面。拖动或用方向键旋转。",
  },
  loss_label: { en: "Value at each step. Click to go to a step.", zh: "每一步的函数值。点击跳到该步。" },
  above: { en: "f above the minimum", zh: "f 高出最小值" },
  above_seen: { en: "f above the lowest value seen", zh: "f 高出所见最低值" },
  value: { en: "f(x, y)", zh: "f(x, y)" },
  under: { en: "f = {f}, gradient ({gx}, {gy}) at ({x}, {y})", zh: "({x}, {y}) 处 f = {f}，梯度 ({gx}, {gy})" },
  diverged: { en: "{name} diverged at step {k}", zh: "{name} 在第 {k} 步发散" },
  no_rate_fits: { en: "no rate stays in the window", zh: "没有学习率能留在窗口内" },
  left: { en: "{name} left the surface at step {k}", zh: "{name} 在第 {k} 步离开曲面" },
  ends: { en: "{name} at ({x}, {y}), value {f}", zh: "{name} 位于 ({x}, {y})，值 {f}" },
  share: { en: "Share", zh: "分享" },
  link: { en: "Copy link", zh: "复制链接" },
  command: { en: "Copy command", zh: "复制命令" },
  python: { en: "Copy Python", zh: "复制 Python" },
  copied: { en: "Copied: {text}", zh: "已复制：{text}" },
  png: { en: "Save PNG", zh: "保存 PNG" },
  film: { en: "Save film (WebM)", zh: "保存影片 (WebM)" },
  filming: { en: "Recording the film: {s} s", zh: "正在录制影片：{s} 秒" },
  saved: { en: "Saved {name}", zh: "已保存 {name}" },
  no_film: {
    en: "This browser records no film. The copied command makes a GIF.",
    zh: "此浏览器不能录制影片；复制的命令可以生成 GIF。",
  },
  quiz: { en: "Quiz: where will it be?", zh: "测验：它会到哪里？" },
  quiz_off: { en: "End the quiz", zh: "结束测验" },
  quiz_next: {
    en: "Click where {name} will be {n} steps from now.",
    zh: "请点击你认为 {name} 再走 {n} 步后的位置。",
  },
  quiz_told: {
    en: "Off by {d} ({p} % of the window). It went to ({x}, {y}). Click for the next guess.",
    zh: "偏差 {d}（窗口的 {p} %）。它到了 ({x}, {y})。点击继续猜。",
  },
  quiz_steps: { en: "steps ahead", zh: "步之后" },
  quiz_over: { en: "The run is over: start again.", zh: "已经走完：请重新开始。" },
  gradient: { en: "gradient", zh: "梯度" },
  memory: { en: "memory", zh: "记忆" },
  update: { en: "step", zh: "更新" },
  rule: { en: "The rule, line by line", zh: "规则逐行" },
  in_signs: { en: "The surface in mathematical signs", zh: "曲面的数学式" },
  unread: {
    en: "This rule does more than its lines say: they cannot be shown.",
    zh: "此规则无法逐行显示。",
  },
  accumulated: { en: "accumulated squares", zh: "累积的平方" },
  damaged: {
    en: "The link was damaged ({why}); defaults are shown instead.",
    zh: "链接已损坏（{why}），改为显示默认设置。",
  },
  bad_start: {
    en: "The surface is not finite there: the start stays.",
    zh: "曲面在该处不是有限值：起点不变。",
  },
  near_start: {
    en: "The start is ({x}, {y}), the nearest point to the corner where the formula is finite.",
    zh: "起点为 ({x}, {y})：离窗口左上角最近、公式取有限值的点。",
  },
  reset: { en: "Whole window", zh: "显示全部" },
  language: { en: "中文", zh: "English" },
  help: {
    en: "Everything on this page is computed here, by the rules of the Python package optviz.",
    zh: "本页一切都在此处计算，所用规则来自 Python 包 optviz。",
  },
};

/** The text of a word, with `{name}` filled in. */
export function wordIn(language, word, values = {}) {
  const text = EXPLORER_WORDS[word][language] ?? EXPLORER_WORDS[word].en;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** A number for reading: four digits, a real minus sign. */
export function readable(number) {
  if (!Number.isFinite(number)) return String(number);
  return String(Number(number.toPrecision(4))).replaceAll("-", "−");
}
