// Runs at document start, before the page's own scripts, in a measured load. Tells once, through the binding
// __slawatchTell, when the page is there: the ready selector visible, nothing busy visible, and that frame painted.
// Its clock is performance.now(), so zero is the navigation's start. Only numbers and words of our own leave the page.
((wanted) => {
  if (window.top !== window || location.protocol === "about:") return;
  const state = { scriptErrors: 0, rejections: 0, lcp: 0, busy: false, found: false };
  let over = false, painting = false, outsideSince = null, outsideTold = false;

  const tell = (what, more, goOn) => {
    if (!goOn) { over = true; observer.disconnect(); }
    window.__slawatchTell(JSON.stringify({ what, ...more }));
  };

  const visible = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    [...element.getClientRects()].some((box) => box.width > 0 && box.height > 0);

  const anyVisible = (selector) => {
    const first = selector && document.querySelector(selector);
    if (!first) return false;
    return visible(first) || [...document.querySelectorAll(selector)].some(visible);
  };

  const ready = () => anyVisible(wanted.ready) && !anyVisible(wanted.busy);

  const look = () => {
    if (over || painting) return;
    try {
      if (ready()) { painting = true; requestAnimationFrame(afterPaint); }
      else if (wanted.outside && wanted.outsideFor !== null) lookOutside();
    } catch (error) {
      tell("selector_invalid", {});
    }
  };

  // The message arrives after this frame's paint. A page that took its content away again starts over.
  const afterPaint = () => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      const at = performance.now();
      painting = false;
      if (!over && ready()) tell("ready", { at, ...measured() });
    };
    channel.port2.postMessage(0);
  };

  // A form that flashes up while the page finds its session is not being signed out.
  const lookOutside = () => {
    if (outsideTold) return;
    if (!anyVisible(wanted.outside)) outsideSince = null;
    else if (outsideSince === null) outsideSince = performance.now();
    else if (performance.now() - outsideSince >= wanted.outsideFor) {
      outsideTold = true;
      tell("outside", {}, wanted.goOn);
    }
  };

  const measured = () => {
    for (const entry of paints.takeRecords()) state.lcp = entry.startTime;
    const load = performance.getEntriesByType("navigation")[0];
    const times = {};
    for (const name of wanted.times) times[name] = load ? load[name] : 0;
    const server = load ? load.serverTiming.slice(0, 5).map((one) => [one.name, one.duration]) : [];
    const fetched = performance.getEntriesByType("resource");
    const bytes = fetched.reduce((sum, one) => sum + one.transferSize, load ? load.transferSize : 0);
    return { times, server, lcp: state.lcp, origin: performance.timeOrigin, bytes, requests: fetched.length + 1,
             protocol: load ? load.nextHopProtocol : "" };
  };

  // For the look that waited in vain: what is there, and what is not.
  window.__slawatchState = () => {
    const found = (selector) => { try { return !!selector && !!document.querySelector(selector); } catch { return false; } };
    const seen = (selector) => { try { return anyVisible(selector); } catch { return false; } };
    return { ...measured(), scriptErrors: state.scriptErrors, rejections: state.rejections,
             found: found(wanted.ready), busy: seen(wanted.busy), outside: seen(wanted.outside),
             loaded: document.readyState === "complete",
             answered: performance.getEntriesByType("resource").map((one) => one.name) };
  };

  addEventListener("error", (event) => { if (event instanceof ErrorEvent) state.scriptErrors += 1; }, true);
  addEventListener("unhandledrejection", () => { state.rejections += 1; });

  const paints = new PerformanceObserver((list) => { for (const entry of list.getEntries()) state.lcp = entry.startTime; });
  paints.observe({ type: "largest-contentful-paint", buffered: true });

  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true });
  // What only a style sheet or an animation changes is no mutation. While something is there that is not ready yet, look
  // once a frame as well; before that only now and then, since asking for frames costs the page work.
  const regularly = () => {
    if (over) return;
    look();
    let there = false;
    try { there = document.querySelector(wanted.ready) !== null; } catch { return; }
    if (there) requestAnimationFrame(regularly);
    else setTimeout(regularly, 100);
  };
  regularly();
})
