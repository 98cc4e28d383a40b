// Saying it and drawing it: what is recorded or drawn goes into the form's own file fields, as if it
// had been chosen. Loaded when one of both is opened; nothing is kept but in this page's memory.

const INKS = { black: "#1a1a1a", red: "#c4161c", blue: "#1a56c4", green: "#1d7a2e", orange: "#d97600", rubber: "#ffffff" };
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

function give(field, blob, name) {
  const files = new DataTransfer();
  if (blob) files.items.add(new File([blob], name, { type: blob.type }));
  field.files = files.files;
}

export function open(part) {
  if (part.dataset.ready) return;
  part.dataset.ready = "1";
  if (part.dataset.show === "voice") recorder(part);
  if (part.dataset.show === "drawing") canvas(part);
}

function recorder(part) {
  const box = part.querySelector(".recorder");
  const field = part.querySelector("input[type=file]");
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  const [button, status, player] = ["[data-act=record]", "[role=status]", "audio"].map((s) => box.querySelector(s));
  let running = null;
  box.hidden = false;
  const say = (what) => (status.textContent = status.dataset[what] ?? "");

  const stop = () => running?.state === "recording" && running.stop();
  async function start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return say("none");
    }
    const release = () => stream.getTracks().forEach((track) => track.stop());
    if (!part.isConnected) return release(); // they went on while the browser asked
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const pieces = [];
    running = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32000 });
    running.ondataavailable = ({ data }) => pieces.push(data);
    const timer = setTimeout(stop, Number(box.dataset.seconds) * 1000);
    const look = setInterval(() => part.isConnected || stop(), 500); // whoever leaves is not heard
    running.onstop = () => {
      clearTimeout(timer);
      clearInterval(look);
      release();
      const whole = new Blob(pieces, { type: running.mimeType });
      give(field, whole, "voice");
      if (player.src) URL.revokeObjectURL(player.src);
      player.src = URL.createObjectURL(whole);
      player.hidden = false;
      button.textContent = button.dataset.again;
      say("recorded");
    };
    running.start(1000);
    player.hidden = true;
    button.textContent = button.dataset.stop;
    say("recording");
  }
  button.addEventListener("click", () => (running?.state === "recording" ? stop() : start()));
  window.addEventListener("pagehide", stop);
}

function canvas(part) {
  const page = part.querySelector("canvas");
  const field = part.querySelector("input[type=file]");
  const pen = page.getContext("2d");
  const lines = []; // each: its ink, and its points
  let line = null;
  let cursor = { x: page.width / 2, y: page.height / 2, down: false };

  const ink = () => part.querySelector("[name=pen]:checked").value;
  function paint() {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, page.width, page.height);
    pen.lineCap = pen.lineJoin = "round";
    for (const { colour, points } of lines) {
      pen.strokeStyle = INKS[colour];
      pen.lineWidth = colour === "rubber" ? 28 : 6;
      pen.beginPath();
      pen.moveTo(points[0].x, points[0].y);
      for (const { x, y } of points) pen.lineTo(x, y);
      pen.lineTo(points[0].x + (points.length < 2 ? 0.1 : 0) || points.at(-1).x, points.at(-1).y);
      pen.stroke();
    }
  }
  function shown() {
    paint();
    // At once, not by `toBlob`: whoever presses Keep right after the last line has kept that line.
    const bytes = lines.length ? atob(page.toDataURL("image/png").split(",")[1]) : "";
    const whole = new Blob([Uint8Array.from(bytes, (sign) => sign.charCodeAt(0))], { type: "image/png" });
    give(field, lines.length ? whole : null, "drawing.png");
    if (document.activeElement === page) cross();
  }
  function cross() {
    pen.strokeStyle = cursor.down ? INKS[ink()] : "#555555";
    pen.lineWidth = 2;
    pen.strokeRect(cursor.x - 6, cursor.y - 6, 12, 12);
  }
  const at = (event) => {
    const box = page.getBoundingClientRect();
    return { x: ((event.clientX - box.left) * page.width) / box.width, y: ((event.clientY - box.top) * page.height) / box.height };
  };
  const begin = (point) => lines.push((line = { colour: ink(), points: [point] }));

  page.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    page.setPointerCapture(event.pointerId);
    begin(at(event));
    paint();
  });
  page.addEventListener("pointermove", (event) => {
    if (!line || cursor.down) return;
    line.points.push(at(event));
    paint();
  });
  for (const ends of ["pointerup", "pointercancel"]) page.addEventListener(ends, () => ((line = null), shown()));

  page.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key];
    if (step) {
      cursor.x = Math.min(page.width, Math.max(0, cursor.x + step[0]));
      cursor.y = Math.min(page.height, Math.max(0, cursor.y + step[1]));
      if (cursor.down) line.points.push({ x: cursor.x, y: cursor.y });
    } else if (event.key === " ") {
      cursor.down = !cursor.down;
      if (cursor.down) begin({ x: cursor.x, y: cursor.y });
      else line = null;
    } else return;
    event.preventDefault();
    shown();
  });
  page.addEventListener("blur", () => ((cursor.down = false), (line = null), shown()));
  page.addEventListener("focus", () => (paint(), cross()));

  part.querySelector("[data-act=undo]").addEventListener("click", () => (lines.pop(), shown()));
  part.querySelector("[data-act=clear]").addEventListener("click", () => ((lines.length = 0), shown()));
  paint();
}
