"use strict";
(function () {
  const data = JSON.parse(document.getElementById("framelab-data").textContent);
  const byId = (id) => document.getElementById(id);
  const grouped = (n) => n.toLocaleString("en-US");
  const views = [];
  let cursor = -1;

  // Charts -------------------------------------------------------------------------------------

  function drawCharts() {
    if (!window.vegaEmbed) return Promise.resolve();
    return Promise.all(data.charts.map(async (chart) => {
      const element = byId(chart.id);
      const result = await vegaEmbed(element, chart.spec, {
        mode: "vega-lite", actions: false, renderer: "svg", tooltip: false,
      });
      views.push(result.view);
      result.view.signal("cursor", cursor).runAsync();
      // A click in a chart takes the frame map to that moment.
      result.view.addEventListener("click", (event) => {
        if (!map) return;
        const box = element.querySelector("svg").getBoundingClientRect();
        const x = event.clientX - box.left - result.view.origin()[0];
        map.showTime(result.view.scale("x").invert(x));
      });
    }));
  }

  /* Pointing at a system in a legend fades the lines of the others, in all charts. */
  function fadeOthers(colour) {
    const colours = new Set([...document.querySelectorAll("[data-series]")]
      .map((item) => item.dataset.series));
    for (const line of document.querySelectorAll(".chart .mark-line path[stroke]")) {
      const stroke = line.getAttribute("stroke");
      line.classList.toggle("faded",
        colour !== null && stroke !== colour && colours.has(stroke));
    }
  }
  for (const item of document.querySelectorAll("[data-series]")) {
    item.addEventListener("pointerenter", () => fadeOthers(item.dataset.series));
    item.addEventListener("pointerleave", () => fadeOthers(null));
  }

  function moveCursor(time) {
    cursor = time;
    for (const view of views) view.signal("cursor", time).runAsync();
  }

  // Frame maps ---------------------------------------------------------------------------------

  /* Decodes a frame map; the format is in FrameMapWriter.swift. A delta is runs of
     varint(skip) varint(length) byte, exclusive-or, so it leads forward and back. */
  class FrameMap {
    static async inflate(base64) {
      const text = atob(base64);
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return new FrameMap(await new Response(stream).arrayBuffer());
    }

    constructor(buffer) {
      const bytes = this.bytes = new Uint8Array(buffer);
      const view = new DataView(buffer);
      if (String.fromCharCode(...bytes.subarray(0, 8)) !== "FLFRAMES") {
        throw new Error("no frame map");
      }
      [this.version, this.frames, this.perTile, this.offered, this.kept, this.hasOwners] =
        [0, 1, 2, 3, 4, 5].map((i) => view.getUint32(8 + 4 * i, true));
      if (this.version !== 1) throw new Error("frame map of version " + this.version);
      this.tiles = Math.ceil(this.frames / this.perTile);
      this.samples = [];
      let offset = 32 + 16 * this.kept;
      for (let i = 0; i < this.kept; i++) {
        const at = 32 + 16 * i;
        const length = view.getUint32(at + 12, true);
        this.samples.push({
          index: view.getUint32(at, true),
          timeNs: view.getUint32(at + 4, true) + view.getUint32(at + 8, true) * 4294967296,
          start: offset, end: offset + length,
        });
        offset += length;
      }
      this.states = new Uint8Array(this.frames);
      const planeLength = this.hasOwners ? this.tiles : 0;
      this.owners = new Uint8Array(planeLength);
      this.shares = new Uint8Array(planeLength);
      this.instances = new Uint8Array(planeLength);
      this.counts = new Array(256).fill(0);
      this.counts[0] = this.frames;
      this.position = -1;
    }

    varint() {
      let value = 0, scale = 1, byte;
      do {
        byte = this.bytes[this.at++];
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte & 128);
      return value;
    }

    applyPlane(plane, counts) {
      const end = this.varint() + this.at;
      let position = 0;
      while (this.at < end) {
        position += this.varint();
        const stop = position + this.varint();
        const difference = this.bytes[this.at++];
        if (counts) {
          for (; position < stop; position++) {
            const old = plane[position];
            counts[old]--;
            counts[plane[position] = old ^ difference]++;
          }
        } else {
          for (; position < stop; position++) plane[position] ^= difference;
        }
      }
    }

    apply(sample) {
      this.at = sample.start;
      this.applyPlane(this.states, this.counts);
      this.applyPlane(this.owners);
      this.applyPlane(this.shares);
      this.applyPlane(this.instances);
    }

    seek(position) {
      while (this.position < position) this.apply(this.samples[++this.position]);
      while (this.position > position) this.apply(this.samples[this.position--]);
    }
  }

  class MapView {
    constructor() {
      this.canvas = byId("map");
      this.slider = byId("map-slider");
      this.maps = new Map();
      this.tile = -1;
      this.colours();
      this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
      byId("map-play").addEventListener("click", () => this.play());
      this.canvas.addEventListener("click", (event) => this.click(event));
      this.canvas.addEventListener("keydown", (event) => this.key(event));
      for (const input of document.querySelectorAll("input[name=map-system]")) {
        input.addEventListener("change", () => this.select(input.value));
      }
      new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
      const redraw = () => { this.colours(); this.draw(); };
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
      window.addEventListener("beforeprint", () => { this.colours("light"); this.draw(); });
      window.addEventListener("afterprint", redraw);
    }

    colours(forced) {
      const dark = !forced && matchMedia("(prefers-color-scheme: dark)").matches;
      this.theme = dark ? "dark" : "light";
      // Canvas pixels are little-endian RGBA.
      this.pixel = (hex) => {
        const n = parseInt(hex.slice(1), 16);
        return (255 << 24 | (n & 255) << 16 | (n >> 8 & 255) << 8 | n >> 16) >>> 0;
      };
      this.stateHex = data.states.map((state) => state[this.theme]);
      this.statePixel = this.stateHex.map(this.pixel);
      this.wholeFree = this.pixel(data.wholeFree[this.theme]);
      this.mark = dark ? "#ffffff" : "#000000";
    }

    async select(id) {
      this.id = id;
      const source = data.maps.find((map) => map.id === id);
      const time = this.map ? this.map.samples[this.position].timeNs : Infinity;
      if (!this.maps.has(id)) {
        const map = await FrameMap.inflate(source.gzip);
        // One pass over all samples: what tests compare with Swift's decoder.
        const free = [];
        for (let i = 0; i < map.kept; i++) {
          map.seek(i);
          free.push(map.counts[data.free]);
        }
        map.freeOverTime = free;
        this.maps.set(id, map);
      }
      if (this.id !== id) return;
      this.map = this.maps.get(id);
      const section = byId("frame-map");
      section.dataset.system = id;
      section.dataset.framesFree = this.map.freeOverTime.join(",");
      this.slider.max = this.map.kept - 1;
      this.showTime(time / data.nsPerUnit);
      if (this.tile < 0) this.openTile(this.leastUsedTile());
    }

    /* The tile with the fewest used frames, of those with any: the cheapest one to clear. */
    leastUsedTile() {
      const { states, tiles, perTile, frames } = this.map;
      let best = 0, fewest = Infinity;
      for (let tile = 0; tile < tiles; tile++) {
        const first = tile * perTile, end = Math.min(first + perTile, frames);
        let used = 0;
        for (let frame = first; frame < end; frame++) if (states[frame] !== data.free) used++;
        if (used > 0 && used < fewest) [best, fewest] = [tile, used];
      }
      return best;
    }

    /* The last sample at or before a time in chart units. */
    showTime(time) {
      let best = 0;
      this.map.samples.forEach((sample, i) => {
        if (sample.timeNs / data.nsPerUnit <= time * 1.0000001) best = i;
      });
      this.show(best);
    }

    show(position) {
      this.position = position;
      this.slider.value = position;
      this.map.seek(position);
      const time = this.map.samples[position].timeNs / data.nsPerUnit;
      byId("map-time").textContent = time.toLocaleString("en-US",
        { maximumFractionDigits: 2, minimumFractionDigits: 2 }) + " " + data.unit;
      this.draw();
      this.describe();
      moveCursor(time);
    }

    play() {
      const button = byId("map-play");
      if (this.timer) {
        clearInterval(this.timer);
        this.timer = null;
        button.textContent = "Play";
        return;
      }
      if (this.position >= this.map.kept - 1) this.show(0);
      button.textContent = "Pause";
      const pause = Math.max(40, Math.min(250, 8000 / this.map.kept));
      this.timer = setInterval(() => {
        if (this.position >= this.map.kept - 1) this.play();
        else this.show(this.position + 1);
      }, pause);
    }

    /* The largest tiles with which the map is at most half as high as it is wide, in device px. */
    layout() {
      const ratio = window.devicePixelRatio || 1;
      const width = Math.floor(this.canvas.parentElement.clientWidth * ratio);
      let size = Math.floor(30 * ratio);
      while (size > 2 && Math.ceil(this.map.tiles / Math.floor(width / size)) * size > width / 2) {
        size--;
      }
      const columns = Math.min(Math.max(1, Math.floor(width / size)), this.map.tiles);
      return { width, size, columns, rows: Math.ceil(this.map.tiles / columns), ratio };
    }

    /* Each tile is a glass: what is used fills it from below, a row of pixels after the other,
       and no kind that is there goes without a pixel. */
    draw() {
      if (!this.map) return;
      const { width, size, columns, rows, ratio } = this.grid = this.layout();
      const canvas = this.canvas, height = rows * size;
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.height = height / ratio + "px";
      }
      const context = canvas.getContext("2d");
      const image = context.createImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      const gap = size > 4 ? 1 : 0, inner = size - gap, area = inner * inner;
      const { states, frames, perTile, tiles } = this.map;
      const order = data.fillOrder, free = data.free;
      const counts = new Uint32Array(16);
      let wholes = 0;
      for (let tile = 0; tile < tiles; tile++) {
        counts.fill(0);
        const first = tile * perTile, end = Math.min(first + perTile, frames), all = end - first;
        for (let frame = first; frame < end; frame++) counts[states[frame]]++;
        const isWhole = counts[free] === perTile;
        if (isWhole) wholes++;
        const left = (tile % columns) * size, top = Math.floor(tile / columns) * size;
        let filled = 0;
        const fill = (colour, until) => {
          for (; filled < until && filled < area; filled++) {
            const row = inner - 1 - Math.floor(filled / inner);
            pixels[(top + row) * width + left + filled % inner] = colour;
          }
        };
        let sum = 0;
        for (const state of order) {
          if (!counts[state]) continue;
          sum += counts[state];
          fill(this.statePixel[state], Math.max(filled + 1, Math.round(sum / all * area)));
        }
        fill(isWhole ? this.wholeFree : this.statePixel[free], area);
      }
      context.putImageData(image, 0, 0);
      if (this.tile >= 0 && this.tile < tiles) {
        context.strokeStyle = this.mark;
        context.lineWidth = Math.max(1.5, ratio);
        context.strokeRect((this.tile % columns) * size - 1,
          Math.floor(this.tile / columns) * size - 1, size + 1, size + 1);
      }
      this.wholes = wholes;
    }

    describe() {
      const { counts, frames, tiles, perTile } = this.map;
      const items = [[data.wholeFree.name, data.wholeFree[this.theme], this.wholes * perTile]];
      data.states.forEach((state, i) => {
        const count = i === data.free ? counts[i] - this.wholes * perTile : counts[i];
        if (count > 0) items.push([state.name, this.stateHex[i], count]);
      });
      const legend = byId("map-legend");
      legend.replaceChildren(...items.map(([name, colour, count]) => {
        const item = document.createElement("li"), box = document.createElement("span");
        box.className = "box";
        box.style.background = colour;
        const number = document.createElement("span");
        number.className = "count";
        number.textContent = this.size(count);
        item.append(box, name, number);
        return item;
      }));
      const words = byId("map-words");
      words.dataset.wholeTiles = this.wholes;
      words.dataset.framesFree = counts[data.free];
      words.textContent = grouped(this.wholes) + " of " + grouped(tiles) +
        " tiles are free as a whole; free memory would fill " +
        grouped(Math.floor(counts[data.free] / perTile)) + ". " +
        (this.map.kept < this.map.offered
          ? "The map keeps " + this.map.kept + " of the run's " + this.map.offered + " samples."
          : "");
      this.openTile();
    }

    size(frames) {
      const mib = frames / 256;
      return mib < 1 ? frames * 4 + " KiB"
        : mib < 10240 ? grouped(Math.round(mib)) + " MiB" : (mib / 1024).toFixed(1) + " GiB";
    }

    click(event) {
      const { size, columns, ratio } = this.grid;
      const box = this.canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left) * ratio / size);
      const row = Math.floor((event.clientY - box.top) * ratio / size);
      const tile = row * columns + column;
      if (column < columns && tile < this.map.tiles) this.openTile(tile);
    }

    key(event) {
      const steps = {
        ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.grid.columns, ArrowDown: this.grid.columns,
      };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const tile = Math.max(this.tile, 0) + (this.tile < 0 ? 0 : steps[event.key]);
      if (tile >= 0 && tile < this.map.tiles) this.openTile(tile);
    }

    openTile(tile) {
      if (tile !== undefined) {
        this.tile = tile;
        this.draw();
      }
      if (this.tile < 0 || this.tile >= this.map.tiles) return;
      const { states, frames, perTile, owners, shares, instances, hasOwners } = this.map;
      const first = this.tile * perTile, end = Math.min(first + perTile, frames);
      const canvas = document.createElement("canvas");
      const cell = 13, columns = 32;
      canvas.width = columns * cell;
      canvas.height = Math.ceil((end - first) / columns) * cell;
      const context = canvas.getContext("2d");
      const counts = new Map();
      for (let frame = first; frame < end; frame++) {
        const state = states[frame], i = frame - first;
        counts.set(state, (counts.get(state) || 0) + 1);
        context.fillStyle = this.stateHex[state];
        context.fillRect((i % columns) * cell, Math.floor(i / columns) * cell, cell - 1, cell - 1);
      }
      const text = document.createElement("div");
      const say = (words) => {
        const line = document.createElement("p");
        line.textContent = words;
        text.append(line);
      };
      say("Tile " + grouped(this.tile) + ": frames " + grouped(first) + " to " +
        grouped(end - 1) + ", from " + this.size(first) + " of physical memory on.");
      const parts = [...counts].sort((a, b) => b[1] - a[1]);
      say(parts.map(([state, n]) => grouped(n) + " " + data.states[state].name).join(", ") + ".");
      if ((counts.get(data.free) || 0) === perTile) say("All of it is free: a 2 MiB page now.");
      if (hasOwners && instances[this.tile] > 0) {
        const owner = owners[this.tile];
        const name = owner === 255 ? "an instance above 254" : "instance " + owner;
        say(instances[this.tile] === 1 ? "All that is owned belongs to " + name + "."
          : instances[this.tile] + " instances have frames here; " + name + " has the most, " +
            shares[this.tile] + " % of what is owned.");
      }
      byId("tile").replaceChildren(canvas, text);
    }
  }

  const map = byId("frame-map") ? new MapView() : null;
  Promise.resolve()
    .then(() => (map ? map.select(data.maps[0].id) : null))
    .then(drawCharts)
    .then(() => { document.body.dataset.ready = "true"; })
    .catch((error) => { document.body.dataset.error = String(error); console.error(error); });
})();
